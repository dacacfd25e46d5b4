"""Faithfulness of the attribution methods on a data set: the results JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dualroute.api import DualRouter, load_dual_router
from dualroute.attribute.methods import METHODS, find_method
from dualroute.checkpoints import Checkpoint, files_of
from dualroute.data.objectives import OBJECTIVES
from dualroute.data.reading import readable
from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.evaluation.paired_tests import FEWEST_ROWS, LEVEL, SOURCE, paired_tests
from dualroute.evaluation.row_choice import choose_rows
from dualroute.evaluation.statistics import MeanOfRows
from dualroute.inputs import Pictures, find_pictures
from dualroute.measures.faithfulness import GRID, MEASURES, SHARES
from dualroute.studies.faithfulness_rows import Plan, kind_of, measure_rows, row_key
from dualroute.tasks import Example

ROWS = 60
FIRST = "comprehensiveness"  # the measure by which methods are compared


def faithfulness(
    name: str | Path,
    data: Path,
    rows: int = ROWS,
    methods: Sequence[str] = (),
    plan: Plan | None = None,
    store: Path | None = None,
    images: Path | None = None,
) -> dict:
    """Return how faithful every method is to every target, with 95% intervals over the rows, ready for JSON.

    name     a checkpoint, as for `load`
    data     a data file of its task
    rows     limit of the rows, which are chosen by a hash of their content; 0: no limit
    methods  names in METHODS; by default all
    store    file for the measurements of every row, from which a later run resumes, also with more methods
    images   folder or zip archive of the rows' pictures; by default a usual name beside the data
    A method that the model's answer does not allow is left out; `refused` says why. Raises FileNotFoundError, or
    ValueError for an unknown method, a file without usable rows, or a `store` of a different run.
    """
    methods = [find_method(method).name for method in methods or METHODS]
    plan, data = plan or Plan(), Path(data)
    router, examples, note = chosen_rows(name, data, rows)
    pictures = Pictures(find_pictures(data, images)) if router.model.config.h_is_image else None
    entries = measure_rows(router, examples, methods, plan, store, pictures)
    keys = [row_key(row) for row in examples]
    return describe(router, data, note, plan) | summarize(entries, methods, keys, plan)


def chosen_rows(name: str | Path, data: Path, most_rows: int) -> tuple[DualRouter, list[Example], str]:
    """Return a checkpoint, the rows of a data file to measure it on, and a note about them.

    Raises ValueError for a file without usable rows.
    """
    router = load_dual_router(name)
    config = router.model.config
    selection = choose_rows(Checkpoint.read(files_of(name).folder).task, data, router.checkpoint, most_rows=most_rows)
    read = readable(selection.rows, config, router.model.backbone.tokenizer, data.name)
    examples = OBJECTIVES[config.readout].measurable(read, config, data.name)
    if not examples:
        raise ValueError(f"{data.name} has no usable row; is it the file of another task?")
    return router, examples, selection.note


def describe(router: DualRouter, data: Path, note: str, plan: Plan) -> dict:
    """Return the checkpoint, the data and the settings of the measurements."""
    config = router.model.config
    return {
        "kind": "faithfulness",
        "task": config.task,
        "checkpoint": Path(router.checkpoint).name,
        "revision": router.revision,
        "policy": config.policy,
        "threshold": float(config.threshold),
        "data": data.name,
        "rows_note": note,
        "orders": plan.orders,
        "samples": plan.samples,
        "disturbed": plan.disturbed,
        "seed": plan.seed,
        "baseline": plan.baseline,
        "granularity": plan.granularity,
        "shares": list(SHARES),
        "grid": list(GRID),
    }


def summarize(entries: dict, methods: Sequence[str], keys: Sequence[str], plan: Plan) -> dict:
    """Return means over the rows that were measured with all methods, by target and method."""
    refused = _refused(entries, methods, keys)
    methods = [method for method in methods if method not in refused]
    keys = [key for key in dict.fromkeys(keys) if all((key, method, "measures") in entries for method in methods)]
    if not keys or not methods:
        raise ValueError(f"no row has been measured by all methods yet{_because(refused)}")
    cost = {method: _cost([entries[key, method, "measures"] for key in keys]) for method in methods}
    targets = {}
    for target in plan.targets:
        able = [method for method in methods if kind_of(target) in METHODS[method].targets]
        table = {method: [_entry(entries, key, method, target) for key in keys] for method in able}
        if table:
            targets[target] = _target(table, plan.seed)
    return {"n": len(keys), "cost": cost, "targets": targets} | ({"refused": refused} if refused else {})


def _refused(entries: dict, methods: Sequence[str], keys: Sequence[str]) -> dict[str, str]:
    """Return {method: why} of the methods that the model's answer does not allow."""
    found = ((method, entries.get((key, method, "measures"), {})) for method in methods for key in keys)
    return {method: entry["refused"] for method, entry in found if entry.get("refused")}


def _because(refused: dict[str, str]) -> str:
    return "".join(f"; {method}: {why}" for method, why in refused.items())


def _entry(entries: dict, key: str, method: str, target: str) -> dict:
    """Return the measurements of one row; its sensitivity is None if it was not measured."""
    sensitivities = entries.get((key, method, "sensitivity"), {"targets": {}})["targets"]
    return entries[key, method, "measures"]["targets"][target] | {"sensitivity": sensitivities.get(target)}


def _cost(entries: list[dict]) -> dict:
    """Return the mean CPU seconds and passes (forward, backward) for one input and all targets."""
    passes = np.mean([entry["passes"] for entry in entries], axis=0)
    seconds = float(np.mean([entry["seconds"] for entry in entries]))
    return {"seconds": round(seconds, 3), "passes": [round(float(count), 1) for count in passes]}


def _target(table: dict[str, list[dict]], seed: int) -> dict:
    """Return the results of one target: every method compared with random orders and with the best method."""
    bootstrap, first = _bootstrap(len(next(iter(table.values()))), seed), next(iter(table.values()))
    scales = {scale: _scale(table, scale, bootstrap) for scale in first[0]["scales"]}
    metrics = {method: _metrics(rows, seed) for method, rows in table.items()}
    main = next(scale for scale in ("probability", "value") if scale in scales)
    return {
        "main": main,
        "paired": _paired(table, main, seed),
        "raised": round(float(np.mean([row["direction"] > 0 for row in first])), 4),
        "scales": scales,
        "metrics": metrics,
        "flips": _flips(table, seed),
    }


def _scale(table: dict[str, list[dict]], scale: str, bootstrap: RowBootstrap) -> dict:
    """Return {best, random, methods} on one scale; `minus_best` is the paired difference from the best method."""
    own = {m: {name: _column(rows, scale, "measures", name) for name in MEASURES} for m, rows in table.items()}
    first = next(iter(table.values()))
    by_chance = {name: _column(first, scale, "random", name).T for name in MEASURES}  # (O,N), the same for all methods
    best = {name: max(own, key=lambda m: MEASURES[name] * own[m][name].mean()) for name in MEASURES}
    entry = {
        method: {
            name: bootstrap.estimate(values[name])
            | {"minus_random": bootstrap.difference(values[name], by_chance[name])}
            | {"minus_best": bootstrap.difference(values[name], own[best[name]][name])}
            for name in MEASURES
        }
        | {"curves": {side: _mean_curve(table[method], scale, side) for side in ("deletion", "insertion")}}
        for method, values in own.items()
    }
    random = {name: bootstrap.estimate(by_chance[name]) for name in MEASURES}
    random |= {"curves": {side: _mean_curve(first, scale, f"random_{side}") for side in ("deletion", "insertion")}}
    return {"best": best, "random": random, "methods": entry}


def _paired(table: dict[str, list[dict]], scale: str, seed: int) -> dict:
    """Return the tests of all pairs of methods on the main scale, with their measure and source."""
    values = {method: _column(rows, scale, "measures", FIRST) for method, rows in table.items()}
    tests = paired_tests(values, MEASURES[FIRST] > 0, seed)
    return {"measure": FIRST, "source": SOURCE, "level": LEVEL, "fewest_rows": FEWEST_ROWS, "tests": tests}


def _metrics(rows: list[dict], seed: int) -> dict:
    """Return mean, interval and number of rows of Captum's metrics for one method; None for a metric without rows."""
    metrics = {}
    for name in ("unexplained", "infidelity", "sensitivity"):
        values = np.array([row[name] for row in rows if row[name] is not None])
        metrics[name] = _bootstrap(len(values), seed).estimate(values) | {"n": len(values)} if len(values) else None
    return metrics


def _flips(table: dict[str, list[dict]], seed: int) -> dict | None:
    """Return the effects of flips on rows where at least two tokens read the context; None without such rows."""
    first = [row["flips"] for row in next(iter(table.values()))]
    rows = [place for place, flips in enumerate(first) if flips]
    if not rows:
        return None
    bootstrap = _bootstrap(len(rows), seed)
    results: dict[str, Any] = {"n": len(rows)}
    for measure in ("drop", "changes"):
        by_chance = np.array([first[row]["random"][measure] for row in rows]).T
        orders = {name: np.array([first[row][name][measure] for row in rows]) for name in ("gate", "contribution")}
        orders |= {m: np.array([of[row]["flips"]["attribution"][measure] for row in rows]) for m, of in table.items()}
        results[measure] = {"random": bootstrap.estimate(by_chance)} | {
            name: bootstrap.estimate(values) | {"minus_random": bootstrap.difference(values, by_chance)}
            for name, values in orders.items()
        }
    return results


def _bootstrap(rows: int, seed: int) -> RowBootstrap:
    return RowBootstrap(rows, seed, statistic=MeanOfRows("mean"))


def _column(rows: list[dict], scale: str, kind: str, name: str) -> np.ndarray:
    """Return the measure of each row, (N,) or, with random orders, (N,O)."""
    return np.array([row["scales"][scale][kind][name] for row in rows])


def _mean_curve(rows: list[dict], scale: str, side: str) -> list[float]:
    return [round(float(value), 5) for value in np.mean([row["scales"][scale][side] for row in rows], axis=0)]
