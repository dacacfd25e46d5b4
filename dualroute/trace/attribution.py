"""The record of one attribution, which `dualroute.attribute` computes, and examples stored with their attributions."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dualroute.trace.answers import Written
from dualroute.trace.granularity import GRANULARITIES
from dualroute.trace.json_record import Record
from dualroute.trace.reading import (
    check_finite,
    check_names,
    read_array,
    read_json,
    read_list,
    read_object,
    read_ranges,
)
from dualroute.trace.record import Trace
from dualroute.trace.routing import TraceSpec
from dualroute.values import items, known, one_line, real_number, shown, text, whole_number


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
                       (delta is their sum); for a fit whether its samples determine it and its solver ended; True for
                       other methods
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
        return _READERS.get(name, text)(value, name)

    def __repr__(self) -> str:
        counts = f"{len(self.scores)} + {len(self.context_scores)} scores by {self.granularity}"
        of = f"{self.target} ({self.label})" if self.label and ":" not in self.target else self.target
        spec = "" if self.spec is None else f", checkpoint {self.spec.checkpoint} ({self.spec.revision})"
        return f"<Attribution of {one_line(of)} by {self.method}: {counts}{spec}>"


def _scores(value: Any, name: str) -> np.ndarray:
    scores = read_array(value, name)
    if scores.ndim != 1:
        raise ValueError(f"{name} must be one list of numbers, not an array of shape {scores.shape}")
    check_finite(scores, name)
    return scores


def _number(value: Any, name: str) -> float:
    """A number; JSON has null for NaN, and for the logarithm of 0."""
    return math.nan if value is None else real_number(value, name)


def _truth(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false, not {shown(value)}")
    return value


_READERS: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("scores", "context_scores"), _scores),
    **dict.fromkeys(("convergence_delta", "seconds", "value", "baseline_value"), _number),
    **dict.fromkeys(("steps", "seed"), whole_number),
    **dict.fromkeys(("groups", "context_groups"), read_ranges),
    "converged": _truth,
    "granularity": lambda value, name: known(value, GRANULARITIES, name),
    "parameters": read_object,
    "passes": lambda value, name: tuple(whole_number(one, f"each of {name}") for one in read_list(value, name)),
    "spec": lambda value, name: None if value is None else TraceSpec.from_dict(value),
}


@dataclass(frozen=True, eq=False)
class StoredExample:
    """A trace with its attributions to the prediction (of class `label`) and to the gates.

    A page shows it before any model is loaded.

    right  the answers that are right, the best one first; empty where nobody said
    """

    trace: Trace
    label: str
    prediction: Attribution
    gate: Attribution
    right: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[str, str]:
        """The model's answer in words, and the one of the direct flow alone."""
        answer = self.trace.answer
        if isinstance(answer, Written):
            return answer.text, answer.alternatives.get("direct", answer.text)
        return self.trace.replay().label, self.trace.replay(policy="direct").label

    @property
    def is_right(self) -> bool | None:
        """Whether the model's answer is right; None where nobody said what is."""
        return self.answers[0].casefold() in map(str.casefold, self.right) if self.right else None


def write_examples(path: Path, examples: list[StoredExample]) -> None:
    """Write one JSON object per line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(_to_line(example) + "\n" for example in examples), encoding="utf-8")


def read_examples(path: Path) -> list[StoredExample]:
    """The examples that `write_examples` wrote; [] without a file. Raises ValueError that names a damaged line."""
    if not path.is_file():
        return []
    lines = path.read_bytes().split(b"\n")
    return [_from_line(line, f"line {n} of {path.name}") for n, line in enumerate(lines, 1) if line.strip()]


def _to_line(example: StoredExample) -> str:
    parts = {"trace": example.trace, "prediction": example.prediction, "gate": example.gate}
    parsed = {name: json.loads(part.to_json()) for name, part in parts.items()}
    return json.dumps(parsed | {"label": example.label, "right": example.right}, ensure_ascii=False)


def _from_line(line: bytes, place: str) -> StoredExample:
    try:
        data = read_object(read_json(line), "an example")
        check_names(data, ("trace", "label", "prediction", "gate"))
        return StoredExample(
            trace=Trace.from_dict(data["trace"]),
            label=text(data["label"], "label"),
            prediction=Attribution.from_dict(data["prediction"]),
            gate=Attribution.from_dict(data["gate"]),
            right=tuple(text(one, "right") for one in items(data.get("right", ()), "right", "texts")),
        )
    except ValueError as error:
        raise ValueError(f"{place} is no stored example: {error}") from error
