"""Attribution of targets of a trace to the tokens of x and h: runs a method and makes records of its result."""

import math
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch

from dualroute.attribute.method import MethodRequest, MethodResult, parse_targets
from dualroute.attribute.methods import Method, find_method
from dualroute.attribute.quadrature import MAX_STEPS, TOLERANCE, Effort
from dualroute.families.base import RoutingModel
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace
from dualroute.trace.targets import Target
from dualroute.values import seed_number, text


def attribute(
    model: RoutingModel,
    trace: Trace,
    target: str | Target = "prediction",
    method: str = "integrated_gradients",
    **options: Any,
) -> Attribution:
    """Scores of the tokens of x and h for one target of `trace`; names of targets are those of `trace.targets`.

    options  as for `attribute_many`, which also says what is held along the path
    """
    return attribute_many(model, trace, (target,), method, **options)[0]


@torch.inference_mode(False)  # also turns gradients on, whatever the caller's mode
def attribute_many(
    model: RoutingModel,
    trace: Trace,
    targets: Sequence[str | Target] = ("prediction", "gate"),
    method: str = "integrated_gradients",
    baseline: str = "pad",
    granularity: str = "token",
    seed: int = 0,
    baseline_texts: tuple[str, str] | None = None,
    n_steps: int | None = None,
    tolerance: float = TOLERANCE,
    max_steps: int = MAX_STEPS,
    **parameters: Any,
) -> tuple[Attribution, ...]:
    """One attribution for each target of a trace by one method; where possible, the targets share passes.

    method       a name in `attribute.methods.METHODS`, where each method and its parameters are described
    baseline     what an absent word is: for dual-route models `pad`, `mask`, `zero`, `mean` or, with `baseline_texts`
                 (x, h), `text`. Special tokens keep their own embedding and have no score
    granularity  `token`, `word` or `sentence`: the tokens of one unit come and go together and have one score
    seed         of methods that draw random numbers: the same seed gives the same scores, and the caller's generators
                 are left as they were
    n_steps      of Integrated Gradients: exactly so many Gauss-Legendre nodes on the whole path. None: as many as are
                 needed until the errors of all pieces of the path, |Σ scores − change of the target|, add up to at
                 most `tolerance` · max(|value − baseline_value|, ‖scores‖₂ / 2, FLOOR), but no more than `max_steps`;
                 `converged` says which. A method with a parameter of the same name gets it too; else it is ignored
    parameters   the method's own

    The route along the path: under policy `soft` the gates move freely. Hard policies (`threshold`, `select`,
    `direct`, `merged`, `context`) and flipped tokens hold the route of the trace; `weighted_threshold` holds
    which tokens are open, and the weight of an open one moves with its gate. So the attribution of a prediction
    explains the logit given the route; the target `gate` explains the route, and never depends on it.

    The model is not changed, and needs no gradients of its own. Raises ValueError for an unknown target, method,
    baseline or granularity, a token outside the tokens, a parameter that the method does not have or outside its
    limits, a target that the method cannot attribute, a method that the model's family lacks the means for, a model in
    training mode, or a trace whose tokens are not this model's.
    """
    chosen = find_method(method)
    own = _parameters(chosen, {"n_steps": n_steps, "tolerance": tolerance, "max_steps": max_steps}, parameters)
    parsed, baseline, granularity = (
        parse_targets(trace, targets),
        text(baseline, "baseline"),
        text(granularity, "granularity"),
    )
    settings = {"method": chosen.name, "baseline": baseline, "granularity": granularity, "seed": seed_number(seed)}
    start = time.perf_counter()
    units = model.units(trace, granularity)
    function = model.attribution_function(trace, parsed, baseline, baseline_texts) if chosen.runs_model else None
    request = MethodRequest(trace, parsed, units, own, settings["seed"], function)
    return _records(chosen, request, chosen.function(request), settings, start)


def _parameters(method: Method, steps: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """The method's own parameters, checked. Those of Integrated Gradients have fewer limits here than on the page."""
    if method.name != "integrated_gradients":
        names = {parameter.name for parameter in method.parameters}
        return method.check({k: v for k, v in steps.items() if k in names and v is not None} | parameters)
    method.check(parameters)
    return asdict(Effort(**steps))


def _records(
    method: Method, request: MethodRequest, result: MethodResult, settings: dict[str, Any], start: float
) -> tuple[Attribution, ...]:
    """One record for each target. The targets at both ends are evaluated unless the method knows them."""
    trace, units, function = request.trace, request.units, request.model_function
    ends = result.ends or request.function.targets_at([0.0, 1.0]).T.tolist()
    passes = (math.ceil(function.counts.forward), math.ceil(function.counts.backward)) if function else (0, 0)
    shared = settings | {
        "parameters": request.parameters,
        "spec": trace.spec,
        "groups": units.groups[0],
        "context_groups": units.groups[1],
        "seconds": time.perf_counter() - start,
        "steps": result.steps,
        "passes": passes,
    }
    rows = zip(request.targets, result.scores.numpy(), ends, result.converged, strict=True)
    return tuple(
        Attribution(**shared, **_scores(method, units.widths[0], scores, *pair), **_named(method, trace, target, fine))
        for target, scores, pair, fine in rows
    )


def _scores(method: Method, width: int, scores: np.ndarray, low: float, high: float) -> dict[str, Any]:
    """The fields that come from scores (U+V,), the first `width` of them those of x."""
    delta = float(scores.sum(dtype=np.float64)) - (high - low) if method.complete else math.nan
    split = {"scores": scores[:width], "context_scores": scores[width:]}
    return split | {"value": high, "baseline_value": low, "convergence_delta": delta}


def _named(method: Method, trace: Trace, target: Target, converged: torch.Tensor) -> dict[str, Any]:
    free = method.runs_model and (target.is_gate or trace.spec.policy == "soft")
    return {
        "target": target.name,
        "label": target.label,
        "route": "free" if free else "held",
        "converged": bool(converged),
    }
