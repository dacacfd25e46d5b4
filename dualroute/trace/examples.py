"""Examples stored with their traces and attributions, so that a page can show them before any model is loaded."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace


@dataclass(frozen=True, eq=False)
class StoredExample:
    """A trace with its attributions to the prediction (of class `label`) and to the gates."""

    trace: Trace
    label: str
    prediction: Attribution
    gate: Attribution


class Router(Protocol):
    """What `make_examples` needs of a model; a `dualroute.api.DualRouter` has it."""

    def trace(self, x: str, h: str) -> Trace: ...

    def attribute_many(self, trace: Trace, targets: tuple[str, ...]) -> Sequence[Attribution]: ...


def make_examples(router: Router, pairs: Iterable[tuple[str, str]]) -> list[StoredExample]:
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


def _make(router: Router, x: str, h: str) -> StoredExample:
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
