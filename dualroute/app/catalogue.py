"""What the page can show without a model: its tasks with their decision layers and stored examples."""

from dataclasses import dataclass, replace

from dualroute.checkpoints import CheckpointFiles, read_settings, served_routers, task_of
from dualroute.export.trace_payload import answer_name, attribution_payload, trace_payload
from dualroute.report.reading import better_baseline, notice, routing_helps
from dualroute.report.results import default_entry, load_results
from dualroute.tasks import TASKS, Task
from dualroute.trace.attribution import StoredExample, read_examples

OWN_DATA, HELPS = "Your own data", "Where routing helps"
NO_HELP, SIMPLER = "Where it does not", "Where a simpler method does better"
GROUPS = (OWN_DATA, HELPS, NO_HELP, SIMPLER)


@dataclass(frozen=True)
class DecisionLayer:
    """One checkpoint of a task: its name, its decision layer in words and in a few, its own θ, and its files."""

    checkpoint: str
    title: str
    short: str
    threshold: float
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
        """What each example is called: x, or h for spans, with its number among equal ones, and whether it failed."""
        names = [h if self.task.has_spans else x for x, h in self.pairs]
        captions = [_numbered(names, index) for index in range(len(names))]
        failed = [example.is_right is False for example in self.examples] or [False] * len(names)
        return [f"{name} (a failure)" if wrong else name for name, wrong in zip(captions, failed, strict=True)]

    @property
    def results(self) -> dict | None:
        """What was measured with the default checkpoint; None where nothing was."""
        path = self.layers[0].files.results
        return load_results(path) if path.is_file() else None

    @property
    def note(self) -> str:
        """What a reader has to know before anything else; empty where routing helps."""
        return notice(self.results, self.task.h_name) if self.results else ""

    @property
    def group(self) -> str:
        """Where it stands in the list of tasks: one of `GROUPS`."""
        if self.task.name not in TASKS:
            return OWN_DATA
        if self.results and better_baseline(self.results):
            return SIMPLER
        return HELPS if self.results and routing_helps(self.results) else NO_HELP

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
    """{key: entry} of the tasks that have a checkpoint, by their groups, those that gain most by routing first.

    Checkpoints of the same columns and labels belong to one task, as several of a shipped task do.
    """
    layers: dict[tuple[str, ...], list[DecisionLayer]] = {}
    tasks: dict[tuple[str, ...], Task] = {}
    for name, files in sorted(served_routers().items(), key=lambda item: not item[1].is_shipped):
        config, training = read_settings(files.folder)
        task, labels = task_of(config, training), config.get("id2label", {}).values()
        kind = (task.name,) if task.name in TASKS else ("", task.x_name, task.h_name, *labels)
        layer = DecisionLayer(name, _title(name, config, files), _short(name, config, files), _theta(config), files)
        layers.setdefault(kind, []).append(layer)
        tasks.setdefault(kind, task)
    entries = [_entry(tasks[kind], layers[kind]) for kind in layers]
    return {entry.key: entry for entry in sorted(entries, key=_place)}


def _place(entry: TaskEntry) -> tuple[int, float]:
    """Its group, and in it the gain over random gates, the largest first."""
    gain = default_entry(entry.results).get("minus_random", {}).get("difference", 0.0) if entry.results else 0.0
    return GROUPS.index(entry.group), -gain


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
    return TaskEntry(key, task, tuple(layers), tuple(sorted(read_examples(first.files.examples), key=_convincing)))


def _convincing(example: StoredExample) -> tuple[bool, bool]:
    """Order of examples: failures last, and before the others those whose answer routing changes."""
    answer, alone = example.answers
    return example.is_right is False, answer == alone


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


def _short(name: str, config: dict, files: CheckpointFiles) -> str:
    """A decision layer as the list of a task's routers calls it."""
    variant = name.partition("__")[2].replace("-", " ")
    if not files.is_shipped:
        return name
    if config.get("early"):
        return f"Early (decides before reading the {config['h_name']})"
    return variant[:1].upper() + variant[1:] if variant else "Standard"


def _theta(config: dict) -> float:
    return float(config.get("threshold", 0.5))
