"""Faithfulness of one input's attributions as the page's workbench takes it: curves, areas, and what chance does."""

import math

import numpy as np

from dualroute.interpret.erasing import GRID
from dualroute.interpret.faithfulness_record import INTERVAL, MEASURES, Erasure, Faithfulness
from dualroute.interpret.flipping import Flipped, Flips
from dualroute.interpret.methods import METHODS

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
