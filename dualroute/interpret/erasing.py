"""Which words are erased, in which order: the rows of presences that a measure of faithfulness asks about. Plain numpy.

A unit is what an attribution scores: a token, word or sentence of x, then those of h (or its items or patches). U units
of N = T + S tokens. The share s of the units are the first ⌈s·U⌉ of an order, so that even 1 % of few is one.
"""

from dataclasses import dataclass

import numpy as np

from dualroute.interpret.attribution import Attribution

SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)  # what comprehensiveness and sufficiency are averaged over (DeYoung et al. 2020)
GRID = (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # where curves are measured
EXACT = 9  # digits of s·U; what stands behind them is rounding, and must not add a unit


@dataclass(frozen=True, eq=False)
class Units:
    """The units of an attribution: scores (U,), and the tokens [start, end) of each, those of h counted on from x."""

    scores: np.ndarray
    ranges: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.ranges)

    @property
    def width(self) -> int:
        """N, how many tokens the units have."""
        return self.ranges[-1][1] if self.ranges else 0

    def of_tokens(self, values: np.ndarray) -> np.ndarray:
        """(...,N) of (...,U): every token takes what its unit has."""
        return np.repeat(values, [end - start for start, end in self.ranges], axis=-1)

    def order(self, direction: int = 1) -> np.ndarray:
        """(U,) units by direction · score, the largest first; of equals the earlier one."""
        return np.argsort(-direction * self.scores.astype(np.float64), kind="stable")


def units_of(attribution: Attribution, widths: tuple[int, ...]) -> Units:
    """The units of an attribution to an input of `widths` (T, S) tokens; S is left out where there is no side of h.

    Raises ValueError where the attribution's scores are of an input with other tokens.
    """
    sides = (
        (attribution.scores, attribution.groups),
        (attribution.context_scores, attribution.context_groups),
    )
    ranges, scores, start = [], [], 0
    for (found, groups), width in zip(sides, (*widths, 0), strict=False):
        places = tuple(map(tuple, groups)) or tuple((place, place + 1) for place in range(width))
        if len(found) != len(places) or not _covers(places, width):
            raise ValueError(f"the attribution has {len(found)} scores for {width} tokens: it is of another input")
        ranges += [(start + first, start + end) for first, end in places]
        scores.append(np.asarray(found))
        start += width
    return Units(np.concatenate(scores), tuple(ranges))


def counts_at(shares: tuple[float, ...], units: int) -> np.ndarray:
    """(P,) how many of U units each share stands for."""
    return np.ceil(np.round(np.array(shares) * units, EXACT)).astype(int)


def erased(order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Presences (P,U) each, at every share of GRID: without the first units of an order, and with them alone."""
    rank = np.empty(len(order), dtype=int)
    rank[order] = np.arange(len(order))
    first = rank < counts_at(GRID, len(order))[:, None]
    return (~first).astype(np.float32), first.astype(np.float32)


def random_orders(units: int, orders: int, seed: int) -> np.ndarray:
    """(O,U) random orders; the first of many are those of few."""
    return np.array([np.random.default_rng((seed, i)).permutation(units) for i in range(orders)]).reshape(orders, units)


def random_presences(units: int, samples: int, seed: int) -> np.ndarray:
    """(samples,U) presences where from one to all units are gone, every number as likely."""
    generator = np.random.default_rng(seed)
    gone = generator.integers(1, units + 1, samples)
    ranks = generator.permuted(np.tile(np.arange(units), (samples, 1)), axis=1)
    return (ranks >= gone[:, None]).astype(np.float32)


def _covers(places: tuple[tuple[int, int], ...], width: int) -> bool:
    """Whether ranges follow each other from 0 to `width`."""
    return [start for start, _ in places] + [width] == [0] + [end for _, end in places]
