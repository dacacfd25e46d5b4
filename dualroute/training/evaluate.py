"""A checkpoint measured on a data file: the results JSON from which the README's table is made."""

import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from dualroute.api import DualRouter, load
from dualroute.interpret.corpus import RoutedRows
from dualroute.tasks import Example, Task
from dualroute.training.baselines import baselines
from dualroute.training.collect import collect
from dualroute.training.compare import DRAWS, THRESHOLDS, Comparison
from dualroute.training.data import encode_examples
from dualroute.training.evaluation_rows import EvaluationRows, choose_rows
from dualroute.training.rows import known_labels


def evaluate(
    task: Task,
    data: Path,
    checkpoint: str | Path | None = None,
    train: Path | None = None,
    cache: Path | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    most_rows: int = 0,
) -> dict:
    """Everything the README's table says of a checkpoint on one data file, ready for JSON.

    checkpoint  a folder or name for `dualroute.load`; the one shipped for `task` if not given
    train       file the baselines learn from; the `train` split beside `data` if not given
    cache       folder for the backbone's features; a temporary one if not given
    most_rows   measure on so many rows, chosen by a hash of their content; 0: all
    Raises FileNotFoundError, or ValueError for a checkpoint of another task, for labels it does not have, or when
    no row has an x.
    """
    data = Path(data)
    router = _load(task, checkpoint)
    chosen = choose_rows(task, data, router.checkpoint, train, most_rows)
    rows = chosen.rows
    if task.has_classes:
        rows = known_labels(rows, set(router.model.config.label_names), data.name)
    if not rows:
        labels = sorted({row.label for row in chosen.rows})
        raise ValueError(
            f"labels {labels} of {data.name} are not among those of the model: the file is of another task"
        )
    corpus = _run(router, rows, cache)
    comparison = Comparison(corpus, draws, seed, task.metric)
    thresholds = [*THRESHOLDS, router.model.config.threshold]
    return {
        "task": task.name,
        "n": len(rows),
        "metric": task.metric,
        **_origin(router),
        "data": data.name,
        "rows_note": chosen.note,
        "skipped_empty_x": chosen.skipped,
        "skipped_unknown_label": len(chosen.rows) - len(rows),
        "tokens": len(comparison.corpus.gates),
        "random_draws": draws,
        "seed": seed,
        **comparison.summary(thresholds),
        "groups": {
            f"{task.group_name} {name}": {"n": int(part.sum())}
            | Comparison(corpus.subset(part), draws, seed, task.metric).summary(thresholds)
            for name, part in _groups(task, rows, chosen).items()
        },
        "baselines": baselines(chosen.splits, rows, comparison.bootstrap, task.baselines) if chosen.splits else {},
    }


def _groups(task: Task, rows: list[Example], chosen: EvaluationRows) -> dict[str, np.ndarray]:
    """Rows (N,) bool of groups that occur in training and of others, where both are known and not empty."""
    if not task.group_name or not chosen.splits:
        return {}
    known = {row.group for row in chosen.splits.train}
    seen = np.array([row.group in known for row in rows])
    return {name: part for name, part in (("seen in training", seen), ("unseen", ~seen)) if part.any()}


def _load(task: Task, checkpoint: str | Path | None) -> DualRouter:
    router = load(checkpoint or task.name)
    trained_for = router.model.config.task
    if trained_for != task.name:
        raise ValueError(f"{router.checkpoint} is a checkpoint of task {trained_for!r}, not {task.name!r}")
    return router


def _origin(router: DualRouter) -> dict:
    """What was measured. The checkpoint by its folder's name only: where it lay on somebody's disk says nothing."""
    config = router.model.config
    return {
        "checkpoint": Path(router.checkpoint).name,
        "revision": router.revision,
        "labels": config.label_names,
        "default_policy": config.policy,
        "default_threshold": float(config.threshold),
    }


def _run(router: DualRouter, rows: list[Example], cache: Path | None) -> RoutedRows:
    with _features_folder(cache) as folder:
        model = router.model
        return collect(model, encode_examples(model.backbone, rows, model.config, folder, "evaluation"))


@contextmanager
def _features_folder(cache: Path | None):
    """The cache folder, or one that is gone afterwards."""
    if cache:
        yield Path(cache)
        return
    with tempfile.TemporaryDirectory(prefix="dualroute-") as folder:
        yield Path(folder)
