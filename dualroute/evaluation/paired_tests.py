"""Which of several methods are better than which on the same rows: paired bootstrap tests, corrected for their number.

The rows are resampled and the mean difference of two methods is taken anew: its 95% interval is that of the percentile
bootstrap, and its p-value the share of resamples whose mean difference lies as far from the observed one as that one
lies from zero (Efron and Tibshirani 1993, section 16.4). All pairs are tested together; p-values are corrected by
Holm's step-down procedure (Holm 1979), which holds the probability of a single wrong verdict below 5%.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

RESAMPLES = 10_000
QUANTILES = (0.025, 0.975)
LEVEL = 0.05
FEWEST_ROWS = 8  # of fewer rows the bootstrap says too little to tell methods apart
SOURCE = "paired bootstrap over rows (Efron and Tibshirani 1993), Holm's correction (Holm 1979)"
DIGITS = 6


def paired_tests(values: Mapping[str, np.ndarray], larger_is_better: bool = True, seed: int = 0) -> list[dict]:
    """Return the test of each pair of methods, the better one of the pair first, the best ones first.

    values  scores (N,) of the same N rows, by method
    Each has `better`, `than`, `difference` (of the means, first minus second), `ci`, `p`, `p_corrected`, and `told`:
    whether the two can be told apart. Raises ValueError for methods with different numbers of rows, or without any.
    """
    sizes = {len(of_method) for of_method in values.values()}
    if len(sizes) != 1 or 0 in sizes:
        raise ValueError(f"paired tests need the same rows for all methods, but there are {sorted(sizes)}")
    sign = 1 if larger_is_better else -1
    ranked = sorted(values, key=lambda name: -sign * float(np.mean(values[name])))
    pairs, rows = list(combinations(ranked, 2)), sizes.pop()
    if not pairs:
        return []
    differences = np.stack([values[first] - values[second] for first, second in pairs]).astype(np.float64)  # (P,N)
    observed = differences.mean(1)
    generator = np.random.default_rng(seed)
    counts = generator.multinomial(rows, np.full(rows, 1 / rows), size=RESAMPLES)  # (R,N)
    resampled = counts @ differences.T / rows  # (R,P)
    intervals = np.quantile(resampled, QUANTILES, axis=0).T
    far = np.abs(resampled - observed) >= np.abs(observed)[None] - 1e-12
    p_values = (1 + far.sum(0)) / (1 + RESAMPLES)
    corrected = holm(p_values)
    return [
        {
            "better": first,
            "than": second,
            "difference": round(float(observed[place]), DIGITS),
            "ci": [round(float(bound), DIGITS) for bound in intervals[place]],
            "p": round(float(p_values[place]), DIGITS),
            "p_corrected": round(float(corrected[place]), DIGITS),
            "told": bool(corrected[place] < LEVEL and rows >= FEWEST_ROWS),
        }
        for place, (first, second) in enumerate(pairs)
    ]


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return Holm's p-values: the k-th smallest of n times n − k + 1, never below a smaller one, at most 1."""
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    steps = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    corrected = np.empty(len(values))
    corrected[order] = np.minimum(steps, 1.0)
    return corrected
