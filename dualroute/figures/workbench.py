"""Attributions and their faithfulness as the page's workbench takes them: plain values, no arrays."""

import math
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from dualroute.figures.payload import BASELINE_WORDS
from dualroute.interpret.attribution import Attribution
from dualroute.interpret.methods import METHODS, Method

BASELINES = BASELINE_WORDS | {"mean": "the mean embedding of all words", "text": "your own text"}
GRANULARITIES = {"token": "tokens", "word": "words", "sentence": "sentences"}
EXACT = "exact"


def controls_payload(limits: dict) -> dict:
    """What the workbench builds its controls from. limits: numbers it states, such as the largest seed."""
    return {
        "methods": [method_payload(method) for method in METHODS.values()],
        "baselines": list(map(list, BASELINES.items())),
        "granularities": list(map(list, GRANULARITIES.items())),
        "limits": limits,
    }


def method_payload(method: Method) -> dict:
    """A row of the table of methods, without what only Python can use."""
    told = ("name", "title", "captum", "complete", "baseline", "signed", "trust", "source")
    return {name: getattr(method, name) for name in told} | {
        "targets": list(method.targets),
        "parameters": [asdict(parameter) for parameter in method.parameters],
        "random": any(parameter.name == "n_samples" for parameter in method.parameters),
    }


def track_payload(attribution: Attribution, exact: Attribution | None = None) -> dict:
    """One attribution: a track of the figure and a row of the table.

    exact  the exact contributions to the same target, by the same units, to agree with; None where there are none
    """
    total = float(attribution.scores.sum(dtype="f8") + attribution.context_scores.sum(dtype="f8"))
    return {
        "target": attribution.target,
        "label": attribution.label,
        "method": attribution.method,
        "title": METHODS[attribution.method].title,
        "signed": METHODS[attribution.method].signed,
        "scores": _numbers(attribution.scores),
        "contextScores": _numbers(attribution.context_scores),
        "groups": [list(group) for group in attribution.groups],
        "contextGroups": [list(group) for group in attribution.context_groups],
        "granularity": attribution.granularity,
        "parameters": dict(attribution.parameters),
        "baseline": attribution.baseline,
        "seed": attribution.seed,
        "route": attribution.route,
        "sum": total,
        "value": float(attribution.value),
        "baselineValue": float(attribution.baseline_value),
        "change": float(attribution.value - attribution.baseline_value),
        "delta": _finite(attribution.convergence_delta),
        "passes": [float(rows) for rows in attribution.passes],
        "steps": attribution.steps,
        "seconds": float(attribution.seconds),
        "converged": bool(attribution.converged),
        "agreement": None if exact is None else agreement(attribution, exact),
    }


def agreement_payload(attributions: Sequence[Attribution]) -> list[dict]:
    """For each target, Spearman's rank correlation of all its attributions with each other, units of both texts."""
    targets = dict.fromkeys(attribution.target for attribution in attributions)
    return [_matrix(target, [one for one in attributions if one.target == target]) for target in targets]


def agreement(one: Attribution, other: Attribution) -> float | None:
    """Spearman's ρ of two attributions of the same units; None where one of them does not vary."""
    scores = [np.concatenate([each.scores, each.context_scores]).astype(float) for each in (one, other)]
    return _finite(pd.DataFrame(dict(enumerate(scores))).corr("spearman").iloc[0, 1])


def _matrix(target: str, attributions: list[Attribution]) -> dict:
    rows = [[agreement(one, other) for other in attributions] for one in attributions]
    return {"target": target, "methods": [one.method for one in attributions], "rows": rows}


def _numbers(scores) -> list[float]:
    return scores.astype(float).tolist()


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
