"""What the page can show without a model: the shipped tasks with their stored examples."""

from dataclasses import dataclass

from dualroute.figures.payload import attribution_payload, trace_payload
from dualroute.interpret.stored import StoredExample, read_examples
from dualroute.paths import assets_dir, shipped
from dualroute.tasks import TASKS, Task


@dataclass(frozen=True, eq=False)
class Shelf:
    """A task and its stored examples, in the order of their buttons."""

    task: Task
    examples: tuple[StoredExample, ...]

    @property
    def captions(self) -> list[str]:
        """What stands on each example's button."""
        return [example.trace.x for example in self.examples]

    def texts(self, index: int) -> tuple[str, str]:
        """x and h of an example; empty where there is none."""
        return (self.examples[index].trace.x, self.examples[index].trace.h) if self.examples else ("", "")

    def payloads(self, index: int) -> tuple[dict | None, dict | None]:
        """Trace and attribution payload of an example."""
        if not self.examples:
            return None, None
        example = self.examples[index]
        attribution = attribution_payload(example.trace, example.label, example.prediction, example.gate)
        return trace_payload(example.trace, attributed=True), attribution


def load_shelves() -> dict[str, Shelf]:
    """By task name, the tasks that have a checkpoint in `assets`, in the order of `TASKS`."""
    folder, names = assets_dir() / "examples", set(shipped())
    return {
        name: Shelf(task, tuple(read_examples(folder / f"{name}.jsonl")))
        for name, task in TASKS.items()
        if name in names
    }
