"""Word truth: whether the words that explain an answer are those it depends on, when words are taken away or kept.

Each method orders the words of x and h by their scores for the model's answer. Deletion takes away the first words,
insertion keeps them alone; the area under each curve of the answer's probability says how early it falls or comes
(Petsiuk et al. 2018). A taken word becomes a mask token or a padding token. All methods, and random orders, are
measured on the same rows.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.evaluation.statistics import MeanOfRows
from dualroute.inputs import Pictures, find_pictures
from dualroute.measures.faithfulness import GRID
from dualroute.studies.faithfulness import chosen_rows, describe
from dualroute.studies.faithfulness_rows import Plan, measure_rows, row_key

METHODS = ("exact", "integrated_gradients", "feature_ablation", "shapley_sampling")
BASELINES = ("mask", "pad")
ROWS = 100
FIFTH = GRID.index(0.2)
TARGET = "prediction"
REFERENCE = "integrated_gradients"


def word_truth(
    name: str | Path,
    data: Path,
    rows: int = ROWS,
    methods: Sequence[str] = METHODS,
    seed: int = 0,
    keep: Path | None = None,
) -> dict:
    """Return the word truth of a checkpoint, with 95% intervals over the rows, ready for JSON.

    name     a checkpoint, as for `load`
    data     a data file of its task
    rows     limit of the rows, which are chosen by a hash of their content; 0: no limit
    methods  names of methods of attribution
    keep     folder for the measurements of every row, from which a later run resumes
    Of each baseline and method: `fall`, how far the probability of the answer falls without the first fifth of the
    words (larger is better), `deletion` (smaller is better) and `insertion` (larger is better), each with paired
    differences `minus_random` and `minus_reference`, to Integrated Gradients where it is among the methods.
    Raises as `studies.faithfulness.faithfulness` does.
    """
    router, examples, note = chosen_rows(name, Path(data), rows)
    keys = [row_key(row) for row in examples]
    baselines, plan = {}, Plan()
    pictures = Pictures(find_pictures(Path(data))) if router.model.config.h_is_image else None
    for baseline in BASELINES:
        plan = Plan((TARGET,), samples=1, disturbed=0, seed=seed, baseline=baseline, granularity="word")
        store = keep / f"{baseline}.jsonl" if keep else None
        entries = measure_rows(router, examples, methods, plan, store, pictures)
        by_method = {method: [entries[key, method, "measures"] for key in keys] for method in methods}
        for refused in (entry["refused"] for of_rows in by_method.values() for entry in of_rows if "refused" in entry):
            raise ValueError(f"word truth is about exact contributions: {refused}")
        baselines[baseline] = compare({m: [_of(entry) for entry in rows] for m, rows in by_method.items()}, seed)
    about = describe(router, Path(data), note, plan)
    kept = ("task", "checkpoint", "revision", "policy", "threshold", "data", "rows_note", "orders", "seed")
    return {"kind": "word_truth"} | {name: about[name] for name in kept} | {"n": len(keys), "baselines": baselines}


def _of(entry: dict) -> dict:
    """The curves and areas of one row and method."""
    return entry["targets"][TARGET]["scales"]["probability"]


def compare(table: dict[str, list[dict]], seed: int) -> dict:
    """Return {method: measures} of one baseline from {method: one entry for each row}, with `random` as a method."""
    bootstrap = RowBootstrap(len(next(iter(table.values()))), seed, statistic=MeanOfRows("mean"))
    first = next(iter(table.values()))
    random = {
        "fall": np.array([row["random_deletion"][0] - row["random_deletion"][FIFTH] for row in first]),
        "deletion": np.array([np.mean(row["random"]["deletion_area"]) for row in first]),
        "insertion": np.array([np.mean(row["random"]["insertion_area"]) for row in first]),
    }
    own = {
        method: {
            "fall": np.array([row["deletion"][0] - row["deletion"][FIFTH] for row in rows]),
            "deletion": np.array([row["measures"]["deletion_area"] for row in rows]),
            "insertion": np.array([row["measures"]["insertion_area"] for row in rows]),
        }
        for method, rows in table.items()
    }
    reference = own.get(REFERENCE)
    results = {
        method: {
            name: bootstrap.estimate(values)
            | {"minus_random": bootstrap.difference(values, random[name])}
            | ({"minus_reference": bootstrap.difference(values, reference[name])} if reference else {})
            for name, values in measures.items()
        }
        for method, measures in own.items()
    }
    return results | {"random": {name: bootstrap.estimate(values) for name, values in random.items()}}
