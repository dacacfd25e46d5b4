"""The tasks, by name. A new task is a module here and its line in `TASKS`."""

from dualroute.tasks import (
    emoji,
    headlines,
    news,
    question_answering,
    recommendations,
    sentiment,
    support,
    toxicity,
    vqa_easy,
)
from dualroute.tasks.base import Example, Rationales, Task

TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        news.TASK,
        support.TASK,
        question_answering.TASK,
        recommendations.TASK,
        headlines.TASK,
        emoji.TASK,
        vqa_easy.TASK,
        sentiment.TASK,
        toxicity.TASK,
    )
}

__all__ = ["TASKS", "Example", "Rationales", "Task", "get_task", "rationales_of"]


def get_task(name: str) -> Task:
    """Return the task `name`. Raises ValueError that lists the tasks if there is no such task."""
    if name not in TASKS:
        raise ValueError(f"unknown task {name!r}; there are {', '.join(TASKS)}")
    return TASKS[name]


def rationales_of(name: str) -> Rationales:
    """Return the marked words of task `name`. Raises ValueError that lists the tasks with such words if it has none."""
    if name not in TASKS or (rationales := TASKS[name].rationales) is None:
        marked = ", ".join(task.name for task in TASKS.values() if task.rationales)
        raise ValueError(f"the task {name!r} has no words marked by people; tasks that have are {marked}")
    return rationales
