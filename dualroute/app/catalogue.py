"""What the page can show without a model: the shipped tasks with their decision layers and stored examples."""

import json
from dataclasses import dataclass
from pathlib import Path

from dualroute.export.trace_payload import answer_place, attribution_payload, trace_payload
from dualroute.paths import assets_dir, shipped
from dualroute.report.reading import closed_gates_notice
from dualroute.report.results import load_results
from dualroute.tasks import TASKS, Task
from dualroute.trace.examples import StoredExample, read_examples


@dataclass(frozen=True)
class Layer:
    """One checkpoint of a task: its name, and its decision layer in words."""

    checkpoint: str
    title: str


@dataclass(frozen=True, eq=False)
class Shelf:
    """A task, its checkpoints, the default one first, and its stored examples, in the order of their buttons."""

    task: Task
    layers: tuple[Layer, ...]
    examples: tuple[StoredExample, ...]

    @property
    def checkpoint(self) -> str:
        """The checkpoint that is asked if none is chosen; the stored examples are its."""
        return self.layers[0].checkpoint

    @property
    def context(self) -> str:
        """What h is: text, items, image or backward."""
        return self.task.config.get("context", "text")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """x and h of every example; of a task without stored ones those it was given, which a model has to route."""
        if self.examples:
            return [(example.trace.x, example.trace.h) for example in self.examples]
        return [demo[:2] for demo in self.task.demos]

    @property
    def captions(self) -> list[str]:
        """What stands on each example's button: x, with its number among those that share it; for spans h."""
        names = [h if self.task.config.get("readout") == "span" else x for x, h in self.pairs]
        return [_numbered(names, index) for index in range(len(names))]

    @property
    def note(self) -> str:
        """What has to be known of the usual checkpoint before its gates are looked at; mostly nothing."""
        path = assets_dir() / "results" / f"{self.checkpoint}.json"
        return closed_gates_notice(load_results(path), self.task.h_name) if path.is_file() else ""

    def texts(self, index: int) -> tuple[str, str]:
        """x and h of an example; empty where there is none."""
        return self.pairs[index] if self.pairs else ("", "")

    def picture(self, index: int) -> str:
        """The picture of an example as a `data:` URL; empty where there is none."""
        return self.examples[index].trace.image if self.examples else ""

    def payloads(self, index: int) -> tuple[dict, dict | None]:
        """Trace and attribution payload of a stored example; empty without one."""
        if not self.examples:
            return {}, None
        example = self.examples[index]
        attribution = attribution_payload(example.trace, _asked(example), example.prediction, example.gate)
        return trace_payload(example.trace, attributed=True), attribution


def _numbered(names: list[str], index: int) -> str:
    """The name of an example; where others have it too, with its place among them: their h is what differs."""
    name, before = names[index], names[:index]
    return name if names.count(name) == 1 else f"{name} ({before.count(name) + 1} of {names.count(name)})"


def load_shelves() -> dict[str, Shelf]:
    """By task name, the tasks that have a checkpoint in `assets`, in the order of `TASKS`."""
    layers = _layers()
    return {name: _shelf(task, layers[name]) for name, task in TASKS.items() if name in layers}


def shelf_of(shelves: dict[str, Shelf], checkpoint: str) -> Shelf | None:
    """The shelf that a checkpoint stands on."""
    found = (shelf for shelf in shelves.values() if any(layer.checkpoint == checkpoint for layer in shelf.layers))
    return next(found, None)


def _asked(example: StoredExample) -> str:
    """What is explained, as the page names it; see `handlers.attribute`."""
    if example.trace.generation:
        return ""
    return answer_place(example.trace.replay()) if example.trace.readout == "span" else example.label


def _shelf(task: Task, layers: list[Layer]) -> Shelf:
    examples = read_examples(assets_dir() / "examples" / f"{layers[0].checkpoint}.jsonl")
    return Shelf(task, tuple(layers), tuple(examples))


def _layers() -> dict[str, list[Layer]]:
    """The checkpoints of every task: `news` before `news__early`, for example."""
    found: dict[str, list[Layer]] = {}
    for name in shipped():
        config = json.loads(Path(assets_dir() / "checkpoints" / name / "config.json").read_text(encoding="utf-8"))
        found.setdefault(config.get("task", name), []).append(Layer(name, _title(name, config)))
    return found


def _title(name: str, config: dict) -> str:
    """A decision layer in a few words; the variant's own name where its settings do not tell it apart."""
    words = [f"{config.get('router', 'mlp')} router", f"per {config.get('granularity', 'token')}"]
    if config.get("early"):
        words.append("early: decides before h is read")
    if len(config.get("flows", ())) == 3:
        words.append("three flows")
    variant = name.partition("__")[2].replace("-", " ")
    return ", ".join(words) + (f" ({variant})" if variant and variant not in ("early", "three flows") else "")
