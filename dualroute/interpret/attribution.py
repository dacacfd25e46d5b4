"""The record of one attribution. Plain numpy; `attributions.py` computes it."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each token of x and h moved a target away from its value on the baseline.

    scores             (T,) for the tokens of x, in units of the target
    context_scores     (S,) for the tokens of h
    target             `prediction`, `gate` (mean gate over the tokens) or `gate:3` (one token's gate)
    method             `integrated_gradients`, …
    baseline           what an absent word is replaced by; special tokens keep their place
    convergence_delta  Σ scores + Σ context_scores − (value − baseline_value); 0 when exact
    seconds            wall time
    value, baseline_value  the target on the input and on the baseline
    steps              integration steps used
    converged          whether |delta| came below the tolerance before the limit of steps
    route              `held` where a hard policy's route was kept fixed along the path, else `free`
    """

    scores: np.ndarray
    context_scores: np.ndarray
    target: str
    method: str
    baseline: str
    convergence_delta: float
    seconds: float
    value: float
    baseline_value: float
    steps: int
    converged: bool
    route: str
