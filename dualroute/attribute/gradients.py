"""Methods that follow gradients.

The targets as functions of embeddings, for methods that are no functions of presences.
"""

from collections.abc import Callable
from functools import partial

import torch
from captum.attr import GradientShap, InputXGradient, IntegratedGradients, Saliency
from captum.attr._utils.approximation_methods import approximation_parameters
from torch.nn.functional import interpolate

from dualroute.attribute.integration import Effort, Integral, Piece, integrate
from dualroute.attribute.product_integration import product_scores
from dualroute.attribute.requests import Asked, Found, count, found, function, seeded
from dualroute.families.dual_route.inputs import ModelInput
from dualroute.families.dual_route.interpolation import Path
from dualroute.families.dual_route.varied_inputs import PictureSide


def integrated_gradients(asked: Asked) -> Found:
    """The gradient averaged along the whole path: complete, so it can be checked (Sundararajan et al. 2017, eq. 1)."""
    integral = integral_of(asked.path, Effort(**asked.parameters))
    return Found(asked.units.summed(integral.scores), integral.converged, integral.steps)


def integral_of(path: Path, effort: Effort) -> Integral:
    """Scores (K,T+S) of the tokens; with a fixed number of steps by Captum for one target, together for several."""
    scores_of = _by_captum if len(path.values) == 1 else _together
    return integrate(partial(product_scores if effort.n_steps is None else scores_of, path), path.targets_at, effort)


def input_x_gradient(asked: Asked) -> Found:
    """The gradient at the input, times the way from the baseline: one pass, only a first-order guess."""
    path = asked.path
    ends = tuple(end.requires_grad_() for end in path.at(torch.ones(1)))
    scores = [torch.cat(InputXGradient(function(path, value)).attribute(ends), dim=1) for value in path.values]
    return found(asked.units.summed(torch.cat(scores)))


def gradient_shap(asked: Asked) -> Found:
    """The gradient averaged over random points of the path, each presence noisy (Erion et al. 2021, eq. 4).

    Captum's draws come first, then the gradients of all targets at the points it drew, and then its sums: it gets the
    gradients it would have got, while every forward pass serves all targets and no model runs under the seed's lock.
    """
    path, samples = asked.path, asked.parameters["n_samples"]
    ends, starts = path.at(torch.ones(1)), path.at(torch.zeros(1))

    def run(stand_in) -> torch.Tensor:
        with seeded(asked.seed):
            scores = GradientShap(stand_in).attribute(
                ends, starts, n_samples=samples, stdevs=asked.parameters["stdevs"]
            )
        return torch.cat(scores, dim=1)

    points = []
    run(lambda *presence: points.append(presence) or sum(0 * part.sum(1) for part in presence))
    points = [torch.cat(part).detach() for part in zip(*points, strict=True)]
    gradients = gradients_at(path, points)  # (B,K,T+S)

    def linear(target: int):
        """Has the gradients of the target at the points that were drawn, in their order."""
        return lambda *presence: (torch.cat(presence, dim=1) * gradients[:, target]).sum(1)

    scores = torch.cat([run(linear(target)) for target in range(len(path.values))])
    return found(asked.units.summed(scores), steps=samples)


def gradients_at(path: Path, presence: list[torch.Tensor]) -> torch.Tensor:
    """(B,K,T+S) gradients of the targets where the words are present by (B,T) and (B,S)."""
    batches = zip(*(part.split(path.rows) for part in presence), strict=True)
    return torch.cat([_gradients(path, batch) for batch in batches])


def _by_captum(path: Path, pieces: list[Piece], nodes: int) -> torch.Tensor:
    """(P,1,T+S) scores of one target; a piece is a row whose baseline is the piece's start."""
    lows, highs = torch.tensor(pieces).T
    batches = -(-len(pieces) * nodes // path.rows)
    rows = len(pieces) * -(-nodes // batches)  # batches of the same size, whole rows as Captum wants them
    method = IntegratedGradients(function(path, path.values[0]))
    scores = method.attribute(path.at(highs), path.at(lows), n_steps=nodes, internal_batch_size=rows)
    return torch.cat(scores, dim=1)[:, None].detach()


def _together(path: Path, pieces: list[Piece], nodes: int) -> torch.Tensor:
    """(P,K,T+S) scores by Captum's quadrature: one forward pass for all targets, and one backward pass each."""
    weights, alphas = (torch.tensor(part(nodes)) for part in approximation_parameters("gausslegendre"))
    lows, highs = torch.tensor(pieces).T[..., None]  # (P,1) each
    points = (lows + (highs - lows) * alphas).flatten()  # (P·nodes,)
    batches = points.chunk(-(-len(points) // path.rows))
    gradients = torch.cat([_gradients(path, path.at(batch)) for batch in batches])  # (P·nodes,K,T+S)
    return torch.einsum("pnki,pn->pki", gradients.unflatten(0, (-1, nodes)), (highs - lows) * weights)


def _gradients(path: Path, presence) -> torch.Tensor:
    """The same as `gradients_at`, in one pass."""
    presence = [part.detach().requires_grad_() for part in presence]
    output = path.output(*presence)
    path.counts.backward += len(presence[0]) * len(path.values)
    sums, rows = [value(output).sum() for value in path.values], []
    for summed in sums:
        kept = summed is not sums[-1]
        grads = torch.autograd.grad(summed, presence, retain_graph=kept, allow_unused=True, materialize_grads=True)
        rows.append(torch.cat(grads, dim=1))
    return torch.stack(rows, dim=1)


VARIED = ("inputs_embeds", "hidden_states", "pixel_values")  # of which each side has one


def saliency(asked: Asked) -> Found:
    """The L2 norm of the gradient to each unit's embedding: how sensitive the target is, not which way it goes."""
    path = asked.path
    given = [side.inputs(ends, "") for side, ends in zip(path.sides, path.at(torch.ones(1)), strict=True)]
    varied = [next(name for name in VARIED if name in inputs) for inputs in given]
    embeds = tuple(inputs[name].detach().requires_grad_() for inputs, name in zip(given, varied, strict=True))
    squares = []
    for value in path.values:
        run = _function(path, value, given, varied)
        gradients = Saliency(run).attribute(embeds, abs=False)
        squares.append(torch.cat([_squares(*pair) for pair in zip(path.sides, gradients, strict=True)])[None])
    return found(asked.units.summed(torch.cat(squares)).sqrt())


def _function(path: Path, value, given: list[dict], varied: list[str]) -> Callable[..., torch.Tensor]:
    def run(*embeds: torch.Tensor) -> torch.Tensor:
        inputs = [ModelInput(**one | {name: tensor}) for one, name, tensor in zip(given, varied, embeds, strict=True)]
        x, h = inputs[0], (inputs[1] if len(inputs) > 1 else ModelInput())
        count(path, 1)
        output = path.route([path.model.encode_x(x), path.model.encode_h(h, x)])
        return value(output) + 0 * sum(part.sum() for part in embeds)  # in the graph, though the target may not be

    return run


def _squares(side, gradient: torch.Tensor) -> torch.Tensor:
    """(T,) squared L2 norms of gradients (1,n,D) to embeddings, or (1,3,height,width) to a picture's patches."""
    if not isinstance(side, PictureSide):
        return gradient[0].square().sum(-1)[side.words]
    numbers = side.words.float().view(1, 1, side.patches, side.patches)
    patch_of = interpolate(numbers, gradient.shape[-2:], mode="nearest").long().flatten()  # as presence is spread
    return torch.zeros(len(side.words)).index_add(0, patch_of, gradient[0].square().sum(0).flatten())
