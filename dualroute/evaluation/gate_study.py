"""Stored rows of a language model's gate: made of what was measured, and measured again at another θ."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dualroute.evaluation.passage_gates import evaluate_gate
from dualroute.families.context_lm.gate_rows import Measured
from dualroute.rows.gate_study import CONTROLS, GateStudy


def gate_study(measured: Measured, gates: np.ndarray, ids: Sequence[str], results: dict[str, Any]) -> GateStudy:
    """Return the rows of `measured` under gates (N,), without what the gate saw.

    ids      the name of each row's question in its file
    results  see `GateStudy`
    """
    return GateStudy(
        gates=gates.astype(np.float32),
        direct=measured.direct.astype(np.float32),
        merged=measured.merged.astype(np.float32),
        controls={name: measured.gates[name].astype(np.float32) for name in CONTROLS},
        lengths=np.bincount(measured.rows, minlength=len(measured.groups)),
        groups=measured.groups,
        questions=measured.questions,
        ids=tuple(ids),
        results=results,
    )


def evaluate_study(study: GateStudy, theta: float | None = None, seed: int = 0) -> dict[str, Any]:
    """Return the results at θ, by default the gate's own, as `evaluate_gate` does."""
    nothing = np.empty((len(study.gates), 0), np.float16)
    parts = study.direct, study.merged, study.controls, study.rows, study.groups, study.questions
    return evaluate_gate(Measured(nothing, *parts), study.gates, study.threshold if theta is None else theta, seed)
