"""The output of a language model with two flows: the mixture of their probabilities, and the choice of a word."""

from dataclasses import dataclass

import numpy as np
import torch

from dualroute.trace.decision import Decision, route_indices
from dualroute.trace.policies import TWO_FLOWS, flow_weights
from dualroute.values import real_number, seed_number


def weights_of(decision: Decision, gates: np.ndarray, first: int = 0) -> np.ndarray:
    """Return the weights (T,2) of the direct and the merged flow, for gates (T,) of the tokens `first`, `first` + 1, ….

    Raises ValueError for an unknown policy or flow, and a θ outside [0, 1].
    """
    scores = np.stack([1 - gates, gates], axis=-1).astype(np.float64)
    policy, threshold = decision.policy or "threshold", decision.threshold
    weights = flow_weights(policy, scores, 0.5 if threshold is None else threshold)
    last = 1 + max((token for _, token in decision.overrides or {}), default=0)
    routes = route_indices(decision.overrides, 1, max(last, first + len(gates)), TWO_FLOWS)
    for (_, token), route in routes.items():
        if first <= token < first + len(gates):
            weights[token - first] = np.eye(2)[route]
    return weights


def probabilities(logits: torch.Tensor, temperature: float | None = None) -> torch.Tensor:
    """Return the probabilities (…,V) of one flow at a temperature; None is 1."""
    return (logits if temperature is None else logits / temperature).softmax(-1)


@dataclass(frozen=True)
class Sampling:
    """How a word is chosen from a mixture.

    seed   None for the likeliest word; else of the random numbers, one for each position whatever was chosen before
    top_p  draws are from the likeliest words that together reach this probability, cut after the flows were mixed
           (nucleus sampling, Holtzman et al. 2020)
    Raises ValueError for a number outside its limits.
    """

    seed: int | None = None
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if self.seed is not None:
            seed_number(self.seed)
        if real_number(self.top_p, "top_p", 0, 1) == 0:
            raise ValueError("top_p must be above 0")

    def choose(self, mixed: np.ndarray, position: int) -> int:
        """Return the word chosen from probabilities (V,) float64 at a position of the text."""
        if self.seed is None:
            return int(np.argmax(mixed))
        kept = nucleus(mixed, self.top_p)
        reached = np.cumsum(kept)
        drawn = np.random.default_rng([self.seed, position]).random() * reached[-1]
        return int(np.searchsorted(reached, drawn, side="right"))


def nucleus(probs: np.ndarray, top_p: float) -> np.ndarray:
    """Return probabilities (V,) with 0 for all but the fewest likeliest words that together reach `top_p`."""
    if top_p >= 1:
        return probs
    order = np.argsort(-probs, kind="stable")
    before = np.cumsum(probs[order]) - probs[order]
    kept = order[before < top_p * probs.sum()]
    cut = np.zeros_like(probs)
    cut[kept] = probs[kept]
    return cut


def mixed(weights: np.ndarray, direct: torch.Tensor | None, merged: torch.Tensor | None) -> np.ndarray:
    """Return the mixture (V,) float64 of probabilities (V,) by weights (2,); a flow without weight may be None."""
    parts = [(weight, flow) for weight, flow in zip(weights.tolist(), (direct, merged), strict=True) if weight > 0]
    if any(flow is None for _, flow in parts):
        raise ValueError("a flow with a weight was not read")
    return np.sum([weight * flow.numpy().astype(np.float64) for weight, flow in parts if flow is not None], axis=0)
