"""From what a method found to records.

Attribution of a prediction or of a gate to the words of x and h. Captum is imported only in this package.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import torch

from dualroute.attribute.exact import Exact, exact_contributions
from dualroute.attribute.gradients import gradient_shap, input_x_gradient, integrated_gradients, saliency
from dualroute.attribute.integration import MAX_STEPS, TOLERANCE, Effort
from dualroute.attribute.layer_conductance import layer_conductance
from dualroute.attribute.methods import METHODS, Method, find_method
from dualroute.attribute.perturbations import feature_ablation, occlusion, shapley_sampling
from dualroute.attribute.regressions import kernel_shap, lime
from dualroute.attribute.requests import Asked, Found, Units, check_seed, units_of
from dualroute.families.dual_route.interpolation import Path, make_path
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace
from dualroute.trace.targets import Target, parse_target


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


FUNCTIONS = {
    method.__name__: method
    for method in (
        integrated_gradients,
        input_x_gradient,
        saliency,
        gradient_shap,
        feature_ablation,
        occlusion,
        shapley_sampling,
        kernel_shap,
        lime,
        layer_conductance,
    )
}  # and `exact`, which runs no model


def attribute(
    model: DualRouteModel, trace: Trace, target: str = "prediction", method: str = "integrated_gradients", **options
) -> Attribution:
    """Scores of the words of x and h for one target of `trace`, named as in `interpret.targets`.

    options  as for `attribute_many`, which does the work and says what is held along the path
    """
    return attribute_many(model, trace, (target,), method, **options)[0]


@torch.inference_mode(False)  # also turns gradients on, whatever the caller's mode
def attribute_many(
    model: DualRouteModel,
    trace: Trace,
    targets: Sequence[str] = ("prediction", "gate"),
    method: str = "integrated_gradients",
    baseline: str = "pad",
    granularity: str = "token",
    seed: int = 0,
    baseline_texts: tuple[str, str] | None = None,
    n_steps: int | None = None,
    tolerance: float = TOLERANCE,
    max_steps: int = MAX_STEPS,
    **parameters,
) -> tuple[Attribution, ...]:
    """Several targets of one trace by one method; they share what passes they can.

    method       a name in `interpret.methods.METHODS`, which says what each is and takes
    baseline     what an absent word is: `pad`, `mask`, `zero`, `mean` or, with `baseline_texts` (x, h), `text`; see
                 `baselines.absent_words`. Special tokens keep their own embedding and have no score
    granularity  `token`, `word` or `sentence`: the tokens of one unit come and go together and have one score
    seed         of methods that draw random numbers: the same gives the same scores, and the caller's generators are
                 left as they were
    n_steps      of Integrated Gradients: exactly so many Gauss-Legendre nodes on the whole path; None: as many as it
                 takes until the errors of all pieces of the path, |Σ scores − change of the target|, add up to at
                 most `tolerance` · max(|value − baseline_value|, ‖scores‖₂ / 2, FLOOR), but no more than `max_steps`;
                 `converged` says which. Another method that has n_steps takes them too; else all three are not used
    parameters   the method's own

    The route along the path: under policy `soft` the gates move freely. Hard policies (`threshold`, `select`,
    `direct`, `merged`, `context`) and flipped tokens hold the route the trace took; `weighted_threshold` holds
    which tokens are open, and the weight of an open one moves with its gate. So the attribution of a prediction
    explains the logit given the route; the target `gate` explains the route, and never depends on it.

    The model is not changed, and needs no gradients of its own. Raises ValueError for an unknown target, method,
    baseline or granularity, a token outside the tokens, a parameter the method does not have or one outside its
    limits, a target the method does not serve, a model in training mode, or a trace whose tokens are not this model's.
    """
    chosen = find_method(method)
    own = _parameters(chosen, {"n_steps": n_steps, "tolerance": tolerance, "max_steps": max_steps}, parameters)
    parsed = _parsed(model, trace, targets)
    told = {"method": method, "baseline": baseline, "granularity": granularity, "seed": check_seed(seed)}
    began = time.perf_counter()
    units = units_of(model, trace, granularity)
    if method == "exact":
        return exactly(trace, parsed, units, told, began)
    path = make_path(model, trace, parsed, baseline, baseline_texts)
    found = FUNCTIONS[method](Asked(path, units, own, seed))
    return by_path(trace, parsed, path, units, found, told | {"parameters": own}, began)


def _parameters(method: Method, steps: dict, parameters: dict) -> dict:
    """The method's own parameters, checked. Those of Integrated Gradients have fewer limits here than on the page."""
    if method.name != "integrated_gradients":
        names = {parameter.name for parameter in method.parameters}
        return method.check({k: v for k, v in steps.items() if k in names and v is not None} | parameters)
    method.check(parameters)
    return asdict(Effort(**steps))


def _parsed(model: DualRouteModel, trace: Trace, targets: Sequence[str]) -> list[Target]:
    if not targets:
        raise ValueError("no target given")
    if model.training:
        raise ValueError("the model is in training mode, where dropout makes attributions random; call model.eval()")
    return [parse_target(trace, target) for target in targets]
