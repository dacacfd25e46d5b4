"""What the page can show without a model: the shipped tasks with their decision layers and stored examples."""

import json
from dataclasses import dataclass
from pathlib import Path

from dualroute.export.trace_payload import answer_name, attribution_payload, trace_payload
from dualroute.paths import assets_dir, shipped
from dualroute.report.reading import closed_gates_notice
from dualroute.report.results import load_results
from dualroute.tasks import TASKS, Task
from dualroute.trace.attribution import StoredExample, read_examples


@dataclass(frozen=True)
class DecisionLayer:
    """One checkpoint of a task: its name, and its decision layer in words."""

    checkpoint: str
    title: str


@dataclass(frozen=True, eq=False)
class TaskEntry:
    """A task, its checkpoints with the default one first, and its stored examples in the order of their buttons."""

    task: Task
    layers: tuple[DecisionLayer, ...]
    examples: tuple[StoredExample, ...]

    @property
    def checkpoint(self) -> str:
        """The default checkpoint, which made the stored examples."""
        return self.layers[0].checkpoint

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """x and h of every example; for a task without stored ones its demos, which a model has to route."""
        if self.examples:
            return [(example.trace.x, example.trace.h) for example in self.examples]
        return [demo[:2] for demo in self.task.demos]

    @property
    def captions(self) -> list[str]:
        """The text of each example's button: x, or h for spans, with its number among equal ones."""
        names = [h if self.task.has_spans else x for x, h in self.pairs]
        return [_numbered(names, index) for index in range(len(names))]

    @property
    def note(self) -> str:
        """What a reader has to know of the default checkpoint's gates; mostly empty."""
        path = assets_dir() / "results" / f"{self.checkpoint}.json"
        return closed_gates_notice(load_results(path), self.task.h_name) if path.is_file() else ""

    def texts(self, index: int) -> tuple[str, str]:
        """x and h of an example; empty where there is none."""
        return self.pairs[index] if self.pairs else ("", "")

    def picture(self, index: int) -> str:
        """The picture of an example as a `data:` URL; empty where there is none."""
        return self.examples[index].trace.image if self.examples else ""

    def payloads(self, index: int) -> tuple[dict, dict | None]:
        """Trace and attribution payload of a stored example; ({}, None) without one."""
        if not self.examples:
            return {}, None
        example = self.examples[index]
        attribution = attribution_payload(example.trace, answer_name(example.trace), example.prediction, example.gate)
        return trace_payload(example.trace, attributed=True), attribution


def _numbered(names: list[str], index: int) -> str:
    """The name of an example; where others share it, with its place among them."""
    name, before = names[index], names[:index]
    return name if names.count(name) == 1 else f"{name} ({before.count(name) + 1} of {names.count(name)})"


def load_catalogue() -> dict[str, TaskEntry]:
    """{task name: entry} of the tasks that have a checkpoint in `assets`, in the order of `TASKS`."""
    layers = _layers()
    return {name: _entry(task, layers[name]) for name, task in TASKS.items() if name in layers}


def entry_of(catalogue: dict[str, TaskEntry], checkpoint: str) -> TaskEntry | None:
    """The entry that has a checkpoint; None for an unknown one."""
    for entry in catalogue.values():
        if any(layer.checkpoint == checkpoint for layer in entry.layers):
            return entry
    return None


def _entry(task: Task, layers: list[DecisionLayer]) -> TaskEntry:
    examples = read_examples(assets_dir() / "examples" / f"{layers[0].checkpoint}.jsonl")
    return TaskEntry(task, tuple(layers), tuple(examples))


def _layers() -> dict[str, list[DecisionLayer]]:
    """The checkpoints of every task: `news` before `news__early`, for example."""
    layers: dict[str, list[DecisionLayer]] = {}
    for name in shipped():
        config = json.loads(Path(assets_dir() / "checkpoints" / name / "config.json").read_text(encoding="utf-8"))
        layers.setdefault(config.get("task", name), []).append(DecisionLayer(name, _title(name, config)))
    return layers


def _title(name: str, config: dict) -> str:
    """A decision layer in a few words, with the variant's name where its settings do not say it."""
    words = [f"{config.get('router', 'mlp')} router", f"per {config.get('granularity', 'token')}"]
    if config.get("early"):
        words.append("early: decides before h is read")
    if len(config.get("flows", ())) == 3:
        words.append("three flows")
    variant = name.partition("__")[2].replace("-", " ")
    return ", ".join(words) + (f" ({variant})" if variant and variant not in ("early", "three flows") else "")
