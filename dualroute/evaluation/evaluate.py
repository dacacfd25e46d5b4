"""Evaluate a checkpoint on a data file: the results JSON from which tables, model cards and the page are made."""

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from dualroute.api import DualRouter, load_dual_router
from dualroute.data.batches import encode_examples
from dualroute.data.objectives import OBJECTIVES
from dualroute.data.reading import readable
from dualroute.data.splits import limited, read_rows, without_empty
from dualroute.evaluation.baselines import baselines
from dualroute.evaluation.collect import collect
from dualroute.evaluation.gate_use import gate_agreement, gate_use
from dualroute.evaluation.generation import GenerationCorpus, beam_results
from dualroute.evaluation.routing import DRAWS, FEW_THRESHOLDS, THRESHOLDS, RoutingEvaluation
from dualroute.evaluation.row_choice import EvaluationRows, choose_rows, training_record, without_trained_on
from dualroute.inputs import find_pictures
from dualroute.rows.corpus import RoutedRows
from dualroute.tasks import Example, Task


def with_wrong_images(rows: list[Example], seed: int = 0) -> list[Example]:
    """Return `rows` with each picture replaced by another row's picture; rows with the same picture stay together.

    What is left of the score with wrong pictures shows how much the model uses them. Raises ValueError unless there are
    at least two different pictures.
    """
    names = sorted({row.image for row in rows if row.image})
    if len(names) < 2:
        raise ValueError("wrong pictures need at least two different pictures")
    shuffled = np.random.default_rng(seed).permutation(names).tolist()
    other = dict(zip(shuffled, shuffled[1:] + shuffled[:1], strict=True))  # a cycle: no picture stays
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
    seeds: tuple[Path, ...] = (),
) -> dict:
    """Return the results of a checkpoint on one data file, ready for JSON.

    checkpoint  a folder or name for `dualroute.load`; by default the one shipped for `task`
    train       training file of the baselines; by default the `train` split in the folder of `data`
    cache       folder for the backbone's features; by default a temporary one
    draws       number of random permutations of the gates for each θ
    most_rows   limit of the rows, which are chosen by a hash of their content; 0: no limit
    also        further files, each reported as a group under the name of its folder
    images      archive or folder of the pictures, for a context that is a picture; by default `images.zip` next to the
                data
    seeds       checkpoints of the same settings with other seeds, whose gates are compared
    Raises FileNotFoundError, or ValueError for a checkpoint of a different task, for labels it does not have, or if no
    row has an x.
    """
    data = Path(data)
    router = load_for(task, checkpoint)
    selection = choose_rows(task, data, router.checkpoint, train, most_rows)
    objective = OBJECTIVES[router.model.config.readout]
    read = readable_rows(router, selection.rows, data.name)
    rows = objective.measurable(read, router.model.config, data.name)
    if not rows:
        raise ValueError(
            f"{data.name}: {objective.none_left(read, router.model.config)}; is it the file of another task?"
        )
    pictures = find_pictures(data, images)
    corpus = collect_rows(router, task, rows, cache, pictures)
    evaluation = RoutingEvaluation(corpus, draws, seed, task.metric)
    thresholds = [*(FEW_THRESHOLDS if corpus.reruns else THRESHOLDS), router.model.config.threshold]
    return {
        "task": task.name,
        "n": len(rows),
        "metric": task.metric,
        **origin(router),
        "data": data.name,
        "rows_note": selection.note,
        "skipped_empty_x": selection.skipped + len(selection.rows) - len(read),
        objective.skipped: len(read) - len(rows),
        "tokens": len(evaluation.corpus.gates),
        "random_draws": draws,
        "seed": seed,
        **_summary(router, evaluation, thresholds),
        **_gate_use(router, evaluation),
        **_other_seeds(router, task, rows, evaluation, seeds, cache, pictures),
        **_wrong_image(router, task, rows, cache, seed, pictures),
        "groups": {
            f"{task.group_name} {name}": {"n": int(part.sum())}
            | RoutingEvaluation(corpus.subset(part), draws, seed, task.metric).summary(thresholds)
            for name, part in seen_groups(task, rows, selection).items()
        }
        | {
            _set_name(path): _also(router, task, path, cache, draws, seed, thresholds, most_rows)
            for path in map(Path, also)
        },
        "baselines": baselines(selection.splits, rows, evaluation.bootstrap, task.baselines, pictures)
        if selection.splits
        else {},
    }


def _set_name(path: Path) -> str:
    return f"data set {path.resolve().parent.name}"


def _also(
    router: DualRouter, task: Task, path: Path, cache: Path | None, draws: int, seed: int, thresholds, most_rows: int
) -> dict:
    """Return the results on a further file, without baselines."""
    nonempty = without_empty(read_rows(task, path), path.name)
    unseen, note = without_trained_on(nonempty, path, training_record(router.checkpoint))
    subset = readable_rows(router, limited(unseen, most_rows), path.name)
    rows = OBJECTIVES[router.model.config.readout].measurable(subset, router.model.config, path.name)
    corpus = collect_rows(router, task, rows, cache, find_pictures(path))
    evaluation = RoutingEvaluation(corpus, draws, seed, task.metric)
    about = {"n": len(rows), "data": path.name} | ({"rows_note": note} if note else {})
    return about | _summary(router, evaluation, thresholds)


def _summary(router: DualRouter, evaluation: RoutingEvaluation, thresholds) -> dict:
    """Return the results of all decisions; for generated texts, also those of beam search under the main decisions."""
    corpus, config = evaluation.corpus, router.model.config
    written = isinstance(corpus, GenerationCorpus)
    return evaluation.summary(thresholds) | (beam_results(corpus, config, evaluation.seed) if written else {})


def _gate_use(router: DualRouter, evaluation: RoutingEvaluation) -> dict:
    """Return whether gates open where reading matters, under the checkpoint's decision; {} where it is not known."""
    config = router.model.config
    use = gate_use(evaluation.corpus, config.policy, config.threshold, evaluation.bootstrap)
    return {"gate_use": use} if use else {}


def _other_seeds(
    router: DualRouter, task: Task, rows: list[Example], evaluation: RoutingEvaluation, seeds: tuple[Path, ...], *where
) -> dict:
    """Return the scores of the same router trained with other seeds, and how far its gates agree with these."""
    entries = []
    for folder in seeds:
        other = load_for(task, folder)
        if _settings(other) != _settings(router):
            raise ValueError(
                f"{folder} has other settings than {router.checkpoint}: compare seeds of the same settings"
            )
        corpus, config = collect_rows(other, task, rows, *where), other.model.config
        scores = RoutingEvaluation(corpus, 1, evaluation.seed, task.metric)
        policies = {name: scores.under(name, config.threshold) for name in ("direct", "merged", config.policy)}
        entry = {"revision": other.revision, "threshold": float(config.threshold), **policies}
        agreement = gate_agreement(evaluation.corpus, corpus, evaluation.bootstrap)
        entries.append(entry | {"use": gate_use(corpus, config.policy, config.threshold), "agreement": agreement})
    return {"seeds": entries} if entries else {}


def _settings(router: DualRouter) -> dict:
    """The settings of a router but for what its training chose."""
    chosen = ("threshold", "architectures", "dtype", "transformers_version")
    return {name: value for name, value in router.model.config.to_diff_dict().items() if name not in chosen}


def _wrong_image(router: DualRouter, task: Task, rows: list[Example], cache, seed: int, pictures: Path) -> dict:
    """Return the results of merged and of the checkpoint's own decision with wrong pictures; {} for other contexts."""
    if not router.model.config.h_is_image:
        return {}
    corpus = collect_rows(router, task, with_wrong_images(rows, seed), cache, pictures)
    evaluation, config = RoutingEvaluation(corpus, 1, seed, task.metric), router.model.config
    return {"wrong_image": {name: evaluation.under(name, config.threshold) for name in ("merged", config.policy)}}


def seen_groups(task: Task, rows: list[Example], selection: EvaluationRows) -> dict[str, np.ndarray]:
    """Return {part: rows (N,) bool} of the rows whose group occurs in training and of the others, if both are known."""
    if not task.group_name or not selection.splits:
        return {}
    trained_on = {row.group for row in selection.splits.train}
    seen = np.array([row.group in trained_on for row in rows])
    return {name: part for name, part in (("seen in training", seen), ("unseen", ~seen)) if part.any()}


def load_for(task: Task, checkpoint: str | Path | None) -> DualRouter:
    """Load `checkpoint`, by default the one of `task`. Raises ValueError if it was trained for a different task."""
    router = load_dual_router(checkpoint or task.name)
    trained_for = router.model.config.task
    if trained_for != task.name:
        raise ValueError(f"{router.checkpoint} is a checkpoint of task {trained_for!r}, not {task.name!r}")
    return router


def origin(router: DualRouter) -> dict:
    """Return what identifies the checkpoint and its default decision, with the folder's name instead of its path."""
    config = router.model.config
    return {
        "checkpoint": Path(router.checkpoint).name,
        "revision": router.revision,
        "labels": config.label_names,
        "default_policy": config.policy,
        "default_threshold": float(config.threshold),
    }


def readable_rows(router: DualRouter, rows: list[Example], name: str) -> list[Example]:
    """Return the rows with a token to route in their x; the log says how many were left out."""
    return readable(rows, router.model.config, router.model.backbone.tokenizer, name)


def collect_rows(router: DualRouter, task: Task, rows: list[Example], cache: Path | None, pictures: Path) -> RoutedRows:
    """Return `rows` as `RoutedRows` of the router's model.

    cache     folder for the backbone's features; None: a temporary one
    pictures  archive or folder of the pictures
    """
    with _features_folder(cache) as folder:
        model = router.model
        dataset = encode_examples(model.backbone, rows, model.config, folder, "evaluation", pictures)
        return collect(model, dataset, metric=task.metric)


@contextmanager
def _features_folder(cache: Path | None):
    """Yield the cache folder, or a temporary one that is deleted afterwards."""
    if cache:
        yield Path(cache)
        return
    with tempfile.TemporaryDirectory(prefix="dualroute-") as folder:
        yield Path(folder)
