"""How far an attribution can be trusted, as a record. Plain numpy; `faithfulness.py` measures it."""

import math
from dataclasses import asdict, dataclass

import numpy as np

from dualroute.interpret.erasing import GRID, SHARES
from dualroute.interpret.flipping import Flips
from dualroute.interpret.records import Record
from dualroute.interpret.trace_spec import TraceSpec

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
        return {"schema": self.schema} | {name: _plain(value) for name, value in asdict(self).items()}

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
