"""Methods that follow gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from dualroute.attribute.method import (
    MethodRequest,
    MethodResult,
    Parameter,
    attribution_method,
    differentiable,
    seeded,
)

if TYPE_CHECKING:
    import torch

    from dualroute.attribute.quadrature import Effort, Integral, Piece
    from dualroute.families.attribution_function import AttributionFunction, TargetValue

USUAL_STEPS = 36  # gradients that Integrated Gradients takes on average, see `quadrature`


def _integration_passes(units: int, parameters: dict[str, Any]) -> tuple[int, int]:
    steps = parameters["n_steps"] or min(USUAL_STEPS, parameters["max_steps"])
    return steps + 6, steps  # the ends of the pieces of the path are evaluated too


@attribution_method(
    "Integrated Gradients",
    captum="IntegratedGradients",
    trust="Trust it where its delta is small: then the scores add up to the change from the baseline.",
    source="Sundararajan et al. 2017",
    passes=_integration_passes,
    parameters=(
        Parameter("n_steps", "steps", None, 1, 1_000, help="Exactly so many; empty: as many as are needed."),
        Parameter("tolerance", "tolerance", 0.02, 1e-4, 1.0, False, "Share of the change that may be missed."),
        Parameter("max_steps", "most steps", 140, 1, 1_000, help="Where it stops, tolerance reached or not."),
    ),
    complete=True,
)
def integrated_gradients(request: MethodRequest) -> MethodResult:
    """The gradient averaged along the path: complete, so that it can be checked (Sundararajan et al. 2017, eq. 1)."""
    from dualroute.attribute.quadrature import Effort

    integral = integral_of(request.function, Effort(**request.parameters))
    return MethodResult(request.units.summed(integral.scores), integral.converged, integral.steps)


def integral_of(function: AttributionFunction, effort: Effort) -> Integral:
    """Scores (K,ΣT_i) of the tokens.

    Where the number of steps is left open and the function has two stages, by product integration; else by Captum's
    quadrature, of one target by Captum itself.
    """
    from dualroute.attribute.product_quadrature import product_scores
    from dualroute.attribute.quadrature import integrate
    from dualroute.families.attribution_function import TwoStageFunction

    scores_of = _by_captum if len(function.values) == 1 else _together
    if effort.n_steps is None and isinstance(function, TwoStageFunction):
        scores_of = product_scores
    return integrate(partial(scores_of, function), function.targets_at, effort)


@attribution_method(
    "Input × gradient",
    captum="InputXGradient",
    trust="A first guess in one pass: the slope at the input, drawn on to the baseline as a straight line.",
    source="Shrikumar et al. 2017",
    passes=lambda units, parameters: (1, 1),
)
def input_x_gradient(request: MethodRequest) -> MethodResult:
    """The gradient at the input, times the distance from the baseline: one pass, correct to first order only."""
    import torch
    from captum.attr import InputXGradient

    function = request.function
    ends = tuple(end.requires_grad_() for end in function.at(torch.ones(1)))
    runs = [differentiable(function, value) for value in function.values]
    scores = [torch.cat(InputXGradient(run).attribute(ends), dim=1) for run in runs]
    return MethodResult.of(request.units.summed(torch.cat(scores)))


@attribution_method(
    "Saliency",
    captum="Saliency",
    trust="Shows sensitivity, not direction. Can miss important words.",
    source="Simonyan et al. 2014; L2 norm over the embedding",
    passes=lambda units, parameters: (1, 1),
    baseline=False,
    signed=False,
)
def saliency(request: MethodRequest) -> MethodResult:
    """The L2 norm of the gradient to each unit's embedding: how sensitive the target is, without a direction.

    Raises ValueError for a family that does not give the embeddings of its tokens.
    """
    import torch
    from captum.attr import Saliency

    function = request.function
    embeddings = tuple(part.requires_grad_() for part in function.embeddings())
    squares = []
    for value in function.values:
        gradients = Saliency(_of_embeddings(function, value)).attribute(embeddings, abs=False)
        squares.append(function.sums_over_tokens(*(gradient.square() for gradient in gradients))[None])
    return MethodResult.of(request.units.summed(torch.cat(squares)).sqrt())


def _of_embeddings(function: AttributionFunction, value: TargetValue) -> Callable[..., torch.Tensor]:
    def run(*embeddings: torch.Tensor) -> torch.Tensor:
        function.counts.backward += 1
        return value(function.output_of(*embeddings)) + 0 * sum(part.sum() for part in embeddings)  # all in the graph

    return run


@attribution_method(
    "GradientShap",
    captum="GradientShap",
    trust="Integrated Gradients at random points: right on average, so trust it with many samples.",
    source="Erion et al. 2021",
    passes=lambda units, parameters: (parameters["n_samples"], parameters["n_samples"]),
    parameters=(
        Parameter("n_samples", "samples", 40, 1, 5_000, help="Random points between baseline and input."),
        Parameter("stdevs", "noise", 0.0, 0.0, 1.0, False, "Standard deviation of noise on each presence."),
    ),
    random=True,
)
def gradient_shap(request: MethodRequest) -> MethodResult:
    """The gradient averaged over random points of the path, each presence noisy (Erion et al. 2021, eq. 4).

    Captum runs twice: on a function that only notes the points it draws, and, with the same seed, on a linear function
    that has the gradients of one target at these points. So all targets share their forward passes, and no model runs
    while the lock of the seed is held.
    """
    import torch
    from captum.attr import GradientShap

    function, samples = request.function, request.parameters["n_samples"]
    ends, starts = function.at(torch.ones(1)), function.at(torch.zeros(1))

    def run(target: Callable[..., torch.Tensor]) -> torch.Tensor:
        with seeded(request.seed):
            method = GradientShap(target)
            scores = method.attribute(ends, starts, n_samples=samples, stdevs=request.parameters["stdevs"])
        return torch.cat(scores, dim=1)

    batches = []

    def collect(*presence: torch.Tensor) -> torch.Tensor:
        batches.append(presence)
        return 0 * torch.cat(presence, dim=1).sum(1)

    run(collect)
    points = [torch.cat(part).detach() for part in zip(*batches, strict=True)]
    gradients = gradients_at(function, points)  # (B,K,ΣT_i)

    def linear(target: int) -> Callable[..., torch.Tensor]:
        return lambda *presence: (torch.cat(presence, dim=1) * gradients[:, target]).sum(1)

    scores = torch.cat([run(linear(target)) for target in range(len(function.values))])
    return MethodResult.of(request.units.summed(scores), steps=samples)


def gradients_at(function: AttributionFunction, presence: Sequence[torch.Tensor]) -> torch.Tensor:
    """(B,K,ΣT_i) gradients of the targets where the tokens are present by (B,T_i)."""
    import torch

    batches = zip(*(part.split(function.rows) for part in presence), strict=True)
    return torch.cat([_gradients_of_batch(function, batch) for batch in batches])


def _gradients_of_batch(function: AttributionFunction, presence: Sequence[torch.Tensor]) -> torch.Tensor:
    import torch

    presence = [part.detach().requires_grad_() for part in presence]
    output = function.output(*presence)
    function.counts.backward += len(presence[0]) * len(function.values)
    sums, rows = [value(output).sum() for value in function.values], []
    for summed in sums:
        keep = summed is not sums[-1]
        grads = torch.autograd.grad(summed, presence, retain_graph=keep, allow_unused=True, materialize_grads=True)
        rows.append(torch.cat(grads, dim=1))
    return torch.stack(rows, dim=1)


def _by_captum(function: AttributionFunction, pieces: list[Piece], nodes: int) -> torch.Tensor:
    """(P,1,ΣT_i) scores of one target; each piece is a row, and its start is the row's baseline."""
    import torch
    from captum.attr import IntegratedGradients

    lows, highs = torch.tensor(pieces).T
    batches = -(-len(pieces) * nodes // function.rows)
    rows = len(pieces) * -(-nodes // batches)  # batches of the same size, each with all pieces, as Captum needs them
    method = IntegratedGradients(differentiable(function, function.values[0]))
    scores = method.attribute(function.at(highs), function.at(lows), n_steps=nodes, internal_batch_size=rows)
    return torch.cat(scores, dim=1)[:, None].detach()


def _together(function: AttributionFunction, pieces: list[Piece], nodes: int) -> torch.Tensor:
    """(P,K,ΣT_i) scores by Captum's quadrature: one forward pass for all targets, and one backward pass each."""
    import torch
    from captum.attr._utils.approximation_methods import approximation_parameters

    weights, alphas = (torch.tensor(part(nodes)) for part in approximation_parameters("gausslegendre"))
    lows, highs = torch.tensor(pieces).T[..., None]  # (P,1) each
    points = (lows + (highs - lows) * alphas).flatten()  # (P·nodes,)
    batches = points.chunk(-(-len(points) // function.rows))
    gradients = torch.cat([_gradients_of_batch(function, function.at(batch)) for batch in batches])  # (P·nodes,K,ΣT_i)
    return torch.einsum("pnki,pn->pki", gradients.unflatten(0, (-1, nodes)), (highs - lows) * weights)
