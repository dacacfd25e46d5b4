"""Evaluation rows stored without their texts: the answer of each row in every state, and the results of all rows."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dualroute.rows.archive import Arrays, read_archive
from dualroute.rows.states import ThresholdStates
from dualroute.trace.json_record import HtmlRecord, check_shapes
from dualroute.trace.reading import check_finite, check_probabilities, read_json, read_list, read_object, read_texts
from dualroute.values import text, threshold_number

SCHEMA = 1
OWN_ROWS = "rows.npz"  # in the folder of a user's own checkpoint
FEW_PARTS = 40  # groups with more names make no readable facet, and their names might be texts
_NEEDED = ("metric", "n", "checkpoint", "revision", "labels", "direct", "merged", "thresholds", "oracle")
_ARRAYS = ("ids", "gates", "starts", "readable", "answers", "confidence", "labels")
_WHOLE = np.iinfo(np.uint16).max  # probabilities are rounded to this many steps


@dataclass(frozen=True, eq=False)
class Facet:
    """Parts of N rows: `codes` (N,) are indices of `names`."""

    names: tuple[str, ...]
    codes: np.ndarray


@dataclass(frozen=True, eq=False)
class RowStudy(HtmlRecord):
    """N rows of a data file under one checkpoint's thresholds.

    steps       the answers in every state
    ids         N names of the rows in their file
    results     of `dualroute.evaluation` on these rows, without baselines: direct, merged, thresholds, …
    facets      {name: parts of the rows}, such as `service`
    operations  (N,2) cost of a row while none of its tokens reads, and when any does; None where both are equal
    """

    steps: ThresholdStates
    ids: tuple[str, ...]
    results: dict[str, Any]
    facets: dict[str, Facet]
    operations: np.ndarray | None = None

    @property
    def metric(self) -> str:
        """Name of the mean over the rows, or `auc`."""
        return self.results["metric"]

    def __repr__(self) -> str:
        checkpoint = f"checkpoint {self.results['checkpoint']} ({self.results['revision']})"
        return (
            f"<RowStudy of {self.results.get('task', 'rows')}: {len(self.steps):,} rows, {self.metric}, {checkpoint}>"
        )

    def compute(self, theta: float) -> float:
        """Operations of all rows at θ, as a share of those when every token reads.

        Raises ValueError for a θ outside [0, 1].
        """
        theta = threshold_number(theta)
        if self.operations is None:
            return 1.0
        steps = self.steps
        reading = (steps.gates[steps.starts + steps.lengths - 1] > theta) & steps.readable  # gates rise within a row
        spent = self.operations[np.arange(len(steps)), reading.astype(int)]
        return float(spent.sum() / self.operations[np.arange(len(steps)), steps.readable.astype(int)].sum())


def write_rows(path: Path, study: RowStudy) -> None:
    """Write a compressed .npz of plain arrays, readable without pickle. Probabilities are rounded to 1/65535."""
    steps, spans = study.steps, bool((study.steps.labels < 0).all())
    meta = {"schema": SCHEMA, "results": study.results, "facets": {k: f.names for k, f in study.facets.items()}}
    arrays: Arrays = {
        "meta": np.array(json.dumps(meta, ensure_ascii=False)),
        "ids": np.array(study.ids),
        "gates": steps.gates.astype(np.float32),
        "starts": steps.starts.astype(np.int32),
        "readable": steps.readable.astype(bool),
        "answers": steps.answers.astype(np.int32 if spans else np.min_scalar_type(int(steps.answers.max()))),
        "confidence": np.round(steps.confidence * _WHOLE).astype(np.uint16),
        "labels": steps.labels.astype(np.int16),
    }
    if spans:
        arrays["scores"] = steps.scores.astype(np.float32)
    if study.metric == "auc" and steps.margins is not None:
        arrays["margins"] = steps.margins
    if study.operations is not None:
        arrays["operations"] = study.operations.astype(np.float32)
    arrays |= {f"facet_{i}": facet.codes.astype(np.uint8) for i, facet in enumerate(study.facets.values())}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **arrays)


def read_rows(path: Path | str) -> RowStudy:
    """The rows that `write_rows` wrote. Raises FileNotFoundError, or ValueError that names the fault and the remedy."""
    path = Path(path)
    return read_archive(path, "evaluation rows", _mend(path), _checked)


def _mend(path: Path) -> str:
    name = path.parent if path.name == OWN_ROWS else path.stem  # of an own checkpoint they lie in its folder
    return f"write it with `python -m dualroute rows {name} --data FILE`"


def _checked(arrays: Arrays) -> RowStudy:
    meta = read_object(read_json(str(arrays["meta"])), "meta")
    if meta.get("schema") != SCHEMA:
        raise ValueError(f"schema {meta.get('schema')!r}, expected {SCHEMA}")
    results = read_object(meta.get("results"), "results")
    missing = [name for name in _NEEDED if name not in results]
    missing += [name for name in _ARRAYS if name not in arrays]
    if missing:
        raise ValueError(f"{', '.join(missing)} missing")
    _check_results(results)
    steps = _steps(arrays)
    _check_steps(steps, len(arrays["ids"]), results)
    operations = arrays.get("operations")
    if operations is not None and operations.shape != (len(steps), 2):
        raise ValueError(f"operations have shape {operations.shape}, expected {(len(steps), 2)}")
    if operations is not None and not (np.isfinite(operations).all() and (operations > 0).all()):
        raise ValueError("operations must be numbers above 0")
    ids = read_texts(arrays["ids"].tolist(), "ids")
    return RowStudy(steps, ids, results, _facets(arrays, read_object(meta.get("facets"), "facets"), steps), operations)


def _check_results(results: dict[str, Any]) -> None:
    """The parts of the results that a study reads by itself."""
    for name in ("metric", "checkpoint", "revision"):
        text(results[name], name)
    read_texts(results["labels"], "labels")
    read_list(results["thresholds"], "thresholds")
    for name in ("direct", "merged", "oracle"):
        read_object(results[name], name)


def _facets(arrays: Arrays, names: dict[str, list[str]], steps: ThresholdStates) -> dict[str, Facet]:
    facets = {
        name: Facet(tuple(parts), arrays[f"facet_{i}"].astype(int)) for i, (name, parts) in enumerate(names.items())
    }
    for name, facet in facets.items():
        if facet.codes.shape != (len(steps),) or not 0 <= facet.codes.min() <= facet.codes.max() < len(facet.names):
            raise ValueError(f"facet {name!r} does not fit the {len(steps)} rows")
    return facets


def _steps(arrays: Arrays) -> ThresholdStates:
    starts, answers = arrays["starts"].astype(np.int64), arrays["answers"].astype(np.int32)
    labels = arrays["labels"].astype(np.int64)
    if answers.shape != (len(arrays["gates"]) + len(starts),) or labels.shape != starts.shape:
        raise ValueError(f"{len(answers)} answers do not fit {len(arrays['gates'])} tokens of {len(starts)} rows")
    lengths = np.diff(np.append(starts, len(arrays["gates"])))
    if len(starts) < 1 or starts[0] != 0 or (lengths < 1).any():
        raise ValueError("the rows' starts do not rise from 0")
    right = (np.repeat(labels, lengths + 1) == answers).astype(np.float32)
    return ThresholdStates(
        gates=arrays["gates"].astype(np.float64),
        starts=starts,
        readable=arrays["readable"],
        answers=answers,
        scores=arrays["scores"].astype(float) if "scores" in arrays else right,
        confidence=(arrays["confidence"] / _WHOLE).astype(np.float32),
        labels=labels,
        margins=arrays.get("margins"),
    )


def _check_steps(steps: ThresholdStates, ids: int, results: dict[str, Any]) -> None:
    check_shapes(steps, dict.fromkeys(("scores", "confidence", "margins"), steps.answers.shape))
    if not ids == len(steps) == len(steps.readable) == results["n"]:
        raise ValueError(f"{ids} ids and {results['n']} rows do not fit {len(steps)} starts")
    if not ((steps.gates >= 0) & (steps.gates <= 1)).all():  # NaN fails too
        raise ValueError("a gate lies outside [0, 1]")
    check_finite(steps.margins, "margins")
    check_probabilities(steps.scores, "scores")
    falls = np.diff(steps.gates) < 0
    falls[steps.starts[1:] - 1] = False
    if falls.any():
        raise ValueError("the gates of a row do not rise")
    if (steps.labels >= 0).all() and not 0 <= steps.answers.min() <= steps.answers.max() < len(results["labels"]):
        raise ValueError("an answer is none of the labels")
