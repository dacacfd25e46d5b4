"""The record of one forward pass over the inputs of one model. Plain numpy; no torch, no model."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from dualroute.trace.answers import Answer, NextTokens, Segment, Span, Written, read_answer, write_kind
from dualroute.trace.context import Context, ImageContext, read_context
from dualroute.trace.decision import Decision, route_indices
from dualroute.trace.json_record import HtmlRecord, Record
from dualroute.trace.ledger import Ledger, SumOfLogits, read_ledger
from dualroute.trace.policies import FLOWS, reading_gate
from dualroute.trace.version04 import upgrade_spec, upgrade_trace


@dataclass(frozen=True, eq=False)
class Routing:
    """Which routes the tokens of one input took. L layers, T tokens, R routes, K of them used for each token.

    segment    index of the routed input
    layers     L names
    routes     names of the R routes: flows or experts
    weights    (L,T,R) weight of each route as it was used; with `indices` (L,T,K), the weights of those K routes
    scores     (L,T,R) the router's probability of each route, before policy and overrides; None where not kept
    indices    (L,T,K) int16, the K routes used; None where `weights` has all of them
    runner_up  (L,T) int16, the best route that was not used; gap (L,T): by how much the last one used is ahead of it
    chosen_by  what chose: `policy`, `top-k`, or a family's own word
    """

    segment: int
    layers: tuple[str, ...]
    routes: tuple[str, ...]
    weights: np.ndarray
    scores: np.ndarray | None = None
    indices: np.ndarray | None = None
    runner_up: np.ndarray | None = None
    gap: np.ndarray | None = None
    chosen_by: str = "policy"

    @property
    def dense_weights(self) -> np.ndarray:
        """(L,T,R) float32 weight of every route, 0 for those not used."""
        if self.indices is None:
            return self.weights
        dense = np.zeros((*self.weights.shape[:2], len(self.routes)), np.float32)
        np.put_along_axis(dense, self.indices.astype(np.int64), self.weights, axis=-1)
        return dense

    def check(self, tokens: int) -> None:
        """Raise ValueError where a shape does not fit the layers, routes and `tokens` routed tokens."""
        layers, every = len(self.layers), (len(self.layers), tokens, len(self.routes))
        used = every if self.indices is None else (layers, tokens, self.indices.shape[-1])
        expected = {"weights": used, "scores": every, "indices": used, "runner_up": every[:2], "gap": every[:2]}
        for name, shape in expected.items():
            array = getattr(self, name)
            if array is not None and array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, expected {shape}")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Routing":
        """The routing of a parsed JSON object."""
        kinds = {"weights": np.float32, "scores": np.float32, "gap": np.float32}
        kinds |= {"indices": np.int16, "runner_up": np.int16}
        arrays = {name: np.asarray(data[name], kind) for name, kind in kinds.items() if data.get(name) is not None}
        names = {name: tuple(data[name]) for name in ("layers", "routes")}
        return cls(**{"segment": data["segment"], "chosen_by": data["chosen_by"]} | names | arrays)


@dataclass(frozen=True)
class TraceSpec:
    """What produced a trace.

    checkpoint, revision  its name and the first digits of its weights' sha256
    task, backbone        what it was trained for, and the encoder or language model below it
    router, granularity   the decision layer, and whether it decides per `token` or per `sequence`
    decision              the decision that was asked for
    family                the family of models, see `dualroute.families`
    context               what h is in this model: `text`, `items`, `image` or `backward`
    h_name                what people call h, also where an input has none
    """

    checkpoint: str
    revision: str
    task: str
    backbone: str
    router: str
    granularity: str
    decision: Decision
    family: str = "dual_route"
    context: str = "text"
    h_name: str = "context"

    @property
    def policy(self) -> str:
        """The policy of the decision."""
        return self.decision.policy

    @property
    def threshold(self) -> float:
        """θ of the decision."""
        return self.decision.threshold

    @property
    def overrides(self) -> dict[int, str]:
        """{token: route} of the decision, in the first layer."""
        return self.decision.flips

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {item.name: getattr(self, item.name) for item in fields(self)} | {"decision": self.decision.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "TraceSpec":
        """The spec of a parsed JSON object, also of one that version 0.4 wrote."""
        if "decision" not in data:
            data = upgrade_spec(data)
        return cls(**{**data, "decision": Decision.from_dict(data["decision"])})


@dataclass(frozen=True, eq=False)
class Trace(Record, HtmlRecord):
    """Everything that one forward pass over one model's inputs says. T routed tokens, S context tokens, C outputs.

    inputs   the texts that went in, one or more: a title and its description; a prompt, a passage and an answer
    routing  which routes the tokens of one of them took
    answer   what the model answers
    spec     what produced the trace
    context  what tokens may read; None where there is nothing
    ledger   stored numbers that replay any decision exactly; None where another decision is a rerun of the model
    notes    sentences about what was truncated or left out of the inputs
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

    def __post_init__(self):
        self.routing.check(len(self.tokens))
        tokens, outputs = len(self.tokens), len(self.answer.labels)
        expected: dict[str, tuple[Any, tuple[int, ...]]] = {}
        if isinstance(self.ledger, SumOfLogits):
            parts = {"direct": (tokens, outputs), "bias": (outputs,), "pooling": (tokens,)}
            parts["context"] = (tokens, len(self.context_tokens), outputs)
            expected = {name: (getattr(self.ledger, name), shape) for name, shape in parts.items()}
        if not isinstance(self.answer, Written | NextTokens):
            shape = (tokens, outputs) if isinstance(self.answer, Span) else (outputs,)
            expected |= {name: (getattr(self.answer, name), shape) for name in ("logits", "probs")}
        if self.context is not None:
            expected["attention"] = (self.context.attention, (tokens, len(self.context_tokens)))
        for name, (array, shape) in expected.items():
            if array is not None and array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, expected {shape}")

    # What is routed, and what may be read

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
        """The second input, the text that may be read; empty where there is none."""
        return self.inputs[1].text if len(self.inputs) > 1 else ""

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
        """(T,S) where each routed token looks, mean over heads; None without a context."""
        return None if self.context is None else self.context.attention

    @property
    def image(self) -> str:
        """The picture that may be read, as a `data:` URL of a PNG file; empty where the context is none."""
        return self.context.image if isinstance(self.context, ImageContext) else ""

    # The routing

    @property
    def flows(self) -> tuple[str, ...]:
        """The R routes that a router chooses among."""
        return self.routing.routes

    @property
    def flow_gates(self) -> np.ndarray:
        """(L,T,R) the router's probabilities. Raises ValueError where they were not kept."""
        if self.routing.scores is None:
            raise ValueError("this trace does not hold the router's probabilities")
        return self.routing.scores

    @property
    def gates(self) -> np.ndarray:
        """(T,) probability that a token reads the context, in the last layer. Raises ValueError where routes are no
        flows."""
        if not set(self.flows) <= set(FLOWS):
            raise ValueError(f"this model has no gates: its routes are {', '.join(self.flows[:4])}, …")
        return reading_gate(self.flow_gates[-1])

    @property
    def n_layers(self) -> int:
        """L, how many layers route."""
        return len(self.routing.layers)

    # The answer and its parts

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
        """The model's own logits: (C,), or (T,2) for a span."""
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

    # Decisions

    def decided(self, decision: Decision | None = None) -> Decision:
        """`decision`, completed by the trace's own; raise ValueError for an override that does not fit."""
        complete = (decision or Decision()).over(self.spec.decision)
        route_indices(complete.overrides, self.n_layers, len(self.tokens), self.flows)
        return complete

    def replay(self, policy=None, threshold=None, overrides=None, ignored=(), decision: Decision | None = None):
        """The exact outcome of another decision, without a model: see `dualroute.trace.replay.replay`."""
        from dualroute.trace.replay import replay

        return replay(self, decision or Decision(policy, threshold, overrides, ignored))

    # Tables, JSON

    def to_frame(self):
        """One row per token: token, gate, flow, pooling, and both contributions to the predicted class.

        For a span the contributions to its start and to its end, and whether the token belongs to the answer; for a
        written text, which is no sum, how much all steps together looked at the token; for a given text, each token's
        probability on every route.
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
        missing = [name for name in ("inputs", "routing", "answer", "spec") if name not in data]
        if missing:
            raise ValueError(f"not {cls.called}: {', '.join(missing)} missing")
        return cls(
            inputs=tuple(_segment(part) for part in data["inputs"]),
            routing=Routing.from_dict(data["routing"]),
            answer=read_answer(data["answer"]),
            spec=TraceSpec.from_dict(data["spec"]),
            context=read_context(data.get("context")),
            ledger=read_ledger(data.get("ledger")),
            notes=tuple(data.get("notes", ())),
        )


def _segment(data: Mapping[str, Any]) -> Segment:
    return Segment(data["name"], data["text"], tuple(data["tokens"]), tuple(map(tuple, data["offsets"])))
