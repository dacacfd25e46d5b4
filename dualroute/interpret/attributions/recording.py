"""From what a method found to records."""

import math
import time

import numpy as np

from dualroute.interpret.attribution import Attribution
from dualroute.interpret.attributions.asked import Found
from dualroute.interpret.attributions.exact import Exact, exact_contributions
from dualroute.interpret.attributions.units import Units
from dualroute.interpret.methods import METHODS
from dualroute.interpret.presence import Path
from dualroute.interpret.target import Target
from dualroute.interpret.trace import Trace


def by_path(
    trace: Trace, targets: list[Target], path: Path, units: Units, found: Found, told: dict, began: float
) -> tuple[Attribution, ...]:
    """One record for each target, of scores (K,U+V) that were found along `path`; `told` as given by the caller."""
    ends = path.targets_at([0.0, 1.0]).T.tolist()
    told = told | _shared(trace, units, began) | {"steps": found.steps}
    told["passes"] = (math.ceil(path.counts.forward), math.ceil(path.counts.backward))
    complete, records = METHODS[told["method"]].complete, []
    for target, scores, (low, high), fine in zip(targets, found.scores.numpy(), ends, found.converged, strict=True):
        delta = float(scores.sum(dtype=np.float64)) - (high - low) if complete else math.nan
        split = {"scores": scores[: units.widths[0]], "context_scores": scores[units.widths[0] :]}
        numbers = {"value": high, "baseline_value": low, "convergence_delta": delta, "converged": bool(fine)}
        free = target.is_gate or trace.spec.policy == "soft"
        records.append(Attribution(**told, **split, **numbers, **_named(target, free)))
    return tuple(records)


def exactly(trace: Trace, targets: list[Target], units: Units, told: dict, began: float) -> tuple[Attribution, ...]:
    """The model's own contributions: what they are counted from, the baseline value, is the bias."""
    parts = [exact_contributions(trace, target) for target in targets]
    told = told | _shared(trace, units, began) | {"steps": 1, "converged": True}
    return tuple(
        Attribution(**told, **_exact_numbers(part, units), **_named(target, free=False))
        for target, part in zip(targets, parts, strict=True)
    )


def _exact_numbers(part: Exact, units: Units) -> dict:
    own, other = (
        _summed(scores, groups).astype(np.float32)
        for scores, groups in zip((part.scores, part.context_scores), units.groups, strict=True)
    )
    delta = float(own.sum(dtype=np.float64) + other.sum(dtype=np.float64)) - (part.value - part.bias)
    values = {"value": part.value, "baseline_value": part.bias, "convergence_delta": delta}
    return {"scores": own, "context_scores": other} | values


def _summed(scores: np.ndarray, groups) -> np.ndarray:
    return np.array([scores[start:end].sum() for start, end in groups]) if groups else scores


def _named(target: Target, free: bool) -> dict[str, str]:
    return {"target": target.name, "label": target.label, "route": "free" if free else "held"}


def _shared(trace: Trace, units: Units, began: float) -> dict:
    own, other = units.groups
    return {"spec": trace.spec, "groups": own, "context_groups": other, "seconds": time.perf_counter() - began}
