"""Payloads of the Attribute tab: attributions, their agreement and their faithfulness as plain values, no arrays."""

import math
from collections.abc import Sequence
from dataclasses import asdict, fields, replace

import numpy as np

from dualroute.attribute.methods import METHODS, Method
from dualroute.export.trace_payload import BASELINES
from dualroute.measures.agreement import Agreement, agreement
from dualroute.measures.faithfulness import GRID, INTERVAL, MEASURES, Erasure, Faithfulness
from dualroute.measures.flipping import Flipped, Flips
from dualroute.trace.attribution import Attribution

GRANULARITIES = {"token": "tokens", "word": "words", "sentence": "sentences"}
# name: title and explanation
MEASURE_WORDS = {
    "comprehensiveness": (
        "Comprehensiveness",
        "how far the target moves towards the empty input when the first words are erased, mean over 1 to 50% of them",
    ),
    "sufficiency": (
        "Sufficiency",
        "how far it is still away from the whole input when only the first words are kept, mean over 1 to 50% of "
        "them; below 0: these words alone go beyond the whole input",
    ),
    "deletion_area": ("Deletion area", "mean height of the curve while words are erased"),
    "insertion_area": ("Insertion area", "mean height of the curve while words come back"),
}
AREAS = ("deletion_area", "insertion_area")
ORDER_WORDS = {
    "contribution": "largest effect of the flip first: the best order",
    "gate": "widest gate first: the router’s own order",
    "attribution": "the attribution",
}


def controls_payload(limits: dict) -> dict:
    """Return what the tab builds its controls from; `limits` are numbers that it states, such as the largest seed."""
    return {
        "methods": [method_payload(method) for method in METHODS.values()],
        "baselines": list(map(list, BASELINES.items())),
        "granularities": list(map(list, GRANULARITIES.items())),
        "limits": limits,
    }


def method_payload(method: Method) -> dict:
    """Return a method's fields for the page, without its Python function."""
    plain = ("name", "title", "captum", "complete", "baseline", "signed", "trust", "source")
    return {name: getattr(method, name) for name in plain} | {
        "targets": list(method.targets),
        "parameters": [asdict(parameter) for parameter in method.parameters],
        "random": method.random,
    }


def run_payload(attributions: Sequence[Attribution]) -> dict:
    """Return all attributions of a run as tracks, and the agreement of the methods for each target."""
    targets = dict.fromkeys(attribution.target for attribution in attributions)
    unsigned = [name for name, method in METHODS.items() if not method.signed]
    agreements = [agreement([one for one in attributions if one.target == target], unsigned) for target in targets]
    exact = {
        (one.target, method): value
        for one in agreements
        for method, value in zip(one.methods, one.with_exact, strict=True)
    }
    return {
        "tracks": [track_payload(one, exact[one.target, one.method]) for one in attributions],
        "agreement": [agreement_payload(one) for one in agreements],
    }


def track_payload(attribution: Attribution, with_exact: float = math.nan) -> dict:
    """Return one attribution: a track of the figure and a row of the table.

    with_exact  its rank correlation with the exact contributions; nan if there are none
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


def agreement_payload(record: Agreement) -> dict:
    """Return the rank correlations of all pairs of methods; `bySize` marks pairs compared without their signs."""
    values = record.to_dict()
    return {
        "target": record.target,
        "methods": list(record.methods),
        "rows": values["correlations"],
        "bySize": [list(row) for row in record.by_size],
    }


def _numbers(scores) -> list[float]:
    return scores.astype(float).tolist()


def measures_payload() -> list[list]:
    """Return [name, title, sign, explanation] of every measure; sign 1: the higher the better, −1: the lower."""
    return [[name, MEASURE_WORDS[name][0], sign, MEASURE_WORDS[name][1]] for name, sign in MEASURES.items()]


def faithfulness_payload(record: Faithfulness) -> dict:
    """Return one record; the curves of random orders become their mean and the interval that holds 95% of them.

    Curves and areas are of the target itself, also where the input lowers it (`direction` −1): there a good order
    makes the curve rise, and a larger deletion area and a smaller insertion area are better. Without signs, scores add
    up to no change: such methods have no infidelity and nothing unexplained.
    """
    signed = METHODS[record.method].signed
    plain = ("target", "label", "method", "baseline", "direction", "units", "orders", "samples", "seed")
    return {name: getattr(record, name) for name in plain} | {
        "title": METHODS[record.method].title,
        "infidelity": _finite(record.infidelity) if signed else None,
        "unexplained": _finite(record.unexplained) if signed else None,
        "sensitivity": _finite(record.sensitivity),
        "passes": float(record.passes),
        "seconds": float(record.seconds),
        "scales": {name: _scale(record, name) for name in record.erasures},
        "flips": record.flips and _flips(record.flips),
    }


def _scale(record: Faithfulness, name: str) -> dict:
    """Return an erasure as the target's own curves: where the input lowers it, the record holds them turned."""
    measured = record.erasures[name]
    if record.direction > 0:
        return _erasure(measured, measured.summary())
    top = 1 if name == "probability" else 0
    curves = {field.name: top - getattr(measured, field.name) for field in fields(Erasure) if field.name != "shares"}
    shown = replace(measured, **curves)
    areas = {area: values for area, values in shown.summary().items() if area in AREAS}
    return _erasure(shown, measured.summary() | areas)


def _erasure(erasure: Erasure, summary: dict) -> dict:
    return {
        "full": float(erasure.full),
        "empty": float(erasure.empty),
        "shares": erasure.shares.astype(float).tolist(),
        "grid": list(GRID),
        "deletion": erasure.deletion.astype(float).tolist(),
        "insertion": erasure.insertion.astype(float).tolist(),
        "randomDeletion": _band(erasure.random_deletion),
        "randomInsertion": _band(erasure.random_insertion),
        "summary": summary,
    }


def _flips(flips: Flips) -> dict:
    random = [one.scores for one in flips.random]
    return {
        "orders": [[name, ORDER_WORDS[name], _flipped(flipped)] for name, flipped in flips.named.items()],
        "random": _band(np.array(random)) if random else None,
        "randomDrop": _spread([one.drop for one in flips.random]),
        "randomChanges": _spread([one.changes for one in flips.random]),
    }


def _flipped(flipped: Flipped) -> dict:
    return {
        "tokens": flipped.tokens.astype(int).tolist(),
        "scores": flipped.scores.astype(float).tolist(),
        "changed": flipped.changed.astype(bool).tolist(),
        "drop": flipped.drop,
        "changes": flipped.changes,
    }


def _band(curves: np.ndarray) -> dict | None:
    """Return mean and bounds of the middle 95% of O curves (O,P), (P,) each; None without curves."""
    if not len(curves):
        return None
    low, high = np.quantile(curves, INTERVAL, axis=0)
    return {"mean": curves.mean(0).tolist(), "low": low.tolist(), "high": high.tolist()}


def _spread(values: list[float]) -> dict | None:
    if not values:
        return None
    return {"mean": float(np.mean(values)), "interval": np.quantile(values, INTERVAL).tolist()}


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
