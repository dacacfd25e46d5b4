"""The record of one attribution, and what can be asked for. Plain numpy; `attributions.py` computes it."""

import json
import math
from dataclasses import asdict, dataclass, fields

import numpy as np
import orjson

from dualroute.interpret.replay import route
from dualroute.interpret.spans import span_text
from dualroute.interpret.trace import Trace, TraceSpec

SCHEMA = 1
EARLIER_FIELDS = {"label", "spec"}  # have defaults; a record without them is still whole


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each token of x and h moved a target away from its value on the baseline.

    scores             (T,) for the tokens of x, in units of the target
    context_scores     (S,) for the tokens of h
    target             `prediction`, `prediction:Sports`, `prediction:3-5` (an answer's first and last
                       token), `gate` (mean gate over the tokens) or `gate:3` (one token's)
    method             a name in `attributions.METHODS`
    baseline           what an absent word is replaced by; special tokens keep theirs and have no score
    convergence_delta  Σ scores + Σ context_scores − (value − baseline_value); 0 when exact, nan for a method
                       that does not promise this sum
    seconds            wall time of the call; targets that were computed together share it
    value, baseline_value  the target on the input and on the baseline
    steps              gradients taken along the path, those of pieces that were then halved included; 1 for a
                       method without any
    converged          whether the errors of all pieces of the path, of which delta is the sum, came below the
                       tolerance before the limit of steps; True where nothing converges
    route              `held` where a hard policy's route was kept fixed along the path, else `free`
    label              the class whose logit is attributed, or the text of the answer whose score is; empty for gates
    spec               what produced the trace that was attributed
    """

    scores: np.ndarray
    context_scores: np.ndarray
    target: str
    method: str
    baseline: str
    convergence_delta: float
    seconds: float
    value: float
    baseline_value: float
    steps: int
    converged: bool
    route: str
    label: str = ""
    spec: TraceSpec | None = None

    def to_dict(self) -> dict:
        """Plain values and numpy arrays, by field name, with a schema number."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {"schema": SCHEMA} | values | {"spec": self.spec and asdict(self.spec)}

    def to_json(self) -> str:
        """JSON text; `from_json` gives the same numbers back. A delta of nan is written as null."""
        return orjson.dumps(self.to_dict(), option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS).decode()

    @classmethod
    def from_json(cls, text: str) -> "Attribution":
        """The attribution that `to_json` wrote. Raises ValueError for anything else, naming what is wrong."""
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"not an attribution: {error}") from error
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: dict) -> "Attribution":
        """The attribution of a parsed JSON object. Raises ValueError when fields are missing."""
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise ValueError(f"not an attribution of schema {SCHEMA}")
        missing = [f.name for f in fields(cls) if f.name not in data and f.name not in EARLIER_FIELDS]
        if missing:
            raise ValueError(f"not an attribution: {', '.join(missing)} missing")
        return cls(**{f.name: _restore(f.name, data[f.name]) for f in fields(cls) if f.name in data})


@dataclass(frozen=True)
class Target:
    """A number the model gives for one input: the logit of class `label_index`, the score of `span`, the
    log-probability of the `steps` of a written text, or else a gate.

    token  whose gate; None for the mean over all tokens of x
    label  the class or the answer, as people read it
    """

    name: str
    label_index: int | None = None
    token: int | None = None
    span: tuple[int, int] | None = None
    label: str = ""
    steps: tuple[int, ...] = ()

    @property
    def is_gate(self) -> bool:
        return self.label_index is None and self.span is None and not self.steps


def parse_target(trace: Trace, name: str) -> Target:
    """What `name` asks of `trace`; bare `prediction` is the class or span predicted under the trace's own decision.

    Raises ValueError for a name that is none of the targets, a class or a token the trace does not have.
    """
    kind, colon, detail = name.partition(":") if isinstance(name, str) else ("", "", "")
    if kind == "prediction":
        return _class(trace, name, detail) if colon else _predicted(trace, name)
    if kind == "gate":
        return Target(name, token=_token(trace, detail) if colon else None)
    raise ValueError(f"unknown target {name!r}; there are prediction, prediction:<class>, gate and gate:<token index>")


def held_route(trace: Trace) -> tuple[np.ndarray, np.ndarray]:
    """The route along the path, `weights = held + free·gates`: held (T,R), free (T,1), float32.

    A step has no gradient that says anything, so what a hard policy decided in the trace is held. `soft`
    leaves the gates free; `weighted_threshold` holds which tokens are open and leaves the weight of those free
    (a closed token gives all weight to the direct flow); a flipped token is held.
    """
    outcome = route(trace)
    held = outcome.flow_weights.astype(np.float32)
    free = np.zeros((len(trace.tokens), 1), dtype=np.float32)
    if outcome.policy == "soft":
        free[:] = 1
    elif outcome.policy == "weighted_threshold":
        free[:, 0] = outcome.rho > 0
    free[list(outcome.overrides)] = 0
    return held * (1 - free), free


def _predicted(trace: Trace, name: str) -> Target:
    if trace.generation:
        return Target(name, label=trace.generation.text, steps=tuple(range(len(trace.generation.tokens))))
    outcome = trace.replay()
    return Target(name, label_index=outcome.label_index, span=outcome.span, label=outcome.label)


def _class(trace: Trace, name: str, label: str) -> Target:
    if trace.readout == "span":
        return _answer(trace, name, label)
    if trace.generation:
        return _step(trace, name, label)
    if trace.readout != "classification":
        raise ValueError(f"no class {label!r}: the answer is no class; the targets are prediction and gate")
    if label not in trace.labels:
        raise ValueError(f"no class {label!r}; there are {', '.join(trace.labels)}")
    return Target(name, label_index=trace.labels.index(label), label=label)


def _answer(trace: Trace, name: str, places: str) -> Target:
    """The answer from one token to another, `3-5`."""
    first, _, last = places.partition("-")
    span = (_token(trace, first), _token(trace, last))
    if not span[0] <= span[1] < span[0] + trace.spec.max_answer_length:
        raise ValueError(f"no answer {places!r}: it has from 1 to {trace.spec.max_answer_length} tokens")
    return Target(name, span=span, label=span_text(trace.x, trace.offsets, span))


def _step(trace: Trace, name: str, detail: str) -> Target:
    """One step of the text, `step:3`."""
    kind, _, step = detail.partition(":")
    tokens = trace.generation.tokens
    if kind != "step" or not (step.isascii() and step.isdigit()) or int(step) >= len(tokens):
        raise ValueError(f"no target {name!r}: there are prediction:step:0 to prediction:step:{len(tokens) - 1}")
    return Target(name, label=tokens[int(step)], steps=(int(step),))


def _token(trace: Trace, detail: str) -> int:
    if not (detail.isascii() and detail.isdigit()) or int(detail) >= len(trace.tokens):
        raise ValueError(f"no token {detail!r}: the tokens are numbered 0 to {len(trace.tokens) - 1}")
    return int(detail)


def _restore(name: str, value):
    if name.endswith("scores"):
        return np.asarray(value, dtype=np.float32)
    if name == "spec" and value is not None:
        return TraceSpec(**value | {"overrides": {int(k): v for k, v in value.get("overrides", {}).items()}})
    return math.nan if name == "convergence_delta" and value is None else value
