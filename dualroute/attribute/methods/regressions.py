"""Methods that fit a linear model to the targets of random subsets of units.

Captum draws the subsets and their weights once. All targets of each subset are then evaluated together, and Captum's
linear models are fitted to them, one for each target.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dualroute.attribute.method import MethodRequest, MethodResult, Parameter, attribution_method, seeded

if TYPE_CHECKING:
    import torch
    from captum._utils.models.linear_model import SkLearnLinearModel
    from captum.attr import Lime

KERNEL_WIDTH = 0.25  # of LIME on texts: cosine distances times 100 with a width of 25 (Ribeiro et al. 2016)
MAX_ITERATIONS = 10_000  # of the lasso over the coefficients

SAMPLES = Parameter("n_samples", "samples", 400, 3, 5_000, help="Random subsets of the units.")


@attribution_method(
    "KernelShap",
    captum="KernelShap",
    trust="The same values by regression: trust it only with several times as many samples as units.",
    source="Lundberg and Lee 2017",
    passes=lambda units, parameters: (parameters["n_samples"], 0),
    parameters=(SAMPLES,),
    complete=True,
)
def kernel_shap(request: MethodRequest) -> MethodResult:
    """Shapley values as the weighted least squares fit to random subsets (Lundberg and Lee 2017, theorem 2).

    With no more subsets than units the fit is not unique: such scores have not converged.
    """
    import torch
    from captum._utils.models.linear_model import SkLearnLinearRegression
    from captum.attr import KernelShap

    samples, units = request.parameters["n_samples"], sum(request.units.widths)
    if units == 1:  # the only subsets are all and nothing: the one unit has the whole change
        low, high = request.function.targets_at([0.0, 1.0])
        return MethodResult.of((high - low)[:, None])
    scale = torch.ones(len(request.function.values))
    scores = _fit(request, KernelShap(_zeros), SkLearnLinearRegression, scale)
    return MethodResult(scores, torch.full((len(scores),), samples > units), samples)


@attribution_method(
    "LIME",
    captum="Lime",
    trust="A sparse linear stand-in near the input: which words matter, rather than exactly how much.",
    source="Ribeiro et al. 2016",
    passes=lambda units, parameters: (parameters["n_samples"], 0),
    parameters=(
        SAMPLES,
        Parameter("alpha", "sparsity", 0.001, 0.0, 1.0, False, "Weight of the lasso's penalty; 0: none."),
    ),
)
def lime(request: MethodRequest) -> MethodResult:
    """A lasso fit to random subsets, weighted by their similarity to the input (Ribeiro et al. 2016).

    Each target is divided by its change from the baseline, so that `alpha` means the same for a logit as for a gate.
    """
    from captum.attr import Lime
    from captum.attr._core.lime import get_exp_kernel_similarity_function

    from dualroute.attribute.quadrature import FLOOR

    low, high = request.function.targets_at([0.0, 1.0])
    method = Lime(_zeros, similarity_func=get_exp_kernel_similarity_function("cosine", KERNEL_WIDTH))
    alpha, scale = request.parameters["alpha"], (high - low).abs().clamp(min=FLOOR)
    return MethodResult.of(_fit(request, method, lambda: _lasso(alpha), scale))


class SubsetRecorder:
    """Takes the place of Captum's linear model, and keeps the subsets and weights that it would be fitted to."""

    subsets: torch.Tensor
    weights: torch.Tensor

    def fit(self, batches) -> None:
        """batches  one: all subsets (B,ΣU_i), 1 for a unit that is present, their targets, and their weights (B,)"""
        ((self.subsets, _, self.weights),) = batches

    def representation(self) -> torch.Tensor:
        """(1,ΣU_i) zeros, as coefficients."""
        return self.subsets.new_zeros(1, self.subsets.shape[1])


def _fit(
    request: MethodRequest, method: Lime, make_linear: Callable[[], SkLearnLinearModel], scale: torch.Tensor
) -> torch.Tensor:
    """(K,ΣU_i) coefficients of linear models fitted to the targets divided by `scale` (K,), times `scale`."""
    import torch

    with torch.no_grad():
        recorder = _draw(request, method)
        presence = recorder.subsets.split(request.units.widths, dim=1)
        targets = request.function.evaluate(*request.units.spread(presence)) / scale  # (B,K)
        with seeded(request.seed):  # a linear model begins with random numbers
            fits = [_coefficients(make_linear(), recorder, of_target) for of_target in targets.T]
        return torch.stack(fits) * scale[:, None]


def _draw(request: MethodRequest, method: Lime) -> SubsetRecorder:
    """The random subsets that `method` draws, and their weights."""
    import torch

    recorder: Any = SubsetRecorder()  # has the methods of a linear model that Captum calls
    method.interpretable_model = recorder
    ends, samples = tuple(torch.ones(1, width) for width in request.units.widths), request.parameters["n_samples"]
    with seeded(request.seed):
        method.attribute(ends, n_samples=samples, perturbations_per_eval=samples)
    return recorder


def _coefficients(linear: SkLearnLinearModel, recorder: SubsetRecorder, targets: torch.Tensor) -> torch.Tensor:
    """(ΣU_i,) of `linear`, fitted to targets (B,)."""
    batches: Any = [(recorder.subsets, targets, recorder.weights)]  # Captum iterates it like a DataLoader
    linear.fit(batches)
    return linear.representation().flatten()


def _zeros(*presence: torch.Tensor) -> torch.Tensor:
    return presence[0].new_zeros(len(presence[0]))


def _lasso(alpha: float) -> SkLearnLinearModel:
    from captum._utils.models.linear_model import SkLearnLasso, SkLearnLinearRegression

    return SkLearnLasso(alpha=alpha, max_iter=MAX_ITERATIONS) if alpha else SkLearnLinearRegression()
