"""Attributions and their faithfulness as the page's workbench takes them: plain values, no arrays."""

import math
from collections.abc import Sequence
from dataclasses import asdict

from dualroute.figures.payload import BASELINE_WORDS
from dualroute.interpret.agreement import Agreement, agreement
from dualroute.interpret.attribution import Attribution
from dualroute.interpret.methods import METHODS, Method

BASELINES = BASELINE_WORDS | {"mean": "the mean embedding of all words", "text": "your own text"}
GRANULARITIES = {"token": "tokens", "word": "words", "sentence": "sentences"}


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


def run_payload(attributions: Sequence[Attribution]) -> dict:
    """All attributions of a run: tracks, and for each target how far its methods agree."""
    targets = dict.fromkeys(found.target for found in attributions)
    agreements = [agreement([found for found in attributions if found.target == target]) for target in targets]
    exact = {
        (one.target, method): value
        for one in agreements
        for method, value in zip(one.methods, one.with_exact, strict=True)
    }
    return {
        "tracks": [track_payload(found, exact[found.target, found.method]) for found in attributions],
        "agreement": [agreement_payload(one) for one in agreements],
    }


def track_payload(attribution: Attribution, with_exact: float = math.nan) -> dict:
    """One attribution: a track of the figure and a row of the table.

    with_exact  its rank correlation with the exact contributions; nan where there are none
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
        "agreement": _finite(with_exact),
    }


def agreement_payload(found: Agreement) -> dict:
    """Rank correlations of all methods with each other; bySize: where sizes were compared, one having no sign."""
    told = found.to_dict()
    return {
        "target": found.target,
        "methods": list(found.methods),
        "rows": told["correlations"],
        "bySize": [list(row) for row in found.by_size],
    }


def _numbers(scores) -> list[float]:
    return scores.astype(float).tolist()


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
