"""Attribution of a prediction or of a gate to the words of x and h, with Captum. Captum is imported only here."""

import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from captum.attr import FeatureAblation, InputXGradient, IntegratedGradients
from captum.attr._utils.approximation_methods import approximation_parameters

from dualroute.interpret.attribution import Attribution
from dualroute.interpret.integration import MAX_STEPS, TOLERANCE, Effort, Integral, Piece, integrate
from dualroute.interpret.presence import Path, make_path
from dualroute.interpret.target_values import Value
from dualroute.interpret.targets import Target, parse_target
from dualroute.interpret.trace import Trace
from dualroute.model.dual_route import DualRouteModel


def integrated_gradients(path: Path, effort: Effort) -> Integral:
    """The gradient averaged along the whole path: complete, so it can be checked (Sundararajan et al. 2017, eq. 1)."""
    scores_of = _by_captum if len(path.values) == 1 else _together
    return integrate(partial(scores_of, path), path.targets_at, effort)


def input_x_gradient(path: Path, effort: Effort) -> Integral:
    """The gradient at the input, times the way from the baseline: one pass, only a first-order guess."""
    ends = tuple(end.requires_grad_() for end in path.at(torch.ones(1)))
    return _single([InputXGradient(_function(path, value)).attribute(ends) for value in path.values])


@torch.no_grad()
def feature_ablation(path: Path, effort: Effort) -> Integral:
    """What the target loses when one word alone is replaced by the baseline: one pass per word."""
    ends, methods = path.at(torch.ones(1)), [FeatureAblation(_function(path, value)) for value in path.values]
    return _single([method.attribute(ends, perturbations_per_eval=path.rows) for method in methods])


METHODS = {method.__name__: method for method in (integrated_gradients, input_x_gradient, feature_ablation)}
COMPLETE = {"integrated_gradients"}


def attribute(
    model: DualRouteModel, trace: Trace, target: str = "prediction", method: str = "integrated_gradients", **options
) -> Attribution:
    """Scores of the words of x and h for one target of `trace`.

    target    `prediction`: logit of the class predicted under the trace's decision, or the score of the span, its
              start and its end summed; `prediction:Sports`: logit of a class; `gate`: mean over the tokens of the
              probability to read the context; `gate:3`: that of token 3
    options   as for `attribute_many`, which does the work and says what is held along the path
    """
    return attribute_many(model, trace, (target,), method, **options)[0]


@torch.inference_mode(False)  # also turns gradients on, whatever the caller's mode
def attribute_many(
    model: DualRouteModel,
    trace: Trace,
    targets: Sequence[str] = ("prediction", "gate"),
    method: str = "integrated_gradients",
    baseline: str = "pad",
    n_steps: int | None = None,
    tolerance: float = TOLERANCE,
    max_steps: int = MAX_STEPS,
) -> tuple[Attribution, ...]:
    """Several targets of one trace; integrated gradients share their forward passes.

    method     a name in `METHODS`
    baseline   an absent word is the embedding of [PAD] (`pad`), of [MASK] (`mask`), or zero (`zero`); special
               tokens keep their own embedding and have no score
    n_steps    exactly so many Gauss-Legendre nodes on the whole path; None: as many as it takes until the errors
               of all pieces of the path, |Σ scores − change of the target|, add up to at most tolerance ·
               max(|value − baseline_value|, FLOOR), but no more than `max_steps`; `converged` says which

    The route along the path: under policy `soft` the gates move freely. Hard policies (`threshold`, `select`,
    `direct`, `merged`, `context`) and flipped tokens hold the route the trace took; `weighted_threshold` holds
    which tokens are open, and the weight of an open one moves with its gate. So the attribution of a prediction
    explains the logit given the route; the target `gate` explains the route, and never depends on it.

    The model is not changed, and needs no gradients of its own. Raises ValueError for an unknown target, method
    or baseline, a token index outside the tokens, a step number below 1, a tolerance of 0 or less, a tokenizer
    without the baseline's token, a model in training mode, or a trace whose tokens are not this model's.
    """
    effort = Effort(n_steps, tolerance, max_steps)
    _check(model, method, targets)
    parsed = [parse_target(trace, target) for target in targets]
    began = time.perf_counter()
    path = make_path(model, trace, parsed, baseline)
    found = METHODS[method](path, effort)
    ends = path.targets_at([0.0, 1.0]).T.tolist()
    told = {"method": method, "baseline": baseline, "steps": found.steps, "spec": trace.spec}
    told |= {"seconds": time.perf_counter() - began}
    return tuple(
        Attribution(
            **told, **_describe(trace, target), **_numbers(path, scores, low, high, method), converged=bool(fine)
        )
        for target, scores, (low, high), fine in zip(parsed, found.scores, ends, found.converged, strict=True)
    )


def _describe(trace: Trace, target: Target) -> dict[str, str]:
    free = target.is_gate or trace.spec.policy == "soft"
    return {"target": target.name, "label": target.label, "route": "free" if free else "held"}


def _numbers(path: Path, scores: torch.Tensor, low: float, high: float, method: str) -> dict:
    scores = scores.numpy()
    delta = float(scores.sum(dtype=np.float64)) - (high - low)
    return {
        "scores": scores[: path.widths[0]],
        "context_scores": scores[path.widths[0] :],
        "value": high,
        "baseline_value": low,
        "convergence_delta": delta if method in COMPLETE else float("nan"),
    }


def _single(scores: list[tuple[torch.Tensor, ...]]) -> Integral:
    """What a method without steps gives: for every target (1,T), and (1,S) unless there is no context."""
    joined = torch.cat([torch.cat(of_target, dim=1) for of_target in scores]).detach()
    return Integral(joined, steps=1, converged=torch.ones(len(scores), dtype=torch.bool))


def _function(path: Path, value: Value) -> Callable[..., torch.Tensor]:
    """`value` as a function of presences, for Captum, which wants every input in the graph: h may not be."""
    return lambda *presence: value(path.output(*presence)) + sum(0 * p.sum(1) for p in presence)


def _by_captum(path: Path, pieces: list[Piece], nodes: int) -> torch.Tensor:
    """(P,1,T+S) scores of one target; a piece is a row whose baseline is the piece's start."""
    lows, highs = torch.tensor(pieces).T
    batches = -(-len(pieces) * nodes // path.rows)
    rows = len(pieces) * -(-nodes // batches)  # batches of the same size, whole rows as Captum wants them
    method = IntegratedGradients(_function(path, path.values[0]))
    scores = method.attribute(path.at(highs), path.at(lows), n_steps=nodes, internal_batch_size=rows)
    return torch.cat(scores, dim=1)[:, None].detach()


def _together(path: Path, pieces: list[Piece], nodes: int) -> torch.Tensor:
    """(P,K,T+S) scores by Captum's quadrature: one forward pass for all targets, and one backward pass each."""
    weights, alphas = (torch.tensor(part(nodes)) for part in approximation_parameters("gausslegendre"))
    lows, highs = torch.tensor(pieces).T[..., None]  # (P,1) each
    points = (lows + (highs - lows) * alphas).flatten()  # (P·nodes,)
    batches = points.chunk(-(-len(points) // path.rows))
    gradients = torch.cat([_gradients(path, batch) for batch in batches])  # (P·nodes,K,T+S)
    return torch.einsum("pnki,pn->pki", gradients.unflatten(0, (-1, nodes)), (highs - lows) * weights)


def _gradients(path: Path, points: torch.Tensor) -> torch.Tensor:
    """(B,K,T+S) gradients of the targets to the presences at points (B,) of the path."""
    presence = [part.requires_grad_() for part in path.at(points)]
    output = path.output(*presence)
    sums, rows = [value(output).sum() for value in path.values], []
    for summed in sums:
        kept = summed is not sums[-1]
        grads = torch.autograd.grad(summed, presence, retain_graph=kept, allow_unused=True, materialize_grads=True)
        rows.append(torch.cat(grads, dim=1))
    return torch.stack(rows, dim=1)


def _check(model: DualRouteModel, method: str, targets: Sequence[str]) -> None:
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; choose one of {', '.join(METHODS)}")
    if not targets:
        raise ValueError("no target given")
    if model.training:
        raise ValueError("the model is in training mode, where dropout makes attributions random; call model.eval()")
