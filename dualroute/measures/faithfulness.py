"""The record of an attribution's faithfulness, and the rows of presences that its measurement runs.

A unit gets one score of an attribution: a token, word or sentence of x, then those of h (or its items or patches).
There are U units of N = T + S tokens. A share s of the units are the first ⌈s·U⌉ of an order, so 1% of few units is
one unit. `dualroute.faithful` measures.
"""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from dualroute.measures.flipping import Flips
from dualroute.trace.attribution import Attribution
from dualroute.trace.json_record import Record
from dualroute.trace.routing import TraceSpec

SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)  # what comprehensiveness and sufficiency are averaged over (DeYoung et al. 2020)
GRID = (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # where curves are measured
ORDERS, SAMPLES = 10, 32  # random orders and random erasures, unless others are asked for
EXACT = 9  # digits of s·U that count: rounding errors must not add a unit


@dataclass(frozen=True, eq=False)
class Units:
    """The units of an attribution: scores (U,) and the tokens [start, end) of each; those of h follow those of x."""

    scores: np.ndarray
    ranges: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.ranges)

    @property
    def width(self) -> int:
        """N, the number of tokens of all units."""
        return self.ranges[-1][1] if self.ranges else 0

    def of_tokens(self, values: np.ndarray) -> np.ndarray:
        """(...,N) for values (...,U): every token gets the value of its unit."""
        return np.repeat(values, [end - start for start, end in self.ranges], axis=-1)

    def order(self, direction: int = 1) -> np.ndarray:
        """(U,) units by direction · score, the largest first, equal ones in order."""
        return np.argsort(-direction * self.scores.astype(np.float64), kind="stable")


def units_of(attribution: Attribution, widths: tuple[int, ...]) -> Units:
    """The units of an attribution to an input of `widths` (T, S) tokens; S is left out where there is no side of h.

    Raises ValueError where the attribution's scores are of an input with other tokens.
    """
    sides = (
        (attribution.scores, attribution.groups),
        (attribution.context_scores, attribution.context_groups),
    )
    ranges: list[tuple[int, int]] = []
    scores: list[np.ndarray] = []
    offset = 0
    for (values, groups), width in zip(sides, (*widths, 0), strict=False):
        places = groups or tuple((place, place + 1) for place in range(width))
        if len(values) != len(places) or not _covers(places, width):
            raise ValueError(f"the attribution has {len(values)} scores for {width} tokens: it is of another input")
        ranges += [(offset + start, offset + end) for start, end in places]
        scores.append(np.asarray(values))
        offset += width
    return Units(np.concatenate(scores), tuple(ranges))


def counts_at(shares: tuple[float, ...], units: int) -> np.ndarray:
    """(P,) the number of units in each share of U units."""
    return np.ceil(np.round(np.array(shares) * units, EXACT)).astype(int)


def usual_rows() -> tuple[int, int]:
    """Rows that all measurements of one input share, and those of each attribution's own order, at most."""
    return 2 * len(GRID) * ORDERS + SAMPLES, 2 * len(GRID)


def erased(order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Presences (P,U) twice, at every share of GRID: without the first units of an order, and with these alone."""
    rank = np.empty(len(order), dtype=int)
    rank[order] = np.arange(len(order))
    first = rank < counts_at(GRID, len(order))[:, None]
    return (~first).astype(np.float32), first.astype(np.float32)


def random_orders(units: int, orders: int, seed: int) -> np.ndarray:
    """(O,U) random orders; more orders begin with the same ones."""
    return np.array([np.random.default_rng((seed, i)).permutation(units) for i in range(orders)]).reshape(orders, units)


def random_presences(units: int, samples: int, seed: int) -> np.ndarray:
    """(samples,U) presences with 1 to U units erased, each number equally likely."""
    generator = np.random.default_rng(seed)
    erased_units = generator.integers(1, units + 1, samples)
    ranks = generator.permuted(np.tile(np.arange(units), (samples, 1)), axis=1)
    return (ranks >= erased_units[:, None]).astype(np.float32)


def _covers(places: tuple[tuple[int, int], ...], width: int) -> bool:
    """Whether ranges follow each other from 0 to `width`."""
    return [start for start, _ in places] + [width] == [0] + [end for _, end in places]


AVERAGED = [GRID.index(share) for share in SHARES]
# 1 where larger is better, else −1.
MEASURES = {"comprehensiveness": 1, "sufficiency": -1, "deletion_area": -1, "insertion_area": 1}
INTERVAL = (0.025, 0.975)


@dataclass(frozen=True, eq=False)
class Erasure:
    """A score while units are erased in an attribution's order, and in O random orders. P shares of the units.

    full, empty    the score with every unit and with none
    shares         (P,) shares of the units, rounded to whole units
    deletion       (P,) the score without the first units
    insertion      (P,) the score with the first units alone
    random_deletion, random_insertion  (O,P) the same in the random orders
    """

    full: float
    empty: float
    shares: np.ndarray
    deletion: np.ndarray
    insertion: np.ndarray
    random_deletion: np.ndarray
    random_insertion: np.ndarray

    def measures(self) -> dict[str, float]:
        """The four `MEASURES` in the attribution's order."""
        return {name: float(value) for name, value in self._measured(self.deletion, self.insertion).items()}

    def random_measures(self) -> dict[str, np.ndarray]:
        """The four `MEASURES` in every random order, (O,) each."""
        return self._measured(self.random_deletion, self.random_insertion)

    def summary(self) -> dict[str, dict[str, Any]]:
        """{measure: value, mean of the random orders, interval with 95% of them}; None without random orders."""
        drawn = self.random_measures()
        return {name: {"value": value} | _spread(drawn[name]) for name, value in self.measures().items()}

    def _measured(self, deletion: np.ndarray, insertion: np.ndarray) -> dict[str, np.ndarray]:
        """{measure: (...)} of curves (...,P): AOPC as ERASER's scorer averages it, and areas by trapezoids."""
        return {
            "comprehensiveness": (self.full - deletion[..., AVERAGED]).mean(-1),
            "sufficiency": (self.full - insertion[..., AVERAGED]).mean(-1),
            "deletion_area": np.trapezoid(deletion, self.shares, axis=-1),
            "insertion_area": np.trapezoid(insertion, self.shares, axis=-1),
        }


@dataclass(frozen=True, eq=False)
class Faithfulness(Record):
    """Changes of a target while the words that an attribution names are erased.

    target, label, method  of the attribution
    baseline     what replaces an erased word
    direction    1: the order starts with the words that raise the target; −1: with those that lower it. A prediction
                 and a margin have 1; a gate and an effect have the sign of their change from the empty input
    probability  of the explained class or answer; of a step of the text (of several the geometric mean); of the
                 preferred class of two; for a gate g, or 1 − g where direction is −1. None for other targets
    value        direction · target; None for a gate, whose probability it is
    infidelity   mean square of (Σ scores of erased words − change of the target) over random erasures (Yeh et al.
                 2019), in units of the target squared
    unexplained  infidelity with the best scale of the scores, as a share of the changes' mean square: 0 explains every
                 change, 1 none. It compares methods whose scores have different units
    sensitivity  largest relative change of the scores (L2) under a small disturbance of the difference between the
                 words and absent ones (same paper); nan where it was not measured
    flips        exact replays with the tokens that read the context flipped; None where nothing can be replayed
    units, orders, samples, seed  numbers of units, random orders and random erasures, and their seed
    passes       forward passes of whole rows
    seconds      wall time
    spec         what produced the trace
    """

    called = "a measure of faithfulness"

    target: str
    label: str
    method: str
    baseline: str
    direction: int
    probability: Erasure | None
    value: Erasure | None
    infidelity: float
    unexplained: float
    sensitivity: float
    flips: Flips | None
    units: int
    orders: int
    samples: int
    seed: int
    passes: float
    seconds: float
    spec: TraceSpec | None = None

    @property
    def erasures(self) -> dict[str, Erasure]:
        """{scale: erasure} of the scales `probability` and `value` that the target has."""
        scales = {"probability": self.probability, "value": self.value}
        return {name: erasure for name, erasure in scales.items() if erasure is not None}

    def to_dict(self) -> dict[str, Any]:
        """Plain values and numpy arrays, by field name, with a schema number; nan is None."""
        values = {name: _plain(value) for name, value in asdict(replace(self, spec=None)).items()}
        return {"schema": self.schema} | values | {"spec": None if self.spec is None else self.spec.to_dict()}

    @classmethod
    def _restored(cls, name: str, value: Any) -> Any:
        if value is None:
            return math.nan if name in ("infidelity", "unexplained", "sensitivity") else None
        if name in ("probability", "value"):
            return Erasure(**{key: _number_or_array(part) for key, part in value.items()})
        readers = {"flips": Flips.from_dict, "spec": TraceSpec.from_dict}
        return readers[name](value) if name in readers else value


def _spread(draws: np.ndarray) -> dict[str, Any]:
    if not len(draws):
        return {"random": None, "interval": None}
    return {"random": float(draws.mean()), "interval": np.quantile(draws, INTERVAL).tolist()}


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value


def _number_or_array(value: Any) -> Any:
    return np.asarray(value, dtype=np.float64) if isinstance(value, list | np.ndarray) else value
