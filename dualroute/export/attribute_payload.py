"""Attributions and their faithfulness as the page's workbench takes them: plain values, no arrays.

Faithfulness of one input's attributions as the page's workbench takes it: curves, areas, and what chance does.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from dualroute.attribute.methods import METHODS, Method
from dualroute.export.trace_payload import BASELINE_WORDS
from dualroute.measures.agreement import Agreement, agreement
from dualroute.measures.faithfulness import GRID, INTERVAL, MEASURES, Erasure, Faithfulness
from dualroute.measures.flipping import Flipped, Flips
from dualroute.trace.attribution import Attribution

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


# name: title, whether more is better, what it says
MEASURE_WORDS = {
    "comprehensiveness": ("Comprehensiveness", "fall when the first words are erased, mean over 1 to 50 % of them"),
    "sufficiency": ("Sufficiency", "fall when only the first words are kept, mean over 1 to 50 % of them"),
    "deletion_area": ("Deletion area", "mean height of the deletion curve"),
    "insertion_area": ("Insertion area", "mean height of the insertion curve"),
}
ORDER_WORDS = {"contribution": "own effects: the best order", "gate": "the gates", "attribution": "the attribution"}


def measures_payload() -> list[list]:
    """[name, title, 1 or −1, what it says] of every measure; 1: the more the better."""
    return [[name, MEASURE_WORDS[name][0], sign, MEASURE_WORDS[name][1]] for name, sign in MEASURES.items()]


def faithfulness_payload(record: Faithfulness) -> dict:
    """One record; curves of random orders as their mean and the interval where 95 % of them lie."""
    told = ("target", "label", "method", "baseline", "direction", "units", "orders", "samples", "seed")
    return {name: getattr(record, name) for name in told} | {
        "title": METHODS[record.method].title,
        "infidelity": _finite(record.infidelity),
        "unexplained": _finite(record.unexplained),
        "sensitivity": _finite(record.sensitivity),
        "passes": float(record.passes),
        "seconds": float(record.seconds),
        "scales": {name: _erasure(erasure) for name, erasure in record.erasures.items()},
        "flips": record.flips and _flips(record.flips),
    }


def _erasure(erasure: Erasure) -> dict:
    return {
        "full": float(erasure.full),
        "empty": float(erasure.empty),
        "shares": erasure.shares.astype(float).tolist(),
        "grid": list(GRID),
        "deletion": erasure.deletion.astype(float).tolist(),
        "insertion": erasure.insertion.astype(float).tolist(),
        "randomDeletion": _band(erasure.random_deletion),
        "randomInsertion": _band(erasure.random_insertion),
        "summary": erasure.summary(),
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
    """Of (O,P): mean, and from where to where 95 % lie, (P,) each."""
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
