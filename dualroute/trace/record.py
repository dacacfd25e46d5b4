"""The record of one forward pass over the inputs of one model. Plain numpy; no torch, no model."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dualroute.trace.answers import Answer, Classes, Segment, Span, Written, read_answer
from dualroute.trace.checks import check_own_answer, check_parts, check_stored
from dualroute.trace.context import Context, ImageContext, read_context
from dualroute.trace.decision import Decision, Overrides, as_decision, check_ignored, check_places
from dualroute.trace.json_record import HtmlRecord, Record, write_kind
from dualroute.trace.ledger import Ledger, SumOfLogits, read_ledger
from dualroute.trace.outcome import Outcome
from dualroute.trace.policies import is_flows, reading_gate
from dualroute.trace.reading import check_names, read_list, read_texts
from dualroute.trace.routing import Routing, TraceSpec
from dualroute.trace.upgrade04 import upgrade_trace
from dualroute.values import indices

if TYPE_CHECKING:
    import pandas as pd  # pyright: ignore[reportMissingTypeStubs]


@dataclass(frozen=True, eq=False)
class Trace(Record, HtmlRecord):
    """Everything that one forward pass over a model's inputs says. T routed tokens, S context tokens, C outputs.

    inputs   one or more texts: a title and its description; a prompt, a passage and an answer
    routing  which routes the tokens of one of them took
    answer   what the model answers
    spec     what produced the trace
    context  what tokens may read; None where there is nothing
    ledger   stored numbers that replay any decision exactly; None where another decision is a rerun of the model
    notes    sentences about what was truncated or left out of the inputs
    Raises ValueError where the parts do not fit each other.
    """

    called = "a trace"
    schema = 2

    inputs: tuple[Segment, ...]
    routing: Routing
    answer: Answer
    spec: TraceSpec
    context: Context | None = None
    ledger: Ledger | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_parts(self)

    @property
    def segment(self) -> Segment:
        """The routed input."""
        return self.inputs[self.routing.segment]

    @property
    def x(self) -> str:
        """The text that is routed."""
        return self.segment.text

    @property
    def h(self) -> str:
        """The text that may be read, or without a context the second input; empty where there is none but x."""
        place = 1 if self.context is None else self.context.segment
        return "" if place == self.routing.segment or place >= len(self.inputs) else self.inputs[place].text

    @property
    def tokens(self) -> tuple[str, ...]:
        """The T routed tokens."""
        return self.segment.tokens

    @property
    def offsets(self) -> tuple[tuple[int, int], ...]:
        """T pairs [start, end): each token's characters in x."""
        return self.segment.offsets

    @property
    def context_tokens(self) -> tuple[str, ...]:
        """The S tokens that may be read; () without a context."""
        return () if self.context is None else self.inputs[self.context.segment].tokens

    @property
    def attention(self) -> np.ndarray | None:
        """(T,S) where each routed token looks, mean over heads; None without a context, or where it was not stored."""
        return None if self.context is None else self.context.attention

    @property
    def image(self) -> str:
        """The picture that may be read, as a `data:` URL of a PNG file; empty for any other context."""
        return self.context.image if isinstance(self.context, ImageContext) else ""

    @property
    def flows(self) -> tuple[str, ...]:
        """The R routes that a router chooses among."""
        return self.routing.routes

    @property
    def flow_gates(self) -> np.ndarray:
        """(L,T,R) the router's probabilities. Raises ValueError where they were not stored."""
        if self.routing.scores is None:
            raise ValueError("this trace does not hold the router's probabilities")
        return self.routing.scores

    @property
    def gates(self) -> np.ndarray:
        """(T,) probability that a token reads the context, in the last layer. Raises ValueError for other routes."""
        if not is_flows(self.flows):
            raise ValueError(f"this model has no gates: its routes are {', '.join(self.flows[:4])}, …")
        return reading_gate(self.flow_gates[-1])

    @property
    def n_layers(self) -> int:
        """L, how many layers route."""
        return len(self.routing.layers)

    @property
    def replayable(self) -> bool:
        """Whether another decision can be replayed from stored numbers."""
        return self.ledger is not None

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the C outputs; () for texts."""
        return self.answer.labels

    @property
    def generation(self) -> Written | None:
        """The written text; None for other answers."""
        return self.answer if isinstance(self.answer, Written) else None

    @property
    def logits(self) -> np.ndarray:
        """The model's own logits: (C,), or (T,2) for a span. Raises ValueError for texts."""
        if not isinstance(self.answer, Classes | Span):
            raise ValueError("a text has no logits here, only a probability for each of its tokens")
        return self.answer.logits

    @property
    def probs(self) -> np.ndarray:
        """The model's own probabilities: (C,), (T,2) for a span, or one for each token of a text."""
        return self.answer.probs

    @property
    def sums(self) -> SumOfLogits:
        """The ledger of a model whose logits are a sum. Raises ValueError for other models."""
        if not isinstance(self.ledger, SumOfLogits):
            raise ValueError("this answer is no sum of contributions")
        return self.ledger

    @property
    def direct_contributions(self) -> np.ndarray:
        """(T,C) D."""
        return self.sums.direct

    @property
    def context_contributions(self) -> np.ndarray | None:
        """(T,S,C) K; None without a context."""
        return self.sums.context

    @property
    def read_contributions(self) -> np.ndarray:
        """(T,C) what each token would read: K summed over the context, 0 without one."""
        sums = self.sums
        return np.zeros_like(sums.direct) if sums.context is None else sums.context.sum(1)

    @property
    def pooling(self) -> np.ndarray:
        """(T,) weight of each token in the readout."""
        return self.sums.pooling

    @property
    def bias(self) -> np.ndarray:
        """(C,) b."""
        return self.sums.bias

    def decided(self, decision: Decision | None = None) -> Decision:
        """`decision`, with the trace's own where it is open. Raises ValueError for a token that does not exist."""
        complete = as_decision(decision).over(self.spec.decision)
        check_places(complete.overrides, self.n_layers, len(self.tokens))
        return replace(complete, ignored=check_ignored(complete.ignored, len(self.context_tokens)))

    def replay(
        self,
        policy: str | None = None,
        threshold: float | None = None,
        overrides: Overrides | None = None,
        ignored: Iterable[int] | None = None,
        decision: Decision | None = None,
    ) -> Outcome:
        """The exact outcome of another decision, by `replay.replay`; single fields replace those of `decision`."""
        from dualroute.trace.replay import replay

        unread = None if ignored is None else indices(ignored, "ignored")
        return replay(self, Decision(policy, threshold, overrides, unread).over(as_decision(decision)))

    def __repr__(self) -> str:
        from dualroute.trace.frames import trace_line

        return f"<Trace of {trace_line(self)}>"

    def to_frame(self) -> "pd.DataFrame":
        """One row per token: token, gate, flow, pooling, and both contributions to the predicted class.

        For a span: the contributions to its start and to its end, and whether the token belongs to the answer. For a
        written text, which is no sum: how much all steps together looked at the token. For a given text: each token's
        probability on every route. For experts: the routes of each layer.
        """
        from dualroute.trace.frames import trace_frame

        return trace_frame(self)

    def to_text(self) -> str:
        """A plain table for a terminal: one line per token, with its gate, flow and contributions."""
        from dualroute.trace.frames import trace_text

        return trace_text(self)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: plain values and numpy arrays, with a schema number."""
        return {
            "schema": self.schema,
            "inputs": [vars(segment) for segment in self.inputs],
            "routing": vars(self.routing),
            "answer": write_kind(self.answer),
            "context": write_kind(self.context),
            "ledger": write_kind(self.ledger),
            "spec": self.spec.to_dict(),
            "notes": self.notes,
        }

    @classmethod
    def _read(cls, data: dict[str, Any]) -> "Trace":
        if data["schema"] == 1:
            data = upgrade_trace(data)
        check_names(data, ("inputs", "routing", "answer", "spec"))
        trace = cls(
            inputs=tuple(map(Segment.from_dict, read_list(data["inputs"], "inputs"))),
            routing=Routing.from_dict(data["routing"]),
            answer=read_answer(data["answer"]),
            spec=TraceSpec.from_dict(data["spec"]),
            context=read_context(data.get("context")),
            ledger=read_ledger(data.get("ledger")),
            notes=read_texts(data.get("notes", ()), "notes"),
        )
        check_stored(trace)
        return trace

    def check_sums(self) -> None:
        check_own_answer(self)
