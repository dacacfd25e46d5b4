"""How faithful an attribution is: words are erased in its order, and the model is run without them.

Erasing a word sets its presence to 0 in the attribution's own function, x and h together, so that attribution and
measure explain the same: of a prediction the score given the route of the trace, of a gate the gate. As in ERASER
(DeYoung et al. 2020), signed scores decide what an order erases first: for a prediction the words that raise it. A gate
has no direction of its own; its direction is the one in which the input moved it away from the baseline. If words were
ordered by the size of their scores, those that raise and those that lower would cancel, and the exact attribution of a
linear gate would be no better than chance.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from captum.metrics import infidelity

from dualroute.attribute.method import parse_targets
from dualroute.families.attribution_function import AttributionFunction
from dualroute.families.base import RoutingModel
from dualroute.measures.faithfulness import (
    GRID,
    ORDERS,
    SAMPLES,
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
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.record import Trace
from dualroute.trace.targets import Target
from dualroute.values import seed_number, shown, whole_number


class Probe:
    """Targets of one trace while words are erased. Attributions that share a probe share the random orders' passes.

    targets   names or parsed targets, all evaluated together
    baseline  what an erased word is replaced by
    Raises ValueError as `parse_target` and the model's `attribution_function` do.
    """

    def __init__(
        self,
        model: RoutingModel,
        trace: Trace,
        targets: Sequence[str | Target],
        baseline: str = "pad",
        baseline_texts: tuple[str, str] | None = None,
    ):
        self.trace, self.baseline = trace, baseline
        self.targets = {target.name: target for target in parse_targets(trace, targets)}
        function = model.attribution_function(trace, tuple(self.targets.values()), baseline, baseline_texts)
        values, self.columns = list(function.values), {}  # by target and scale, the target's own first
        for place, (target, probability) in enumerate(zip(self.targets.values(), function.probabilities, strict=True)):
            self.columns[target.name] = {"probability" if target.is_gate else "value": place}
            if not (target.is_gate or probability is None):
                self.columns[target.name]["probability"] = len(values)
                values.append(probability)
        self.function: AttributionFunction = function.with_values(tuple(values))
        self._cache: dict[bytes, torch.Tensor] = {}  # (K,) by row

    def evaluate(self, presences: np.ndarray) -> np.ndarray:
        """(B,K) all targets and their probabilities where the tokens are present by (B,N), those of x first."""
        return self.targets_at(torch.from_numpy(presences.astype(np.float32))).double().numpy()

    def targets_at(self, presences: torch.Tensor) -> torch.Tensor:
        """The same as float32. A row that was evaluated before costs no pass."""
        keys = [row.numpy().tobytes() for row in presences]
        new = {key: row for row, key in enumerate(keys) if key not in self._cache}
        if new:
            parts = presences[list(new.values())].split(self.function.widths, dim=1)
            self._cache.update(zip(new, self.function.evaluate(*parts), strict=True))
        return torch.stack([self._cache[key] for key in keys])

    def column(self, target: Target) -> int:
        """The column of the target itself."""
        return next(iter(self.columns[target.name].values()))


MAX_ORDERS, MAX_SAMPLES = 100, 1000


@dataclass(frozen=True)
class Progress:
    """`done` of `total` rows were evaluated."""

    done: int
    total: int


def measure(
    model: RoutingModel,
    trace: Trace,
    attribution: Attribution,
    orders: int = ORDERS,
    seed: int = 0,
    samples: int = SAMPLES,
    sensitivity: float = float("nan"),
    probe: Probe | None = None,
) -> Iterator[Progress | Faithfulness]:
    """Yield `Progress` while rows are evaluated, and at last the record; closing the iterator ends the work.

    orders, samples  random orders to compare with, and random erasures for the infidelity
    sensitivity      of the attribution, where `sensitivity.py` measured it
    probe            of the same trace, with the attribution's target; None: a new one with its baseline
    Raises ValueError for numbers outside the limits, or for an attribution of a different input.
    """
    if not isinstance(attribution, Attribution):
        raise ValueError(f"an attribution is measured, not {shown(attribution)}")
    orders = whole_number(orders, "orders", 1, MAX_ORDERS)
    samples, seed = whole_number(samples, "samples", 1, MAX_SAMPLES), seed_number(seed)
    start = time.perf_counter()
    probe = probe or Probe(model, trace, (attribution.target,), attribution.baseline)
    before, target = probe.function.counts.forward, probe.targets[attribution.target]
    units = units_of(attribution, probe.function.widths)
    direction = _direction(probe, target, units)
    shuffled = random_orders(len(units), orders, seed)
    rows = [np.concatenate(erased(order)) for order in (units.order(direction), *shuffled)]
    remaining = random_presences(len(units), samples, seed)
    presences = units.of_tokens(np.concatenate([*rows, remaining]))
    yield from _evaluate_in_batches(probe, presences)
    curves = probe.evaluate(presences[:-samples]).reshape(1 + orders, 2, len(GRID), -1)
    has_sums = isinstance(trace.ledger, SumOfLogits)  # flips are replayed, and need contributions
    yield Faithfulness(
        target=target.name,
        label=target.label,
        method=attribution.method,
        baseline=probe.baseline,
        direction=direction,
        **_erasures(probe, target, curves, direction, len(units)),
        **_infidelity(probe, target, units, units.of_tokens(remaining)),
        sensitivity=sensitivity,
        flips=flips(trace, units.of_tokens(units.scores)[: len(trace.tokens)], orders, seed) if has_sums else None,
        units=len(units),
        orders=orders,
        samples=samples,
        seed=seed,
        passes=probe.function.counts.forward - before,
        seconds=time.perf_counter() - start,
        spec=trace.spec,
    )


def measured(*arguments: Any, **options: Any) -> Faithfulness:
    """Return the record that `measure` ends with."""
    *_, record = measure(*arguments, **options)
    assert isinstance(record, Faithfulness)
    return record


def _direction(probe: Probe, target: Target, units: Units) -> int:
    """1, or −1 for a gate or an effect that the input lowers."""
    if not (target.is_gate or target.effect):
        return 1
    empty, full = probe.evaluate(np.array([np.zeros(units.width), np.ones(units.width)]))[:, probe.column(target)]
    return 1 if full >= empty else -1


def _evaluate_in_batches(probe: Probe, presences: np.ndarray) -> Iterator[Progress]:
    """Evaluate (B,N) presences batch by batch, so that the work can be stopped between two; the probe caches them."""
    for start in range(0, len(presences), probe.function.rows):
        yield Progress(start, len(presences))
        probe.evaluate(presences[start : start + probe.function.rows])
    yield Progress(len(presences), len(presences))


def _erasures(probe: Probe, target: Target, curves: np.ndarray, direction: int, units: int) -> dict[str, Any]:
    """Both scales of curves (1+O,2,P,K): the attribution's order first; without the first units, and with them."""
    erasures: dict[str, Erasure | None] = {"probability": None, "value": None}
    shares = counts_at(GRID, units) / units
    for name, place in probe.columns[target.name].items():
        turned = 1 - curves[..., place] if direction < 0 and name == "probability" else direction * curves[..., place]
        (deletion, insertion), random = turned[0], turned[1:]
        ends = float(deletion[0]), float(insertion[0])
        erasures[name] = Erasure(*ends, shares, deletion, insertion, random[:, 0], random[:, 1])
    return erasures


def _infidelity(probe: Probe, target: Target, units: Units, remaining: np.ndarray) -> dict[str, Any]:
    """Captum's infidelity of the target itself, for erasures after which `remaining` (B,N) are present."""
    function, place = probe.function, probe.column(target)
    present = torch.from_numpy(remaining).split(function.widths, dim=1)

    def evaluate(*presence: torch.Tensor) -> torch.Tensor:
        return probe.targets_at(torch.cat(presence, dim=1))[:, place]

    def erase(*_):
        return tuple(1 - part for part in present), present

    ends = function.at(torch.ones(1))
    measure_of = partial(infidelity, evaluate, erase, ends, n_perturb_samples=len(remaining))
    scores = torch.from_numpy(_score_shares(units)).split(function.widths, dim=1)
    raw, scaled = (float(measure_of(scores, normalize=normalize)) for normalize in (False, True))
    changes = float(measure_of(tuple(0 * part for part in scores)))
    return {"infidelity": raw, "unexplained": scaled / changes if changes > 0 else float("nan")}


def _score_shares(units: Units) -> np.ndarray:
    """(1,N) scores of tokens: the score of a unit divided evenly among its tokens, which are erased together."""
    lengths = np.array([end - start for start, end in units.ranges])
    return units.of_tokens(units.scores / lengths)[None].astype(np.float32)
