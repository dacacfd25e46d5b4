"""What a visitor can choose in Inspect, as its component takes it: tasks by group, their routers and their examples."""

from dualroute.app.catalogue import TaskEntry
from dualroute.app.contracts import MAX_PICTURE
from dualroute.app.payloads import ExampleChoice, RouterChoice, TaskChoice
from dualroute.export.trace_payload import trace_key

FOLLOWING = "words that follow"  # what a backward pass reads, whatever stands in h: see `trace_payload.h_name`


def task_choices(catalogue: dict[str, TaskEntry]) -> list[TaskChoice]:
    """The tasks in the order of the catalogue, without any text of an example but its caption."""
    return [_task(entry) for entry in catalogue.values()]


def _task(entry: TaskEntry) -> TaskChoice:
    task = entry.task
    return {
        "key": entry.key,
        "title": task.title,
        "group": entry.group,
        "question": task.question,
        "note": entry.note,
        "xLabel": _label(task.x_name),
        "hLabel": _h_label(entry),
        "picture": task.h_is_image,
        "optional": task.h_is_own_words,
        "routers": [_router(entry, place) for place in range(len(entry.layers))],
        "examples": _examples(entry),
    }


def _router(entry: TaskEntry, place: int) -> RouterChoice:
    layer = entry.layers[place]
    return {
        "checkpoint": layer.checkpoint,
        "title": layer.short,
        "description": layer.title,
        "threshold": layer.threshold,
    }


def _examples(entry: TaskEntry) -> list[ExampleChoice]:
    """The key of an example tells whether it is on screen; without a stored trace nobody knows it yet."""
    keys = [trace_key(example.trace) for example in entry.examples] or [""] * len(entry.captions)
    right = [list(example.right) for example in entry.examples] or [[] for _ in entry.captions]
    return [
        {"caption": caption, "key": key, "right": answers}
        for caption, key, answers in zip(entry.captions, keys, right, strict=True)
    ]


def _h_label(entry: TaskEntry) -> str:
    task = entry.task
    label = _label(task.h_name)
    if task.h_is_image:
        return f"{label} (PNG, JPEG, WebP or GIF, up to {MAX_PICTURE // 1_000_000} MB)"
    if task.h_is_own_words:
        return label + (" (optional)" if task.h_name == FOLLOWING else f" (optional, more {FOLLOWING})")
    return label + (", one per line, the newest last" if task.h_is_items else "")


def _label(name: str) -> str:
    return name[:1].upper() + name[1:]
