"""What produced a trace.

The record of a text that was written. Plain numpy.

The record of one forward pass over one input. Plain numpy; no torch, no model.
"""

from dataclasses import asdict, dataclass, field, fields

import numpy as np

from dualroute.trace.json_record import Record


@dataclass(frozen=True)
class TraceSpec:
    """What produced a trace.

    checkpoint, revision  its name and the first digits of its weights' sha256
    policy, threshold, overrides  the decision that was asked for; overrides map a token index to a flow
    max_answer_length     longest answer span, in tokens
    context               what h is: `text`, `items`, `image` or `backward`
    """

    checkpoint: str
    revision: str
    task: str
    backbone: str
    router: str
    granularity: str
    policy: str
    threshold: float
    x_name: str = "text"
    h_name: str = "context"
    overrides: dict[int, str] = field(default_factory=dict)
    max_answer_length: int = 30
    context: str = "text"

    @classmethod
    def from_dict(cls, data: dict) -> "TraceSpec":
        """Of a parsed JSON object, which has names where there were numbers of tokens."""
        flips = {int(token): flow for token, flow in data.get("overrides", {}).items()}
        return cls(**data | {"overrides": flips})


@dataclass(frozen=True, eq=False)
class Generation:
    """A text that was written token by token. N steps, T tokens of x.

    tokens     N pieces that were written; a piece that continues a word starts with ##
    text       the pieces put together
    attention  (N,T) where each step looked among the routed states
    copied     (N,) probability with which each step copied a token of x instead of writing a word of its own
    probs      (N,) probability of each piece given those before it
    alternatives  texts of the other flows by name: `direct`, `merged`
    """

    tokens: tuple[str, ...]
    text: str
    attention: np.ndarray
    copied: np.ndarray
    probs: np.ndarray
    alternatives: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: dict) -> "Generation":
        """Of a parsed JSON object."""
        arrays = {name: np.asarray(data[name], dtype=np.float32) for name in ("attention", "copied", "probs")}
        return cls(**data | arrays | {"tokens": tuple(data["tokens"])})


__all__ = ["Generation", "Trace", "TraceSpec"]


@dataclass(frozen=True, eq=False)
class Trace(Record):
    """Everything one forward pass said about one input. L router layers, T and S tokens, C classes, R flows.

    x, h                   the texts as the model saw them, after cleaning
    tokens                 T strings, words or pieces of them; a piece that continues a word starts with ##. Special
                           tokens such as [CLS] are encoded but neither routed nor read, and do not stand here
    context_tokens         S strings
    flows                  the R flows the router chooses among
    flow_gates             (L,T,R) the router's probabilities; L = 1 for the models trained here
    pooling                (T,) a_t, the weight of each token in the readout
    attention              (T,S) α, mean over heads
    direct_contributions   (T,C) D
    context_contributions  (T,S,C) K
    bias                   (C,) b
    labels                 names of the C classes
    logits, probs          (C,) as the model gave them for `spec`
    notes                  sentences about what was cut or left out of the input
    readout                what the contributions add up to: `classification`, or `span`: C = 2, a score of every token
                           to be the answer's first and its last; logits and probs are then (T,2), one softmax over the
                           tokens each. `generation`: nothing, C = 0; the answer is in `generation`
    offsets                T pairs [start, end): each token's characters in x
    image                  the context as the model saw it, where it is a picture: a `data:` URL of a PNG file
    generation             what was written, step by step, where the answer is a text

    `logits = bias + Σ_t κ_t D_t + Σ_t ρ_t Σ_s K_ts` holds to 1e-5 relative (float32).
    """

    called = "a trace"

    x: str
    h: str
    tokens: tuple[str, ...]
    context_tokens: tuple[str, ...]
    flows: tuple[str, ...]
    flow_gates: np.ndarray
    pooling: np.ndarray
    attention: np.ndarray
    direct_contributions: np.ndarray
    context_contributions: np.ndarray
    bias: np.ndarray
    labels: tuple[str, ...]
    logits: np.ndarray
    probs: np.ndarray
    spec: TraceSpec
    notes: tuple[str, ...] = ()
    readout: str = "classification"
    offsets: tuple[tuple[int, int], ...] = ()
    image: str = ""
    generation: Generation | None = None

    def __post_init__(self):
        length, context, classes = len(self.tokens), len(self.context_tokens), len(self.labels)
        answer = (length, classes) if self.readout == "span" else (classes,)
        expected = {
            "pooling": (length,),
            "attention": (length, context),
            "direct_contributions": (length, classes),
            "context_contributions": (length, context, classes),
            "bias": (classes,),
            "logits": answer,
            "probs": answer,
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected {shape}")
        if self.flow_gates.shape[1:] != (length, len(self.flows)):
            raise ValueError(f"flow_gates has shape {self.flow_gates.shape}, expected (L, {length}, {len(self.flows)})")

    @property
    def gates(self) -> np.ndarray:
        """(T,) probability that a token reads the context, by whichever flow, in the last router layer."""
        gates = self.flow_gates[-1]
        return gates[:, -1] if len(self.flows) == 2 else gates[:, 1:].sum(-1)

    @property
    def read_contributions(self) -> np.ndarray:
        """(T,C) what each token would read: K summed over the context."""
        return self.context_contributions.sum(1)

    def replay(self, policy=None, threshold=None, overrides=None, ignored=()):
        """The exact outcome of another decision, without a model: see `dualroute.trace.replay.replay`."""
        from dualroute.trace.replay import replay

        return replay(self, policy, threshold, overrides, ignored)

    def to_frame(self):
        """One row per token: token, gate, flow, pooling, and both contributions to the predicted class.

        For a span the contributions to its start and to its end, and whether the token belongs to the answer; for a
        written text, to which nothing adds up, how much all steps together looked at the token.
        """
        from dualroute.trace.frames import trace_frame

        return trace_frame(self)

    def to_html(self, attributions=(), flow_picture: bool = True) -> str:
        """A page in one file, which works without a server; see `figures.standalone.standalone_html`."""
        from dualroute.compare.views import View
        from dualroute.export.saved_views import standalone_html

        return standalone_html([View(self)], flow_picture, [attributions])

    def _repr_html_(self) -> str:
        """How a notebook shows it: the page's inspector, alive, in a frame of its own."""
        from dualroute.export.saved_views import framed

        return framed(self.to_html(flow_picture=False))

    def to_dict(self) -> dict:
        written = self.generation and vars(self.generation)
        return super().to_dict() | {"spec": asdict(self.spec), "generation": written}

    @classmethod
    def _restored(cls, name: str, value, data: dict):
        if name == "spec":
            return TraceSpec.from_dict(value)
        if name == "generation":
            return value and Generation.from_dict(value)
        if name in ARRAYS:
            return np.asarray(value, dtype=np.float32).reshape(_shape(name, value, data))
        if name == "offsets":
            return tuple(map(tuple, value))
        return tuple(value) if isinstance(value, list) else value


ARRAYS = [item.name for item in fields(Trace) if item.type is np.ndarray]


def _shape(name: str, value, data: dict) -> tuple[int, ...]:
    """Lists lose the axes behind an empty one: an empty context leaves (T,0,C) to be put back."""
    if name == "attention":
        return len(data["tokens"]), len(data["context_tokens"])
    if name == "context_contributions":
        return len(data["tokens"]), len(data["context_tokens"]), len(data["labels"])
    if name == "direct_contributions":
        return len(data["tokens"]), len(data["labels"])
    return np.shape(value)
