"""The record of one attribution, which `dualroute.attribute` computes, and examples stored with their attributions."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from dualroute.trace.json_record import Record
from dualroute.trace.record import Trace
from dualroute.trace.routing import TraceSpec


@dataclass(frozen=True, eq=False)
class Attribution(Record):
    """How much each token of x and h moved a target away from its value on the baseline.

    scores             (T,) for the tokens of x, or one for each of `groups`, in units of the target
    context_scores     (S,) for the tokens of h, or one for each of `context_groups`
    target             a name that `targets.parse_target` takes
    method             the name of a registered method
    baseline           what replaces an absent word; special tokens stay as they are and have no score
    convergence_delta  Σ scores + Σ context_scores − (value − baseline_value); 0 when exact, nan for a method
                       that does not promise this sum
    seconds            wall time of the call; targets that were computed together share it
    value, baseline_value  the target on the input and on the baseline
    steps              gradients along the path, those of halved pieces included, or samples; 1 for a method without
                       steps
    converged          whether the error of every piece of the path fell below the tolerance before the limit of steps
                       (delta is their sum); for a fit whether it had more samples than units; True for other methods
    route              `held` where the route of a hard policy was fixed along the path, else `free`
    label              the class whose logit is attributed, or the text of the answer whose score is; empty for gates
    spec               what produced the trace that was attributed
    granularity        the unit of a score: `token`, `word` or `sentence`; every item and every patch is a unit
    groups, context_groups  [start, end) of each unit among the tokens; () where every token is one
    parameters         the method's own
    passes             rows through the model, forward and backward; shared between targets as `seconds` are
    seed               seed of the random numbers
    """

    called = "an attribution"

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
    granularity: str = "token"
    groups: tuple[tuple[int, int], ...] = ()
    context_groups: tuple[tuple[int, int], ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])
    passes: tuple[int, int] = (0, 0)
    seed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values and numpy arrays, by field name, with a schema number."""
        return super().to_dict() | {"spec": None if self.spec is None else self.spec.to_dict()}

    @classmethod
    def _restored(cls, name: str, value: Any) -> Any:
        if name.endswith("scores"):
            return np.asarray(value, dtype=np.float32)
        if name == "spec":
            return None if value is None else TraceSpec.from_dict(value)
        if name.endswith("groups"):
            return tuple((start, end) for start, end in value)
        if name == "passes":
            return tuple(value)
        return math.nan if name == "convergence_delta" and value is None else value


@dataclass(frozen=True, eq=False)
class StoredExample:
    """A trace with its attributions to the prediction (of class `label`) and to the gates.

    A page shows it before any model is loaded.
    """

    trace: Trace
    label: str
    prediction: Attribution
    gate: Attribution


class AttributedModel(Protocol):
    """The calls of `make_examples`, such as those of a `dualroute.api.DualRouter`."""

    def trace(self, x: str, h: str, /) -> Trace: ...

    def attribute_many(self, trace: Trace, targets: tuple[str, ...], /) -> Sequence[Attribution]: ...


def make_examples(router: AttributedModel, pairs: Iterable[tuple[str, str]]) -> list[StoredExample]:
    """Trace and attribute every (x, h) of `pairs`, under the router's default decision."""
    return [_make(router, x, h) for x, h in pairs]


def write_examples(path: Path, examples: list[StoredExample]) -> None:
    """Write one JSON object per line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(_to_line(example) + "\n" for example in examples), encoding="utf-8")


def read_examples(path: Path) -> list[StoredExample]:
    """The examples that `write_examples` wrote; [] without a file."""
    if not path.is_file():
        return []
    return [_from_line(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _make(router: AttributedModel, x: str, h: str) -> StoredExample:
    trace = router.trace(x, h)
    prediction, gate = router.attribute_many(trace, ("prediction", "gate"))
    return StoredExample(trace, prediction.label, prediction, gate)


def _to_line(example: StoredExample) -> str:
    parts = {"trace": example.trace, "prediction": example.prediction, "gate": example.gate}
    parsed = {name: json.loads(part.to_json()) for name, part in parts.items()}
    return json.dumps(parsed | {"label": example.label}, ensure_ascii=False)


def _from_line(line: str) -> StoredExample:
    data = json.loads(line)
    return StoredExample(
        trace=Trace.from_dict(data["trace"]),
        label=data["label"],
        prediction=Attribution.from_dict(data["prediction"]),
        gate=Attribution.from_dict(data["gate"]),
    )
