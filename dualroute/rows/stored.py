"""Evaluation rows kept without their texts: what each answers in every state, and what the whole is compared with."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dualroute.rows.states import RowSteps
from dualroute.trace.json_record import HtmlRecord

SCHEMA = 1
FEW_PARTS = 40  # groups with more names than this are no facets to look at, and their names might be texts
_NEEDED = ("metric", "n", "checkpoint", "revision", "labels", "direct", "merged", "thresholds", "oracle")
_ARRAYS = ("ids", "gates", "starts", "readable", "answers", "confidence", "labels")
_WHOLE = np.iinfo(np.uint16).max  # probabilities are kept in this many steps


@dataclass(frozen=True, eq=False)
class Facet:
    """Parts of N rows: the `codes` (N,) name one of `names` each."""

    names: tuple[str, ...]
    codes: np.ndarray


@dataclass(frozen=True, eq=False)
class RowStudy(HtmlRecord):
    """N rows of a data file under one checkpoint's thresholds.

    ids      N names of the rows in their file
    results  as `training.evaluate` gives them, on these rows and without baselines: direct, merged, thresholds, …
    facets   parts of the rows by what tells them apart, such as `service`
    operations  (N,2) what a row costs while none of its tokens reads, and when any does; None where both cost the same
    """

    steps: RowSteps
    ids: tuple[str, ...]
    results: dict
    facets: dict[str, Facet]
    operations: np.ndarray | None = None

    @property
    def metric(self) -> str:
        """What the rows' mean is called, or `auc`."""
        return self.results["metric"]

    def compute(self, theta: float) -> float:
        """Operations of all rows at θ, as a share of those of reading always."""
        if self.operations is None:
            return 1.0
        steps = self.steps
        reading = (steps.gates[steps.starts + steps.lengths - 1] > theta) & steps.readable  # gates rise within a row
        spent = self.operations[np.arange(len(steps)), reading.astype(int)]
        return float(spent.sum() / self.operations[np.arange(len(steps)), steps.readable.astype(int)].sum())


def write_rows(path: Path, study: RowStudy) -> None:
    """A compressed .npz of plain arrays, readable without pickle. Probabilities are rounded to 1/65535."""
    steps, spans = study.steps, bool((study.steps.labels < 0).all())
    meta = {"schema": SCHEMA, "results": study.results, "facets": {k: f.names for k, f in study.facets.items()}}
    arrays = {
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
    if study.metric == "auc":
        arrays["margins"] = steps.margins
    if study.operations is not None:
        arrays["operations"] = study.operations.astype(np.float32)
    arrays |= {f"facet_{i}": facet.codes.astype(np.uint8) for i, facet in enumerate(study.facets.values())}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)


def read_rows(path: Path) -> RowStudy:
    """What `write_rows` wrote. Raises FileNotFoundError, or ValueError that says what is wrong and how to mend it."""
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no evaluation rows at {path.name}; {_mend(path)}")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:  # numpy leaves a broken one open
            found = {name: stored[name] for name in stored.files}
        meta = json.loads(str(found["meta"]))
        return _checked(found, meta)
    except Exception as error:  # whatever a damaged archive raises: zip, zlib, numpy and JSON each have their own
        said = f"no array {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        raise ValueError(f"{path.name} holds no evaluation rows: {said}; {_mend(path)}") from error


def _mend(path: Path) -> str:
    return f"write it with `python -m dualroute rows {path.stem} --data FILE`"


def _checked(found: dict, meta: dict) -> RowStudy:
    if meta.get("schema") != SCHEMA:
        raise ValueError(f"schema {meta.get('schema')!r}, expected {SCHEMA}")
    results = meta["results"]
    missing = [name for name in _NEEDED if name not in results]
    missing += [name for name in _ARRAYS if name not in found]
    if missing:
        raise ValueError(f"{', '.join(missing)} missing")
    steps = _steps(found)
    _check_steps(steps, len(found["ids"]), results)
    names = meta["facets"].items()
    facets = {name: Facet(tuple(parts), found[f"facet_{i}"].astype(int)) for i, (name, parts) in enumerate(names)}
    for name, facet in facets.items():
        if facet.codes.shape != (len(steps),) or (facet.codes >= len(facet.names)).any():
            raise ValueError(f"facet {name!r} does not fit the {len(steps)} rows")
    operations = found.get("operations")
    if operations is not None and operations.shape != (len(steps), 2):
        raise ValueError(f"operations have shape {operations.shape}, expected {(len(steps), 2)}")
    return RowStudy(steps, tuple(found["ids"].tolist()), results, facets, operations)


def _steps(found: dict) -> RowSteps:
    starts, answers = found["starts"].astype(np.int64), found["answers"].astype(np.int32)
    labels = found["labels"].astype(np.int64)
    if answers.shape != (len(found["gates"]) + len(starts),) or labels.shape != starts.shape:
        raise ValueError(f"{len(answers)} answers do not fit {len(found['gates'])} tokens of {len(starts)} rows")
    lengths = np.diff(np.append(starts, len(found["gates"])))
    if len(starts) < 1 or starts[0] != 0 or (lengths < 1).any():
        raise ValueError("the rows' starts do not rise from 0")
    right = (np.repeat(labels, lengths + 1) == answers).astype(np.float32)
    return RowSteps(
        gates=found["gates"].astype(np.float64),
        starts=starts,
        readable=found["readable"],
        answers=answers,
        scores=found["scores"].astype(float) if "scores" in found else right,
        confidence=(found["confidence"] / _WHOLE).astype(np.float32),
        labels=labels,
        margins=found.get("margins"),
    )


def _check_steps(steps: RowSteps, ids: int, results: dict) -> None:
    for name in ("scores", "confidence", "margins"):
        if (held := getattr(steps, name)) is not None and held.shape != steps.answers.shape:
            raise ValueError(f"{name} has shape {held.shape}, expected {steps.answers.shape}")
    if not ids == len(steps) == len(steps.readable) == results["n"]:
        raise ValueError(f"{ids} ids and {results['n']} rows do not fit {len(steps)} starts")
    if not ((steps.gates >= 0) & (steps.gates <= 1)).all():  # NaN fails too
        raise ValueError("a gate lies outside [0, 1]")
    falls = np.diff(steps.gates) < 0
    falls[steps.starts[1:] - 1] = False
    if falls.any():
        raise ValueError("the gates of a row do not rise")
    if (steps.labels >= 0).all() and not 0 <= steps.answers.min() <= steps.answers.max() < len(results["labels"]):
        raise ValueError("an answer is none of the labels")
