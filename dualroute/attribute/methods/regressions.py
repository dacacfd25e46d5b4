"""Methods that fit a linear model to the targets of random subsets of units.

Captum draws the subsets and their weights once. All targets of each subset are then evaluated together, and Captum's
linear models are fitted to them, one for each target.
"""

from __future__ import annotations

import warnings
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
    random=True,
)
def kernel_shap(request: MethodRequest) -> MethodResult:
    """Shapley values as the weighted least squares fit to random subsets (Lundberg and Lee 2017, theorem 2)."""
    import torch
    from captum._utils.models.linear_model import SkLearnLinearRegression
    from captum.attr import KernelShap

    if sum(request.units.widths) == 1:
        return _single(request)
    return _fit(request, KernelShap(_zeros), SkLearnLinearRegression, torch.ones(len(request.function.values)))


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
    random=True,
)
def lime(request: MethodRequest) -> MethodResult:
    """A lasso fit to random subsets, weighted by their similarity to the input (Ribeiro et al. 2016).

    Each target is divided by its change from the baseline, so that `alpha` means the same for a logit as for a gate.
    """
    from captum.attr import Lime
    from captum.attr._core.lime import get_exp_kernel_similarity_function

    from dualroute.attribute.quadrature import FLOOR

    if sum(request.units.widths) == 1:
        return _single(request)
    low, high = request.function.targets_at([0.0, 1.0])
    method = Lime(_zeros, similarity_func=get_exp_kernel_similarity_function("cosine", KERNEL_WIDTH))
    alpha, scale = request.parameters["alpha"], (high - low).abs().clamp(min=FLOOR)
    return _fit(request, method, lambda: _lasso(alpha), scale)


def _single(request: MethodRequest) -> MethodResult:
    """The whole change of each target: the only subsets of one unit are all and nothing, so there is nothing to fit."""
    low, high = request.function.targets_at([0.0, 1.0])
    return MethodResult.of((high - low)[:, None])


class SubsetRecorder:
    """Takes the place of Captum's linear model, and keeps the subsets and weights that it would be fitted to."""

    subsets: torch.Tensor
    weights: torch.Tensor

    def fit(self, batches) -> None:
        """batches  one: all subsets (B,ΣU_i), 1 for a unit that is present, their targets, and their weights (B,)"""
        ((self.subsets, _, self.weights),) = batches

    @property
    def determine_all(self) -> bool:
        """Whether the subsets with a weight differ enough for one solution: a number for each unit, and a constant."""
        import torch

        rows = self.subsets[self.weights.flatten() > 0].double()
        design = torch.cat([torch.ones(len(rows), 1, dtype=rows.dtype), rows], dim=1)
        return int(torch.linalg.matrix_rank(design)) == design.shape[1] if len(rows) else False

    def representation(self) -> torch.Tensor:
        """(1,ΣU_i) zeros, as coefficients."""
        return self.subsets.new_zeros(1, self.subsets.shape[1])


def _fit(
    request: MethodRequest, method: Lime, make_linear: Callable[[], SkLearnLinearModel], scale: torch.Tensor
) -> MethodResult:
    """Coefficients of linear models fitted to the targets divided by `scale` (K,), times `scale`.

    They have converged where the subsets determine them, and the solver came to its end.
    """
    import torch
    from sklearn.exceptions import ConvergenceWarning

    with torch.no_grad():
        recorder = _draw(request, method)
        presence = recorder.subsets.split(request.units.widths, dim=1)
        targets = request.function.evaluate(*request.units.spread(presence)) / scale  # (B,K)
        fits, ended = [], []
        for of_target in targets.T:
            # A linear model begins with random numbers. Its solver says by a warning alone that it has not ended.
            with seeded(request.seed), warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always", ConvergenceWarning)
                fits.append(_coefficients(make_linear(), recorder, of_target))
            ended.append(not any(issubclass(one.category, ConvergenceWarning) for one in told))
        scores = torch.stack(fits) * scale[:, None]
        converged = torch.tensor(ended) & scores.isfinite().all(1) & recorder.determine_all
        return MethodResult(scores, converged, request.parameters["n_samples"])


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
