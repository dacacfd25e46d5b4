"""Two views, A and B: what differs, which tokens change their route, and how the answer changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from dualroute import require
from dualroute.compare.alignment import Column, align
from dualroute.numerals import percent
from dualroute.trace.answers import Classes, Span, Written
from dualroute.trace.decision import Decision, Overrides, as_decision
from dualroute.trace.frames import decision_words
from dualroute.trace.json_record import HtmlRecord
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.outcome import Outcome, RoutesTaken
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay, routes_taken
from dualroute.values import indices, one_line, shown, whole_number

if TYPE_CHECKING:
    import pandas as pd  # pyright: ignore[reportMissingTypeStubs]

Value = TypeVar("Value")


class View:
    """A trace under a decision; open fields of the decision are as the trace was made.

    policy, threshold, overrides, ignored  the decision, or its parts: see `Decision`
    A written text belongs to its route: for other routes there is a text only where the trace has one, those of the
    direct and of the merged flow alone. Raises ValueError as `replay` does, and for routes without a text.
    """

    def __init__(
        self,
        trace: Trace,
        policy: str | None = None,
        threshold: float | None = None,
        overrides: Overrides | None = None,
        ignored: Iterable[int] | None = None,
        decision: Decision | None = None,
    ):
        if not isinstance(trace, Trace):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"a view shows a trace, not {shown(trace)}")
        self.trace = trace
        unread = None if ignored is None else indices(ignored, "ignored")
        self.decision = Decision(policy, threshold, overrides, unread).over(as_decision(decision))
        self.answer = self._answer()

    def __repr__(self) -> str:
        probability = "" if isinstance(self.trace.answer, Written) else f" ({percent(self.probability)})"
        decision = decision_words(self.decision.over(self.trace.spec.decision))
        return f"<View of {self.trace.spec.task}: {one_line(self.answer)}{probability}, {decision}>"

    @cached_property
    def outcome(self) -> Outcome | RoutesTaken:
        """The exact outcome; for a written text the routes alone."""
        take = routes_taken if isinstance(self.trace.answer, Written) else replay
        return take(self.trace, self.decision)

    @property
    def ignored(self) -> tuple[int, ...]:
        """The context tokens that are not read."""
        return self.outcome.ignored

    @property
    def probability(self) -> float:
        """The probability of the answer; nan for a written text."""
        return self.outcome.probability if isinstance(self.outcome, Outcome) else float("nan")

    def _answer(self) -> str:
        """The predicted label, the answer's words, or the written text."""
        text = self.outcome.label if isinstance(self.outcome, Outcome) else _text_of(self.trace, self.outcome)
        if text is None:
            raise ValueError("no text was written for this route: trace the input again with this decision")
        return text

    def contributions(self, answer: int | None = None) -> dict[str, np.ndarray]:
        """{name: (T,)}, the exact contribution of each token to the class of index `answer`, by default the predicted.

        For a span, to a start and to an end at that token; {} where the answer is no sum of logits.
        """
        if not isinstance(self.trace.ledger, SumOfLogits) or not isinstance(self.outcome, Outcome):
            return {}
        parts = self.trace.ledger.contributions(self.outcome)
        if isinstance(self.trace.answer, Span):
            return {"start_contribution": parts[:, 0], "end_contribution": parts[:, 1]}
        index = self.outcome.class_index if answer is None else whole_number(answer, "answer", 0, parts.shape[1] - 1)
        return {"contribution": parts[:, index]}


@dataclass(frozen=True, eq=False)
class Comparison(HtmlRecord):
    """A and B, with their tokens side by side as `align` puts them."""

    a: View
    b: View

    def __post_init__(self) -> None:
        for name, view in (("a", self.a), ("b", self.b)):
            if not isinstance(view, View):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise ValueError(f"{name} must be a View, such as View(trace), not {shown(view)}")

    def __repr__(self) -> str:
        return f"<Comparison of {self.a} and {self.b}>"

    @cached_property
    def columns(self) -> list[Column]:
        """The tokens of x of both, side by side."""
        return align(self.a.trace.tokens, self.b.trace.tokens)

    @property
    def rerouted(self) -> list[Column]:
        """The columns with tokens of both whose κ or ρ differs."""
        a, b = (list(zip(o.kappa.tolist(), o.rho.tolist(), strict=True)) for o in (self.a.outcome, self.b.outcome))
        return [column for column in self.columns if (pair := column.pair) and a[pair[0]] != b[pair[1]]]

    @property
    def answers(self) -> dict[str, tuple[float, float]]:
        """{answer: its probability in A and in B} of all classes of either, or of both spans; {} for texts.

        The probability is nan where the model cannot give the answer.
        """
        names = (*_names(self.a), *_names(self.b))
        if any(isinstance(view.trace.answer, Span) for view in (self.a, self.b)):
            names = (self.a.answer, self.b.answer)
        return {name: (_probability(self.a, name), _probability(self.b, name)) for name in dict.fromkeys(names)}

    @property
    def sentence(self) -> str:
        """The differences, the tokens that changed route and the change of the answer as one sentence."""
        from dualroute.compare.sentences import sentence

        return sentence(self)

    def to_frame(self) -> "pd.DataFrame":
        """One row per column: both tokens, gates, flows and contributions, with B minus A.

        Contributions are to A's predicted class if B has it too, else to each view's own; for spans, to a start and to
        an end at the token.
        """
        require("pandas")
        import pandas as pd  # pyright: ignore[reportMissingTypeStubs]

        rerouted = self.rerouted
        table: dict[str, Sequence[Any] | np.ndarray] = {"token_a": self._in_a(self.a.trace.tokens, "")}
        table["token_b"] = self._in_b(self.b.trace.tokens, "")
        table["change"] = [column.change for column in self.columns]
        table |= self._numbers("gate", self.a.trace.gates, self.b.trace.gates)
        table["flow_a"] = self._in_a(self.a.outcome.flows_taken, "")
        table["flow_b"] = self._in_b(self.b.outcome.flows_taken, "")
        table["rerouted"] = [column in rerouted for column in self.columns]
        own, other = self._contributions()
        for name in own:
            table |= self._numbers(name, own[name], other[name]) if name in other else {}
        return pd.DataFrame(table)

    def _contributions(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """The contributions in A and in B, to the same answer where both have it."""
        labels, answer = self.b.trace.labels, self.a.answer
        shared = labels.index(answer) if isinstance(self.b.trace.answer, Classes) and answer in labels else None
        return self.a.contributions(), self.b.contributions(shared)

    def _numbers(self, name: str, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
        own = np.asarray(self._in_a(a.tolist(), np.nan), dtype=np.float64)
        other = np.asarray(self._in_b(b.tolist(), np.nan), dtype=np.float64)
        return {f"{name}_a": own, f"{name}_b": other, f"{name}_change": other - own}

    def _in_a(self, values: Sequence[Value], missing: Value) -> list[Value]:
        """The values of A's tokens, one for each column."""
        return [missing if column.a is None else values[column.a] for column in self.columns]

    def _in_b(self, values: Sequence[Value], missing: Value) -> list[Value]:
        """The values of B's tokens, one for each column."""
        return [missing if column.b is None else values[column.b] for column in self.columns]


def _names(view: View) -> tuple[str, ...]:
    return view.trace.labels if isinstance(view.trace.answer, Classes) else ()


def _probability(view: View, name: str) -> float:
    labels = _names(view)
    if isinstance(view.outcome, Outcome) and name in labels:
        return float(view.outcome.probs[labels.index(name)])
    return view.probability if name == view.answer else float("nan")


def _text_of(trace: Trace, routes: RoutesTaken) -> str | None:
    """The text that was written on these routes; None where the trace has none."""
    if not isinstance(trace.answer, Written):
        return None
    if np.array_equal(routes.weights, routes_taken(trace).weights):
        return trace.answer.text
    alone = {"direct": routes.flow_weights[:, 0], "merged": routes.flow_weights[:, -1]}
    texts = trace.answer.alternatives
    return next((texts.get(flow) for flow, share in alone.items() if (share == 1).all()), None)
