"""Two views, A and B, side by side: what differs, which tokens change their route, and how the answer changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dualroute.compare.alignment import Column, align
from dualroute.trace.answers import Classes, Span, Written
from dualroute.trace.decision import Decision
from dualroute.trace.json_record import HtmlRecord
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.outcome import Outcome, RoutesTaken
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay, routes_taken


class View:
    """A trace under a decision; what the decision leaves open is as the trace was made.

    policy, threshold, overrides, ignored  the decision, or its parts: see `Decision`
    A written text belongs to its route: the view of another route holds a text only where the trace has it, for the
    direct and the merged flow alone. Raises ValueError as `replay` does, and for a route without a text.
    """

    def __init__(
        self,
        trace: Trace,
        policy: str | None = None,
        threshold: float | None = None,
        overrides: Mapping[Any, Any] | None = None,
        ignored: Iterable[int] = (),
        decision: Decision | None = None,
    ):
        self.trace = trace
        self.decision = decision or Decision(policy, threshold, overrides, tuple(ignored))
        if self.outcome and self.answer is None:
            raise ValueError("no text was written for this route: trace the input again with this decision")

    @cached_property
    def outcome(self) -> Outcome | RoutesTaken:
        """The exact outcome; for a written text the routes alone."""
        return (replay if self.trace.replayable else routes_taken)(self.trace, self.decision)

    @property
    def ignored(self) -> tuple[int, ...]:
        """The context tokens that are not read."""
        return self.outcome.ignored

    @property
    def answer(self) -> str | None:
        """The predicted label, the answer's words, or the written text; None for a route without a text."""
        if isinstance(self.outcome, Outcome):
            return self.outcome.label
        return _text_of(self.trace, self.outcome)

    @property
    def probability(self) -> float:
        """The probability of the answer; nan for a written text."""
        return self.outcome.probability if isinstance(self.outcome, Outcome) else float("nan")

    def contributions(self, answer: int | None = None) -> dict[str, np.ndarray]:
        """{name: (T,)}, the exact contribution of each token to class `answer`, by default the predicted one.

        For a span, to a start and to an end at that token; {} where the answer is no sum of logits.
        """
        if not isinstance(self.trace.ledger, SumOfLogits):
            return {}
        parts = self.trace.ledger.contributions(self.outcome)
        if isinstance(self.trace.answer, Span):
            return {"start_contribution": parts[:, 0], "end_contribution": parts[:, 1]}
        return {"contribution": parts[:, self.outcome.label_index if answer is None else answer]}


@dataclass(frozen=True, eq=False)
class Comparison(HtmlRecord):
    """A and B. Their tokens are aligned: one by one where they are the same, else as `align` finds it."""

    a: View
    b: View

    @cached_property
    def columns(self) -> list[Column]:
        """The tokens of x of both, side by side."""
        return align(self.a.trace.tokens, self.b.trace.tokens)

    @property
    def rerouted(self) -> list[Column]:
        """The columns of tokens in both whose flow, or how much of what they read is used, differs."""
        a, b = self.a.outcome, self.b.outcome
        both = [c for c in self.columns if c.a is not None and c.b is not None]
        return [c for c in both if (a.kappa[c.a], a.rho[c.a]) != (b.kappa[c.b], b.rho[c.b])]

    @property
    def answers(self) -> dict[str, tuple[float, float]]:
        """The probability of each answer in A and in B: of all classes of either, or of both spans; else nothing.

        An answer that one of them cannot give is nan there.
        """
        names = dict.fromkeys((*_names(self.a), *_names(self.b)))
        if any(isinstance(view.trace.answer, Span) for view in (self.a, self.b)):
            names = dict.fromkeys((self.a.answer, self.b.answer))
        return {name: (_probability(self.a, name), _probability(self.b, name)) for name in names}

    @property
    def sentence(self) -> str:
        """What differs, which tokens changed route, and what that does to the answer, in words."""
        from dualroute.compare.sentences import sentence

        return sentence(self)

    def to_frame(self):
        """One row per column: both tokens, gates, flows and contributions, with B minus A.

        Contributions are to A's predicted class where B knows it as well, else to each one's own; of spans, to the
        token's own start and end.
        """
        import pandas as pd

        table = {"token_a": self._of(self.a.trace.tokens, "a"), "token_b": self._of(self.b.trace.tokens, "b")}
        table["change"] = [column.change for column in self.columns]
        table |= self._numbers("gate", self.a.trace.gates, self.b.trace.gates)
        table["flow_a"] = self._of(self.a.outcome.flows_taken, "a")
        table["flow_b"] = self._of(self.b.outcome.flows_taken, "b")
        table["rerouted"] = [column in self.rerouted for column in self.columns]
        own, other = self._contributions()
        for name in own:
            table |= self._numbers(name, own[name], other[name]) if name in other else {}
        return pd.DataFrame(table)

    def _contributions(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Of each, to the same answer where both know it."""
        labels, answer = self.b.trace.labels, self.a.answer
        shared = labels.index(answer) if isinstance(self.b.trace.answer, Classes) and answer in labels else None
        return self.a.contributions(), self.b.contributions(shared)

    def _numbers(self, name: str, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
        own = np.asarray(self._of(a, "a", np.nan), dtype=np.float64)
        other = np.asarray(self._of(b, "b", np.nan), dtype=np.float64)
        return {f"{name}_a": own, f"{name}_b": other, f"{name}_change": other - own}

    def _of(self, values, side: str, missing="") -> list:
        places = [getattr(column, side) for column in self.columns]
        return [missing if place is None else values[place] for place in places]


def _names(view: View) -> tuple[str, ...]:
    return view.trace.labels if isinstance(view.trace.answer, Classes) else ()


def _probability(view: View, name: str) -> float:
    if isinstance(view.trace.answer, Classes) and name in view.trace.labels:
        return float(view.outcome.probs[view.trace.labels.index(name)])
    return view.probability if name == view.answer else float("nan")


def _text_of(trace: Trace, taken: RoutesTaken) -> str | None:
    """The text that was written on these routes, as far as the trace has it."""
    if not isinstance(trace.answer, Written):
        return None
    if np.array_equal(taken.weights, routes_taken(trace).weights):
        return trace.answer.text
    alone = {"direct": taken.flow_weights[:, 0], "merged": taken.flow_weights[:, -1]}
    texts = trace.answer.alternatives
    return next((texts.get(flow) for flow, share in alone.items() if (share == 1).all()), None)
