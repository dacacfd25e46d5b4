"""The model asked about one trace while words are erased from it.

Whether an attribution says what the model does: words are erased in its order, and the model is asked.

Erasing is presence 0 on the path of the attribution (`presence.py`), x and h together, so that both explain the same
function: of a prediction the score given the route taken, of a gate the gate. What an order erases first is decided by
signed scores, as in ERASER: for a prediction the words that raise it. A gate has no side of its own, so it is taken
towards where the input moved it from the empty one. By size alone, words that raise and words that lower would be
erased together and cancel, and the exact attribution of a linear gate would lose against chance.

"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from captum.metrics import infidelity

from dualroute.families.dual_route.interpolation import Path, make_path
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.target_values import target_probability
from dualroute.measures.faithfulness import (
    GRID,
    Erasure,
    Faithfulness,
    Units,
    counts_at,
    erased,
    random_orders,
    random_presences,
    units_of,
)
from dualroute.measures.flipping import flips
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace
from dualroute.trace.targets import Target, parse_target


class Probe:
    """The model asked with words of one trace erased; it remembers, so attributions that share it share random orders.

    targets  names, all asked at once;  baseline  what an erased word is replaced by
    Raises ValueError as `parse_target` and `make_path` do.
    """

    def __init__(
        self, model: DualRouteModel, trace: Trace, targets: Sequence[str], baseline: str = "pad", baseline_texts=None
    ):
        self.trace, self.baseline = trace, baseline
        self.targets = {name: parse_target(trace, name) for name in targets}
        path = make_path(model, trace, tuple(self.targets.values()), baseline, baseline_texts)
        values, self.columns = list(path.values), {}  # by target and scale, the target's own first
        for place, (name, target) in enumerate(self.targets.items()):
            self.columns[name] = {"probability" if target.is_gate else "value": place}
            probability = target_probability(trace, target, path.values[place])
            if not (target.is_gate or probability is None):
                self.columns[name]["probability"] = len(values)
                values.append(probability)
        self.path: Path = replace(path, values=tuple(values))

    def ask(self, presences: np.ndarray) -> np.ndarray:
        """(B,K) all targets where the tokens are present by (B,N): x, then h. Nothing is asked twice."""
        parts = torch.from_numpy(presences.astype(np.float32)).split(self.path.widths, dim=1)
        return self.path.evaluate(*parts).double().numpy()

    def own(self, target: Target) -> int:
        """The column of the target itself."""
        return next(iter(self.columns[target.name].values()))


ORDERS, SAMPLES = 10, 32  # with the curves 318 rows, on news some 240 passes; random orders are most of them
MOST_ORDERS, MOST_SAMPLES = 100, 1000


@dataclass(frozen=True)
class Progress:
    """`done` of `total` rows asked of the model."""

    done: int
    total: int


def measure(
    model: DualRouteModel,
    trace: Trace,
    attribution: Attribution,
    orders: int = ORDERS,
    seed: int = 0,
    samples: int = SAMPLES,
    sensitivity: float = float("nan"),
    probe: Probe | None = None,
) -> Iterator[Progress | Faithfulness]:
    """Yields `Progress` as rows are asked, and at last the record; closing it in between ends the work.

    orders, samples  random orders to compare with, and random erasures for the infidelity
    sensitivity      of the attribution, where `sensitivity.py` measured it
    probe            of the same trace, with the attribution's target; a new one with its baseline if not given
    Raises ValueError for numbers outside the limits, or for an attribution of another input.
    """
    _check(orders, samples)
    began = time.perf_counter()
    probe = probe or Probe(model, trace, (attribution.target,), attribution.baseline)
    before, target = probe.path.counts.forward, probe.targets[attribution.target]
    units = units_of(attribution, probe.path.widths)
    direction = _direction(probe, target, units)
    shuffled = random_orders(len(units), orders, seed)
    rows = [np.concatenate(erased(order)) for order in (units.order(direction), *shuffled)]
    gone = random_presences(len(units), samples, seed)
    asked = units.of_tokens(np.concatenate([*rows, gone]))
    yield from _asked(probe, asked)
    curves = probe.ask(asked[:-samples]).reshape(1 + orders, 2, len(GRID), -1)
    yield Faithfulness(
        target=target.name,
        label=target.label,
        method=attribution.method,
        baseline=probe.baseline,
        direction=direction,
        **_erasures(probe, target, curves, direction, len(units)),
        **_infidelity(probe, target, units, units.of_tokens(gone)),
        sensitivity=sensitivity,
        flips=flips(trace, units.of_tokens(units.scores)[: len(trace.tokens)], orders, seed),
        units=len(units),
        orders=orders,
        samples=samples,
        seed=seed,
        passes=probe.path.counts.forward - before,
        seconds=time.perf_counter() - began,
        spec=trace.spec,
    )


def measured(*given, **options) -> Faithfulness:
    """The record that `measure` ends with."""
    *_, record = measure(*given, **options)
    return record


def _check(orders: int, samples: int) -> None:
    for name, given, most in (("orders", orders, MOST_ORDERS), ("samples", samples, MOST_SAMPLES)):
        if not 1 <= given <= most:
            raise ValueError(f"{name} must be from 1 to {most}, not {given}")


def _direction(probe: Probe, target: Target, units: Units) -> int:
    if not (target.is_gate or target.effect):
        return 1
    empty, full = probe.ask(np.array([np.zeros(units.width), np.ones(units.width)]))[:, probe.own(target)]
    return 1 if full >= empty else -1


def _asked(probe: Probe, presences: np.ndarray) -> Iterator[Progress]:
    """Ask batch by batch, so that there is somewhere to stop."""
    for start in range(0, len(presences), probe.path.rows):
        yield Progress(start, len(presences))
        probe.ask(presences[start : start + probe.path.rows])
    yield Progress(len(presences), len(presences))


def _erasures(probe: Probe, target: Target, curves: np.ndarray, direction: int, units: int) -> dict:
    """Both scales of curves (1+O,2,P,K): the attribution's order first; without the first units, and with them."""
    found = {"probability": None, "value": None}
    shares = counts_at(GRID, units) / units
    for name, place in probe.columns[target.name].items():
        turned = 1 - curves[..., place] if direction < 0 and name == "probability" else direction * curves[..., place]
        (deletion, insertion), drawn = turned[0], turned[1:]
        ends = float(deletion[0]), float(insertion[0])
        found[name] = Erasure(*ends, shares, deletion, insertion, drawn[:, 0], drawn[:, 1])
    return found


def _infidelity(probe: Probe, target: Target, units: Units, gone: np.ndarray) -> dict:
    """Captum's infidelity of the target itself, for erasures that leave `gone` (B,N) present; see `Faithfulness`."""
    widths, place = probe.path.widths, probe.own(target)
    left = torch.from_numpy(gone).split(widths, dim=1)

    def function(*presence):
        return probe.path.evaluate(*presence)[:, place]

    def erasing(*_):
        return tuple(1 - part for part in left), left

    measure_of = partial(infidelity, function, erasing, probe.path.at(torch.ones(1)), n_perturb_samples=len(gone))
    scores = torch.from_numpy(_score_shares(units)).split(widths, dim=1)
    raw, scaled = (float(measure_of(scores, normalize=normalize)) for normalize in (False, True))
    changes = float(measure_of(tuple(0 * part for part in scores)))
    return {"infidelity": raw, "unexplained": scaled / changes if changes > 0 else float("nan")}


def _score_shares(units: Units) -> np.ndarray:
    """(1,N) scores of tokens: what a unit has is shared out evenly among its tokens, which are erased together."""
    lengths = np.array([end - start for start, end in units.ranges])
    return units.of_tokens(units.scores / lengths)[None].astype(np.float32)
