"""Which words are erased, in which order: the rows of presences that a measure of faithfulness asks about. Plain numpy.

A unit is what an attribution scores: a token, word or sentence of x, then those of h (or its items or patches). U units
of N = T + S tokens. The share s of the units are the first ⌈s·U⌉ of an order, so that even 1 % of few is one.


How far an attribution can be trusted, as a record. Plain numpy; `faithfulness.py` measures it.
"""

import math
from dataclasses import asdict, dataclass, replace

import numpy as np

from dualroute.measures.flipping import Flips
from dualroute.trace.attribution import Attribution
from dualroute.trace.json_record import Record
from dualroute.trace.routing import TraceSpec

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


AVERAGED = [GRID.index(share) for share in SHARES]
MEASURES = {
    "comprehensiveness": 1,
    "sufficiency": -1,
    "deletion_area": -1,
    "insertion_area": 1,
}  # 1: the more the better
INTERVAL = (0.025, 0.975)


@dataclass(frozen=True, eq=False)
class Erasure:
    """A score while units are erased in an attribution's order, and in O random orders. P shares of the units.

    full, empty    the score with every unit and with none
    shares         (P,) of the units, as they could be had: whole units only
    deletion       (P,) the score without the first units;  insertion (P,) with the first units alone
    random_deletion, random_insertion  (O,P) likewise
    """

    full: float
    empty: float
    shares: np.ndarray
    deletion: np.ndarray
    insertion: np.ndarray
    random_deletion: np.ndarray
    random_insertion: np.ndarray

    def measures(self) -> dict[str, float]:
        """The four of MEASURES in the attribution's order."""
        return {name: float(value) for name, value in self._measured(self.deletion, self.insertion).items()}

    def random_measures(self) -> dict[str, np.ndarray]:
        """The same of every random order, (O,) each."""
        return self._measured(self.random_deletion, self.random_insertion)

    def summary(self) -> dict[str, dict]:
        """By measure: value, the mean of the random orders, and where 95 % of them lie (None without any)."""
        found = {}
        for name, value in self.measures().items():
            drawn = self.random_measures()[name]
            spread = {"random": float(drawn.mean()), "interval": np.quantile(drawn, INTERVAL).tolist()}
            found[name] = {"value": value} | (spread if len(drawn) else {"random": None, "interval": None})
        return found

    def _measured(self, deletion: np.ndarray, insertion: np.ndarray) -> dict[str, np.ndarray]:
        """Of curves (...,P): AOPC as ERASER's scorer averages it, and areas by trapezoids over the shares."""
        return {
            "comprehensiveness": (self.full - deletion[..., AVERAGED]).mean(-1),
            "sufficiency": (self.full - insertion[..., AVERAGED]).mean(-1),
            "deletion_area": np.trapezoid(deletion, self.shares, axis=-1),
            "insertion_area": np.trapezoid(insertion, self.shares, axis=-1),
        }


@dataclass(frozen=True, eq=False)
class Faithfulness(Record):
    """What became of the target when the words that an attribution names were erased.

    target, label, method  of the attribution;  baseline: what an erased word is replaced by
    direction    1: the order starts with the words that raise the target; −1: with those that lower it, because the
                 input lowered it: a prediction and a margin are always explained upwards, a gate and an effect by
                 the side of the empty input's on which this input's lies
    probability  of the explained class, of the answer, of a step of the text (of several the geometric mean), of the
                 preferred one of two; for a gate that of the way its tokens went: g, or 1 − g where direction is −1.
                 None for a target that has none
    value        direction · the target itself; None for a gate, whose probability it is
    infidelity   mean square of (Σ scores of erased words − change of the target) over random erasures (Yeh et al.
                 2019), in units of the target squared
    unexplained  the same by the best scale of the scores, as a share of the changes' mean square: 0 explains every
                 change, 1 none; it compares methods whose scores have different units
    sensitivity  largest relative change of the scores (L2) when what distinguishes the words from absent ones is
                 disturbed a little (same paper); nan where it was not measured
    flips        what the exact replay says of the tokens that read the context; None where nothing can be replayed
    units, orders, samples, seed  how many units, random orders and random erasures there were, and of which seed
    passes       forward passes of whole rows;  seconds: wall time;  spec: what produced the trace
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
        """By scale, `probability` and `value`, those there are."""
        found = {"probability": self.probability, "value": self.value}
        return {name: erasure for name, erasure in found.items() if erasure is not None}

    def to_dict(self) -> dict:
        """Plain values and numpy arrays, by field name, with a schema number; nan is None."""
        return (
            {"schema": self.schema}
            | {name: _plain(value) for name, value in asdict(replace(self, spec=None)).items()}
            | {"spec": self.spec and self.spec.to_dict()}
        )

    @classmethod
    def _restored(cls, name: str, value, data: dict):
        if name in ("probability", "value"):
            return value and Erasure(**{key: _number_or_array(found) for key, found in value.items()})
        if name == "flips":
            return value and Flips.from_dict(value)
        if name == "spec":
            return value and TraceSpec.from_dict(value)
        return math.nan if name in ("infidelity", "unexplained", "sensitivity") and value is None else value


def _plain(value):
    return None if isinstance(value, float) and math.isnan(value) else value


def _number_or_array(value):
    return np.asarray(value, dtype=np.float64) if isinstance(value, list | np.ndarray) else value
