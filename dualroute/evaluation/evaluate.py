"""The control for pictures: what is left of the score when every row gets another row's picture.

A checkpoint measured on a data file: the results JSON from which the README's table is made.
"""

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from dualroute.api import DualRouter, load
from dualroute.data.batches import encode_examples
from dualroute.data.objectives import OBJECTIVES
from dualroute.data.splits import limited, read_rows, without_empty
from dualroute.evaluation.baselines import baselines
from dualroute.evaluation.collect import collect
from dualroute.evaluation.compare import DRAWS, FEW_THRESHOLDS, THRESHOLDS, Comparison
from dualroute.evaluation.rows import EvaluationRows, choose_rows, training_record, without_trained_on
from dualroute.evaluation.written import by_beam
from dualroute.inputs import find_pictures
from dualroute.rows.corpus import RoutedRows
from dualroute.tasks import Example, Task


def with_wrong_images(rows: list[Example], seed: int = 0) -> list[Example]:
    """Every row with a picture gets another one of the rows' pictures; rows of the same picture stay together.

    Raises ValueError where there are not two different pictures.
    """
    names = sorted({row.image for row in rows if row.image})
    if len(names) < 2:
        raise ValueError("to show wrong pictures, at least two different ones are needed")
    shuffled = np.random.default_rng(seed).permutation(names).tolist()
    other = dict(zip(shuffled, shuffled[1:] + shuffled[:1], strict=True))  # one round: nobody keeps its own
    return [replace(row, image=other[row.image]) if row.image else row for row in rows]


def evaluate(
    task: Task,
    data: Path,
    checkpoint: str | Path | None = None,
    train: Path | None = None,
    cache: Path | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    most_rows: int = 0,
    also: tuple[Path, ...] = (),
    images: Path | None = None,
) -> dict:
    """Everything the README's table says of a checkpoint on one data file, ready for JSON.

    checkpoint  a folder or name for `dualroute.load`; the one shipped for `task` if not given
    train       file the baselines learn from; the `train` split beside `data` if not given
    cache       folder for the backbone's features; a temporary one if not given
    most_rows   measure on so many rows, chosen by a hash of their content; 0: all
    also        further files, each reported on its own among the groups, by the name of its folder
    images      archive or folder of the pictures, for a context that is one; `images.zip` beside the data if not given
    Raises FileNotFoundError, or ValueError for a checkpoint of another task, for labels it does not have, or when
    no row has an x.
    """
    data = Path(data)
    router = load_for(task, checkpoint)
    chosen = choose_rows(task, data, router.checkpoint, train, most_rows)
    objective = OBJECTIVES[router.model.config.readout]
    rows = objective.measurable(chosen.rows, router.model.config, data.name)
    if not rows:
        raise ValueError(f"{data.name}: {objective.none_left(chosen.rows)}; the file is of another task")
    pictures = find_pictures(data, images)
    corpus = collect_rows(router, task, rows, cache, pictures)
    comparison = Comparison(corpus, draws, seed, task.metric)
    thresholds = [*(FEW_THRESHOLDS if corpus.reruns else THRESHOLDS), router.model.config.threshold]
    return {
        "task": task.name,
        "n": len(rows),
        "metric": task.metric,
        **origin(router),
        "data": data.name,
        "rows_note": chosen.note,
        "skipped_empty_x": chosen.skipped,
        objective.skipped: len(chosen.rows) - len(rows),
        "tokens": len(comparison.corpus.gates),
        "random_draws": draws,
        "seed": seed,
        **_summary(router, comparison, thresholds),
        **_wrong_image(router, task, rows, cache, seed, pictures),
        "groups": {
            f"{task.group_name} {name}": {"n": int(part.sum())}
            | Comparison(corpus.subset(part), draws, seed, task.metric).summary(thresholds)
            for name, part in seen_groups(task, rows, chosen).items()
        }
        | {
            _set_name(path): _also(router, task, path, cache, draws, seed, thresholds, most_rows)
            for path in map(Path, also)
        },
        "baselines": baselines(chosen.splits, rows, comparison.bootstrap, task.baselines, pictures)
        if chosen.splits
        else {},
    }


def _set_name(path: Path) -> str:
    return f"data set {path.resolve().parent.name}"


def _also(
    router: DualRouter, task: Task, path: Path, cache: Path | None, draws: int, seed: int, thresholds, most_rows: int
) -> dict:
    """A further file, without baselines."""
    found, note = without_trained_on(
        without_empty(read_rows(task, path), path.name), path, training_record(router.checkpoint)
    )
    found = limited(found, most_rows)
    rows = OBJECTIVES[router.model.config.readout].measurable(found, router.model.config, path.name)
    corpus = collect_rows(router, task, rows, cache, find_pictures(path))
    comparison = Comparison(corpus, draws, seed, task.metric)
    about = {"n": len(rows), "data": path.name} | ({"rows_note": note} if note else {})
    return about | _summary(router, comparison, thresholds)


def _summary(router: DualRouter, comparison: Comparison, thresholds) -> dict:
    """Every decision compared; for written texts, those of the default ones by the whole beam as well."""
    corpus, config = comparison.corpus, router.model.config
    return comparison.summary(thresholds) | (by_beam(corpus, config, comparison.seed) if corpus.reruns else {})


def _wrong_image(router: DualRouter, task: Task, rows: list[Example], cache, seed: int, pictures: Path) -> dict:
    """For a context that is a picture: merged, and routed by the checkpoint's decision, with the pictures exchanged."""
    if router.model.config.context != "image":
        return {}
    corpus = collect_rows(router, task, with_wrong_images(rows, seed), cache, pictures)
    comparison, config = Comparison(corpus, 1, seed, task.metric), router.model.config
    return {"wrong_image": {name: comparison.under(name, config.threshold) for name in ("merged", config.policy)}}


def seen_groups(task: Task, rows: list[Example], chosen: EvaluationRows) -> dict[str, np.ndarray]:
    """Rows (N,) bool of groups that occur in training and of others, where both are known and not empty."""
    if not task.group_name or not chosen.splits:
        return {}
    known = {row.group for row in chosen.splits.train}
    seen = np.array([row.group in known for row in rows])
    return {name: part for name, part in (("seen in training", seen), ("unseen", ~seen)) if part.any()}


def load_for(task: Task, checkpoint: str | Path | None) -> DualRouter:
    """The checkpoint, or the task's own. Raises ValueError for one that was trained for another task."""
    router = load(checkpoint or task.name)
    trained_for = router.model.config.task
    if trained_for != task.name:
        raise ValueError(f"{router.checkpoint} is a checkpoint of task {trained_for!r}, not {task.name!r}")
    return router


def origin(router: DualRouter) -> dict:
    """What was measured. The checkpoint by its folder's name only: where it lay on somebody's disk says nothing."""
    config = router.model.config
    return {
        "checkpoint": Path(router.checkpoint).name,
        "revision": router.revision,
        "labels": config.label_names,
        "default_policy": config.policy,
        "default_threshold": float(config.threshold),
    }


def collect_rows(router: DualRouter, task: Task, rows: list[Example], cache: Path | None, pictures: Path) -> RoutedRows:
    with _features_folder(cache) as folder:
        model = router.model
        dataset = encode_examples(model.backbone, rows, model.config, folder, "evaluation", pictures)
        return collect(model, dataset, metric=task.metric)


@contextmanager
def _features_folder(cache: Path | None):
    """The cache folder, or one that is gone afterwards."""
    if cache:
        yield Path(cache)
        return
    with tempfile.TemporaryDirectory(prefix="dualroute-") as folder:
        yield Path(folder)
