"""The outcome of one trace as a function of θ, exact: it changes at the tokens' gates and nowhere else."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dualroute.trace.decision import Decision, Overrides
from dualroute.trace.outcome import Outcome, RoutesTaken
from dualroute.trace.policies import check_looks_at_theta, reading_gate
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay, require_trace, routes_taken
from dualroute.values import threshold_number

ComparedAnswer = int | tuple[int, int] | str | None  # as `Outcome.answer`; None for a written text


@dataclass(frozen=True, eq=False)
class Stretch:
    """θ from `low` up to but not including `high`; the last stretch includes 1. All θ in it decide alike.

    closed   tokens whose gate is `low`: they read just below it and no longer from it on, since reading needs g > θ
    outcome  of every θ in the stretch; for a written text only the routes, since another text is a rerun
    """

    low: float
    high: float
    closed: tuple[int, ...]
    outcome: Outcome | RoutesTaken

    @property
    def answer(self) -> ComparedAnswer:
        """What is compared between stretches, as `Outcome.answer`; None for a written text."""
        return self.outcome.answer if isinstance(self.outcome, Outcome) else None


@dataclass(frozen=True, eq=False)
class Breakpoints:
    """Every stretch of θ of one trace under one policy, in rising order, with the flips that are fixed.

    direct, merged  the answers of each flow alone, with the same flips; None for a written text
    """

    policy: str
    overrides: dict[int, str]
    stretches: tuple[Stretch, ...]
    direct: ComparedAnswer
    merged: ComparedAnswer

    @cached_property
    def lows(self) -> np.ndarray:
        """(B,) where each stretch begins: 0, then every distinct gate."""
        return np.array([stretch.low for stretch in self.stretches])

    def at(self, threshold: float) -> Stretch:
        """The stretch θ lies in. Raises ValueError for a θ outside [0, 1]."""
        return self.stretches[int(np.searchsorted(self.lows, threshold_number(threshold), "right")) - 1]

    @property
    def changes(self) -> list[Stretch]:
        """The stretches at whose beginning the answer changes."""
        pairs = zip(self.stretches, self.stretches[1:], strict=False)
        return [after for before, after in pairs if before.answer != after.answer]

    def smallest(self, answer: ComparedAnswer) -> float | None:
        """The smallest θ with this answer; None where no θ gives it."""
        return next((stretch.low for stretch in self.stretches if stretch.answer == answer), None)

    def constant_below(self, answer: ComparedAnswer) -> float | None:
        """The end of the stretches from 0 on that all have this answer: 1 for all of them, None where 0 has another."""
        if self.stretches[0].answer != answer:
            return None
        return next((stretch.low for stretch in self.stretches if stretch.answer != answer), 1.0)

    def constant_from(self, answer: ComparedAnswer) -> float | None:
        """The smallest θ from which on, up to 1, all have this answer; None where 1 has another."""
        start = None
        for stretch in reversed(self.stretches):
            if stretch.answer != answer:
                break
            start = stretch.low
        return start


def breakpoints(trace: Trace, policy: str = "threshold", overrides: Overrides | None = None) -> Breakpoints:
    """The exact outcome at every θ. `overrides` as for `replay`: those tokens keep their flow at every θ.

    The stretches end at the gates that the policy compares with θ, in float64. For a written text they have shares and
    flips alone. Raises ValueError for a policy that does not look at θ, and as `routes_taken` does.
    """
    require_trace(trace)
    check_looks_at_theta(policy)
    lowest = routes_taken(trace, Decision(policy, 0.0, overrides))
    gates = reading_gate(trace.flow_gates[-1].astype(np.float64))
    free = np.array([token for token in range(len(gates)) if token not in lowest.overrides], dtype=int)
    starts = [0.0, *np.unique(gates[free][gates[free] > 0]).tolist()]
    outcome_of = replay if trace.replayable else routes_taken
    stretches = [
        Stretch(
            low,
            high,
            tuple(free[gates[free] == low].tolist()) if low else (),
            outcome_of(trace, replace(lowest.decision, threshold=low)),
        )
        for low, high in zip(starts, [*starts[1:], 1.0], strict=True)
    ]
    direct, merged = (_answer_of_flow(trace, flow, lowest.decision) for flow in ("direct", "merged"))
    return Breakpoints(policy, lowest.overrides, tuple(stretches), direct, merged)


def _answer_of_flow(trace: Trace, flow: str, decision: Decision) -> ComparedAnswer:
    """The answer where all tokens without an override take one flow."""
    return replay(trace, replace(decision, policy=flow)).answer if trace.replayable else None
