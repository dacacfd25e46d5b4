"""The tasks, by name."""

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
from dualroute.tasks.base import Example, Task

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

__all__ = ["TASKS", "Example", "Task", "get_task"]


def get_task(name: str) -> Task:
    """The task called `name`. Raises ValueError naming the tasks there are."""
    if name not in TASKS:
        raise ValueError(f"unknown task {name!r}; there are {', '.join(TASKS)}")
    return TASKS[name]
