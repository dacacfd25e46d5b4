"""Methods that fit a linear stand-in to the targets of random subsets of units.

Captum draws the subsets and their weights, once; all targets of each subset are then found together, and Captum's
linear models are fitted to them, one for each target.
"""

from collections.abc import Callable

import torch
from captum._utils.models.linear_model import SkLearnLasso, SkLearnLinearRegression
from captum.attr import KernelShap, Lime
from captum.attr._core.lime import get_exp_kernel_similarity_function

from dualroute.attribute.integration import FLOOR
from dualroute.attribute.requests import Asked, Found, found, seeded

KERNEL_WIDTH = 0.25  # of LIME on texts: cosine distances times 100 with a width of 25 (Ribeiro et al. 2016)
MOST_PASSES = 10_000  # of the lasso over the coefficients


def kernel_shap(asked: Asked) -> Found:
    """Shapley values as the weighted least squares fit to random subsets (Lundberg and Lee 2017, theorem 2).

    With no more subsets than units many fits are as good: such scores have not converged.
    """
    if sum(asked.units.widths) == 1:  # no subset but all and nothing: one unit is the whole change
        low, high = asked.path.targets_at([0.0, 1.0])
        return found((high - low)[:, None])
    one_each = torch.ones(len(asked.path.values))
    fitted = _fitted(asked, KernelShap(_nothing), SkLearnLinearRegression, one_each)
    enough = asked.parameters["n_samples"] > sum(asked.units.widths)
    return Found(fitted.scores, fitted.converged & enough, asked.parameters["n_samples"])


def lime(asked: Asked) -> Found:
    """A lasso fit to random subsets, near ones first (Ribeiro et al. 2016).

    Targets are measured in units of their change from the baseline, so that `alpha` means the same for a logit as for
    a gate.
    """
    low, high = asked.path.targets_at([0.0, 1.0])
    method = Lime(_nothing, similarity_func=get_exp_kernel_similarity_function("cosine", KERNEL_WIDTH))
    return _fitted(asked, method, lambda: _lasso(asked.parameters["alpha"]), (high - low).abs().clamp(min=FLOOR))


class Draws:
    """Stands where Captum has its linear model, and keeps what that would be fitted to."""

    def fit(self, batches) -> None:
        """batches: one of all subsets (B,U+V), 1 for a unit that is present, what they give, and their weights (B,)."""
        ((self.subsets, _, self.weights),) = batches

    def representation(self) -> torch.Tensor:
        """(1,U+V) nothing yet."""
        return torch.zeros(1, self.subsets.shape[1])


@torch.no_grad()
def _fitted(asked: Asked, method: Lime, linear: Callable, scale: torch.Tensor) -> Found:
    """Coefficients of what `linear` makes, fitted to the targets divided by `scale` (K,)."""
    draws = _drawn(asked, method)
    presence = draws.subsets.split(asked.units.widths, dim=1)
    targets = asked.path.evaluate(*asked.units.spread(presence)) / scale  # (B,K)
    with seeded(asked.seed):  # a linear model begins with random numbers
        fits = [_coefficients(linear(), draws, of_target) for of_target in targets.T]
    return found(torch.stack(fits) * scale[:, None])


def _drawn(asked: Asked, method: Lime) -> Draws:
    draws = method.interpretable_model = Draws()
    ends, samples = tuple(torch.ones(1, width) for width in asked.units.widths), asked.parameters["n_samples"]
    with seeded(asked.seed):
        method.attribute(ends, n_samples=samples, perturbations_per_eval=samples)
    return draws


def _coefficients(model, draws: Draws, targets: torch.Tensor) -> torch.Tensor:
    """(U+V,)"""
    model.fit([(draws.subsets, targets, draws.weights)])
    return model.representation().flatten()


def _nothing(*presence: torch.Tensor) -> torch.Tensor:
    return torch.zeros(len(presence[0]))


def _lasso(alpha: float):
    return SkLearnLasso(alpha=alpha, max_iter=MOST_PASSES) if alpha else SkLearnLinearRegression()
