"""News topics: is a title enough, or must its description be read?"""

from dualroute.tasks.base import Example, Task


def to_example(record: dict) -> Example:
    """AG News fields: x title, h description, label topic."""
    return Example(x=record["x"], h=record["h"], label=record["label"], id=str(record.get("id", "")))


TASK = Task(
    name="news",
    title="News topic",
    x_name="title",
    h_name="description",
    question="Is the title enough to tell the topic, or must a word of it read the description?",
    labels=("World", "Sports", "Business", "Sci/Tech"),
    to_example=to_example,
    training={"extra": ("extra_train_description_only",)},
)
