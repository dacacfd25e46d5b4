"""The outcome of one trace as a function of θ, exact: it changes at the tokens' gates and nowhere else."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dualroute.trace.decision import Decision
from dualroute.trace.outcome import Outcome, RoutesTaken
from dualroute.trace.policies import WITH_THRESHOLD, reading_gate
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay, routes_taken


@dataclass(frozen=True, eq=False)
class Stretch:
    """θ from `low` up to but not including `high`; the last stretch includes 1. All θ in it decide alike.

    closed   tokens whose gate is `low`: they read just below it and no longer from it on, since reading needs g > θ
    outcome  of every θ in the stretch; only the route for a text that was written, of which another route is a rerun
    """

    low: float
    high: float
    closed: tuple[int, ...]
    outcome: Outcome | RoutesTaken

    @property
    def answer(self):
        """What is compared between stretches: a class's index, or the first and last token; None without an answer."""
        return self.outcome.answer if isinstance(self.outcome, Outcome) else None


@dataclass(frozen=True, eq=False)
class Breakpoints:
    """Every stretch of θ of one trace under one policy, in rising order, with the flips that were held.

    direct, merged  the answers of each flow alone, the same flips held; None for a text that was written
    """

    policy: str
    overrides: dict[int, str]
    stretches: tuple[Stretch, ...]
    direct: object
    merged: object

    @cached_property
    def lows(self) -> np.ndarray:
        """(B,) where each stretch begins: 0, then every distinct gate."""
        return np.array([stretch.low for stretch in self.stretches])

    def at(self, threshold: float) -> Stretch:
        """The stretch θ lies in. Raises ValueError for a θ outside [0, 1]."""
        if not 0 <= threshold <= 1:
            raise ValueError(f"threshold must lie in [0, 1], not {threshold}")
        return self.stretches[int(np.searchsorted(self.lows, threshold, "right")) - 1]

    @property
    def changes(self) -> list[Stretch]:
        """The stretches at whose beginning the answer changes."""
        pairs = zip(self.stretches, self.stretches[1:], strict=False)
        return [after for before, after in pairs if before.answer != after.answer]

    def smallest(self, answer) -> float | None:
        """The smallest θ with this answer; None where no θ gives it."""
        return next((s.low for s in self.stretches if s.answer == answer), None)

    def kept_below(self, answer) -> float | None:
        """Below this θ, from 0 on, the answer is always this one; 1 where it is so everywhere, None where not at 0."""
        if self.stretches[0].answer != answer:
            return None
        return next((s.low for s in self.stretches if s.answer != answer), 1.0)

    def kept_from(self, answer) -> float | None:
        """From this θ on, up to 1, the answer is always this one; None where it is not at 1."""
        kept = None
        for stretch in reversed(self.stretches):
            if stretch.answer != answer:
                break
            kept = stretch.low
        return kept


def breakpoints(trace: Trace, policy: str = "threshold", overrides=None) -> Breakpoints:
    """The exact outcome at every θ. `overrides` as for `replay`: those tokens keep their flow and break nothing.

    The gates that cut are those the policy compares with θ, in float64. A text that was written has shares and flips
    alone. Raises ValueError for a policy that does not look at θ, and as `route` does.
    """
    if policy not in WITH_THRESHOLD:
        raise ValueError(f"policy {policy!r} does not look at θ; those that do are {', '.join(WITH_THRESHOLD)}")
    held = routes_taken(trace, Decision(policy, 0.0, overrides)).overrides
    gates = reading_gate(trace.flow_gates[-1].astype(np.float64))
    free = np.array([token for token in range(len(gates)) if token not in held], dtype=int)
    cuts = [0.0, *np.unique(gates[free][gates[free] > 0]).tolist()]
    outcome_of = replay if trace.replayable else routes_taken
    stretches = [
        Stretch(
            low,
            high,
            tuple(free[gates[free] == low].tolist()) if low else (),
            outcome_of(trace, Decision(policy, low, held)),
        )
        for low, high in zip(cuts, [*cuts[1:], 1.0], strict=True)
    ]
    direct, merged = (_answer_of_flow(trace, flow, held) for flow in ("direct", "merged"))
    return Breakpoints(policy, held, tuple(stretches), direct, merged)


def _answer_of_flow(trace: Trace, flow: str, held: dict[int, str]):
    """The answer of one flow for all tokens that are not held."""
    return replay(trace, Decision(flow, overrides=held)).answer if trace.replayable else None
