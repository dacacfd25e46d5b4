"""Two views, A and B, side by side: what differs, which tokens changed their route, and what became of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dualroute.compare.alignment import Column, align
from dualroute.trace.decision import check_ignored
from dualroute.trace.record import Trace
from dualroute.trace.replay import Outcome, Route, replay, route


@dataclass(frozen=True, eq=False)
class View:
    """A trace under a decision; what is not given is as the trace was made.

    policy, threshold, overrides, ignored  as for `replay`. A text that was written belongs to its route: the view of
    another route holds a text only where the trace has it, of the direct and of the merged flow alone
    Raises ValueError as `replay` does, and for a route of which no text was written.
    """

    trace: Trace
    policy: str | None = None
    threshold: float | None = None
    overrides: Mapping[int, str] | None = None
    ignored: tuple[int, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "ignored", check_ignored(self.ignored, len(self.trace.context_tokens)))
        if self.outcome and self.answer is None:
            raise ValueError("no text was written for this route: trace the input again with this decision")

    @cached_property
    def outcome(self) -> Outcome | Route:
        """The exact outcome; of a written text the route alone."""
        decision = (self.trace, self.policy, self.threshold, self.overrides)
        return route(*decision) if self.trace.generation else replay(*decision, self.ignored)

    @property
    def answer(self) -> str | None:
        """The predicted label, the answer's words, or the text that was written."""
        written = self.trace.generation
        return _text_of(self.trace, self.outcome) if written else self.outcome.label

    @property
    def probability(self) -> float:
        """Of the answer; nan for a written text."""
        return float("nan") if self.trace.generation else self.outcome.probability

    def contributions(self, answer: int | None = None) -> dict[str, np.ndarray]:
        """(T,) exact contribution of each token, by what it adds to: to class `answer`, or the predicted one; of a
        span to a start and to an end at that token; nothing for a written text."""
        if self.trace.generation:
            return {}
        outcome, unread = self.outcome, list(self.ignored)
        read = np.delete(self.trace.context_contributions.astype(np.float64), unread, axis=1).sum(1)
        parts = outcome.kappa[:, None] * self.trace.direct_contributions + outcome.rho[:, None] * read
        if self.trace.readout == "span":
            return {"start_contribution": parts[:, 0], "end_contribution": parts[:, 1]}
        return {"contribution": parts[:, outcome.label_index if answer is None else answer]}


@dataclass(frozen=True, eq=False)
class Comparison:
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
        if "span" in (self.a.trace.readout, self.b.trace.readout):
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

    def to_html(self, flow_picture: bool = True) -> str:
        """A page in one file, which works without a server; see `figures.standalone.standalone_html`."""
        from dualroute.export.saved_views import standalone_html

        return standalone_html([self.a, self.b], flow_picture)

    def _repr_html_(self) -> str:
        """How a notebook shows it: the page's comparison, alive, in a frame of its own."""
        from dualroute.export.saved_views import framed

        return framed(self.to_html(flow_picture=False))

    def _contributions(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Of each, to the same answer where both know it."""
        labels, answer = self.b.trace.labels, self.a.answer
        shared = labels.index(answer) if self.b.trace.readout == "classification" and answer in labels else None
        return self.a.contributions(), self.b.contributions(shared)

    def _numbers(self, name: str, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
        own = np.asarray(self._of(a, "a", np.nan), dtype=np.float64)
        other = np.asarray(self._of(b, "b", np.nan), dtype=np.float64)
        return {f"{name}_a": own, f"{name}_b": other, f"{name}_change": other - own}

    def _of(self, values, side: str, missing="") -> list:
        places = [getattr(column, side) for column in self.columns]
        return [missing if place is None else values[place] for place in places]


def _names(view: View) -> tuple[str, ...]:
    return view.trace.labels if view.trace.readout == "classification" else ()


def _probability(view: View, name: str) -> float:
    if view.trace.readout == "classification" and name in view.trace.labels:
        return float(view.outcome.probs[view.trace.labels.index(name)])
    return view.probability if name == view.answer else float("nan")


def _text_of(trace: Trace, taken: Route) -> str | None:
    if np.array_equal(taken.flow_weights, route(trace).flow_weights):
        return trace.generation.text
    alone = {"direct": taken.flow_weights[:, 0], "merged": taken.flow_weights[:, -1]}
    return next((trace.generation.alternatives.get(flow) for flow, share in alone.items() if (share == 1).all()), None)
