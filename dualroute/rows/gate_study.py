"""The rows that a gate of a language model was measured on, token by token and without their texts."""

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dualroute.rows.archive import read_archive
from dualroute.rows.corpus import row_starts
from dualroute.trace.json_record import HtmlRecord
from dualroute.trace.reading import check_finite, check_probabilities, read_json, read_object, read_texts
from dualroute.values import text, threshold_number

SCHEMA = 1
KIND = "passage_gate"
CONTROLS = ("entropy", "divergence")
ALL = "mixture"  # the group of all rows
_HEAD = ("checkpoint", "revision", "data")
_FLOATS = ("gates", "direct", "merged", *CONTROLS)
_ARRAYS = (*_FLOATS, "lengths", "groups", "questions", "ids")


@dataclass(frozen=True, eq=False)
class GateStudy(HtmlRecord):
    """R given answers, each beside one passage, with N tokens in all, before a gate of a language model.

    gates           (N,) float32; a token reads where its gate is above θ
    direct, merged  (N,) float32 log-probability of the token without and with the passage
    controls        {entropy, divergence: (N,) float32} of the gates without training
    lengths         (R,) number of tokens of each answer
    groups          (R,) which passage stands beside it, such as `right` or `near`
    questions       (R,) int, the same for rows of one question, which share their answer
    ids             R names of the questions in their file
    results         checkpoint, revision, router, full, data, folder, default_threshold
    """

    gates: np.ndarray
    direct: np.ndarray
    merged: np.ndarray
    controls: dict[str, np.ndarray]
    lengths: np.ndarray
    groups: np.ndarray
    questions: np.ndarray
    ids: tuple[str, ...]
    results: dict[str, Any]

    def __len__(self) -> int:
        return len(self.lengths)

    def __repr__(self) -> str:
        checkpoint = f"gate {self.results['checkpoint']} ({self.results['revision']})"
        return f"<GateStudy of {len(self):,} rows, {len(self.gates):,} tokens, {checkpoint}>"

    @cached_property
    def rows(self) -> np.ndarray:
        """(N,) the row of each token."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @cached_property
    def starts(self) -> np.ndarray:
        """(R,) index of each row's first token."""
        return row_starts(self.lengths)

    @property
    def group_names(self) -> tuple[str, ...]:
        """The groups there are, in the order of the rows, and at last that of all rows."""
        return (*dict.fromkeys(self.groups.tolist()), ALL)

    @property
    def threshold(self) -> float:
        """The gate's own θ."""
        return self.results["default_threshold"]

    def reads(self, theta: float) -> np.ndarray:
        """(N,) bool, the tokens that read at θ. Raises ValueError for a θ outside [0, 1]."""
        return self.gates > np.float32(threshold_number(theta))

    def nll(self, theta: float, group: str = ALL) -> float:
        """Negative log-likelihood in nats per token at θ, of the rows of one group."""
        chosen = self.of(group)
        return float(np.where(self.reads(theta), -self.merged, -self.direct)[chosen].mean(dtype=float))

    def share(self, theta: float, group: str = ALL) -> float:
        """Share of the tokens that read at θ, of the rows of one group."""
        return float(self.reads(theta)[self.of(group)].mean())

    def reading_rows(self, theta: float, group: str = ALL) -> float:
        """Share of the rows in which a token reads at θ: for the others an early gate leaves the passage alone."""
        chosen = self.of(group)
        return float(len(np.unique(self.rows[chosen & self.reads(theta)])) / len(np.unique(self.rows[chosen])))

    def of(self, group: str) -> np.ndarray:
        """(N,) bool, the tokens of a group's rows. Raises ValueError for an unknown group."""
        if group not in self.group_names:
            raise ValueError(f"there is no group {group!r:.40}; there are {', '.join(self.group_names)}")
        return np.full(len(self.gates), True) if group == ALL else self.groups[self.rows] == group


def write_gate_study(path: Path, study: GateStudy) -> None:
    """Write a compressed .npz of plain arrays, readable without pickle."""
    floats = {"gates": study.gates, "direct": study.direct, "merged": study.merged} | study.controls
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        allow_pickle=False,
        meta=np.array(json.dumps({"schema": SCHEMA, "kind": KIND, "results": study.results}, ensure_ascii=False)),
        lengths=study.lengths.astype(np.int32),
        groups=study.groups.astype(str),
        questions=study.questions.astype(np.int32),
        ids=np.array(study.ids),
        **{name: values.astype(np.float32) for name, values in floats.items()},
    )


def holds_gate_rows(path: Path) -> bool:
    """Whether a file holds rows of a gate, rather than those of a router or anything else."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return read_object(read_json(str(archive["meta"])), "meta").get("kind") == KIND
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return False  # who reads it says what is wrong


def read_gate_study(path: Path | str) -> GateStudy:
    """The rows that `write_gate_study` wrote. Raises FileNotFoundError, or ValueError that names fault and remedy."""
    mend = "write it with `python -m dualroute evaluate-gate FOLDER --data FILE --rows FILE`"
    return read_archive(Path(path), "rows of a gate", mend, _checked)


def _checked(arrays: dict[str, np.ndarray]) -> GateStudy:
    meta = read_object(read_json(str(arrays["meta"])), "meta")
    if (meta.get("schema"), meta.get("kind")) != (SCHEMA, KIND):
        raise ValueError(f"schema {meta.get('schema')!r} of {meta.get('kind')!r}, expected {SCHEMA} of {KIND!r}")
    results = read_object(meta.get("results"), "results")
    for name in _HEAD:
        text(results.get(name), name)
    threshold_number(results.get("default_threshold"), "default_threshold")
    if missing := [name for name in _ARRAYS if name not in arrays]:
        raise ValueError(f"{', '.join(missing)} missing")
    lengths = arrays["lengths"].astype(np.int64)
    _check_arrays(arrays, lengths)
    return GateStudy(
        gates=arrays["gates"],
        direct=arrays["direct"],
        merged=arrays["merged"],
        controls={name: arrays[name] for name in CONTROLS},
        lengths=lengths,
        groups=arrays["groups"],
        questions=arrays["questions"].astype(np.int64),
        ids=read_texts(arrays["ids"].tolist(), "ids"),
        results=results,
    )


def _check_arrays(arrays: dict[str, np.ndarray], lengths: np.ndarray) -> None:
    if not len(lengths) or (lengths < 1).any():
        raise ValueError("a row has no token")
    _check_lengths(arrays, _FLOATS, int(lengths.sum()), "tokens")
    _check_lengths(arrays, ("groups", "questions", "ids"), len(lengths), "rows")
    for name in ("gates", *CONTROLS):
        check_probabilities(arrays[name], name)
    for name in ("direct", "merged"):
        check_finite(arrays[name], name)
        if (arrays[name] > 0).any():
            raise ValueError(f"{name} has a log-probability above 0")
    if (arrays["questions"] < 0).any():
        raise ValueError("the number of a question is below 0")


def _check_lengths(arrays: dict[str, np.ndarray], names: Sequence[str], count: int, what: str) -> None:
    for name in names:
        if arrays[name].shape != (count,):
            raise ValueError(f"{name} has shape {arrays[name].shape}, expected ({count},), one of the {what} each")
