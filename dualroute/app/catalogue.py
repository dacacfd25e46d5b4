"""What the page can show without a model: its tasks with their decision layers and stored examples."""

from dataclasses import dataclass, replace

from dualroute.checkpoints import Checkpoint, CheckpointFiles, served
from dualroute.export.trace_payload import answer_name, attribution_payload, trace_payload
from dualroute.report.reading import closed_gates_notice
from dualroute.report.results import load_results
from dualroute.tasks import TASKS, Task
from dualroute.trace.attribution import StoredExample, read_examples


@dataclass(frozen=True)
class DecisionLayer:
    """One checkpoint of a task: its name, its decision layer in words, and its files."""

    checkpoint: str
    title: str
    files: CheckpointFiles


@dataclass(frozen=True, eq=False)
class TaskEntry:
    """A task, its checkpoints with the default one first, and its stored examples in the order of their buttons.

    key  what the page calls the task: its name, for one of a user's own columns that of the first checkpoint
    """

    key: str
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
        path = self.layers[0].files.results
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
    """{key: entry} of the tasks that have a checkpoint: those of a user's own columns, then in the order of `TASKS`.

    Checkpoints of the same columns and labels belong to one task, as several of a shipped task do.
    """
    layers: dict[object, list[DecisionLayer]] = {}
    tasks: dict[object, Task] = {}
    for name, files in sorted(served().items(), key=lambda item: not item[1].is_shipped):
        checkpoint = Checkpoint.read(files.folder)
        task = checkpoint.task
        kind = task.name if task.name in TASKS else (task.x_name, task.h_name, *checkpoint.config["id2label"].values())
        layers.setdefault(kind, []).append(DecisionLayer(name, _title(name, checkpoint.config, files), files))
        tasks.setdefault(kind, task)
    known = {name: place for place, name in enumerate(TASKS)}
    entries = (_entry(tasks[kind], layers[kind]) for kind in sorted(layers, key=lambda kind: known.get(kind, -1)))
    return {entry.key: entry for entry in entries}


def entry_of(catalogue: dict[str, TaskEntry], checkpoint: str) -> TaskEntry | None:
    """The entry that has a checkpoint; None for an unknown one."""
    for entry in catalogue.values():
        if any(layer.checkpoint == checkpoint for layer in entry.layers):
            return entry
    return None


def _entry(task: Task, layers: list[DecisionLayer]) -> TaskEntry:
    first = layers[0]
    if task.name not in TASKS:
        task = replace(task, title=f"{task.title}: {first.checkpoint}")
    key = task.name if task.name in TASKS else first.checkpoint
    return TaskEntry(key, task, tuple(layers), tuple(read_examples(first.files.examples)))


def _title(name: str, config: dict, files: CheckpointFiles) -> str:
    """A decision layer in a few words, with the name of an own one, and of a variant whose settings do not say it."""
    words = [f"{config.get('router', 'mlp')} router", f"per {config.get('granularity', 'token')}"]
    if config.get("early"):
        words.append("early: decides before h is read")
    if len(config.get("flows", ())) == 3:
        words.append("three flows")
    if not files.is_shipped:
        return f"{name}: {', '.join(words)}"
    variant = name.partition("__")[2].replace("-", " ")
    return ", ".join(words) + (f" ({variant})" if variant and variant not in ("early", "three flows") else "")
