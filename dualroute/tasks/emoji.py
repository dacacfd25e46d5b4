"""The name of a small picture: what does its group tell, and what only the picture?"""

from dualroute.tasks.base import Example, Task


def to_example(record: dict) -> Example:
    """Fields x "group / subgroup", h_image file of the picture, label name, base name without skin tone or hair."""
    return Example(
        x=record["x"].lower(),
        h="",
        label=record["label"].lower(),
        id=str(record.get("id", "")),
        group=record.get("base", ""),
        image=record.get("h_image", ""),
    )


TASK = Task(
    name="emoji",
    title="Name of a picture",
    x_name="group",
    h_name="picture",
    question="Which word of the group has to look at the picture, for its name to be written?",
    labels=(),
    metric="rougeL",
    group_name="base name",
    to_example=to_example,
    baselines=("most_frequent_of_x", "nearest_picture"),
    config={
        "context": "image",
        "readout": "generation",
        "hidden_size": 128,
        "dropout": 0.2,
        "vocabulary_size": 1300,
        "max_new_tokens": 14,
    },
    training={
        "epochs": 16,
        "batch_size": 32,
        "learning_rate": 1e-3,
        "budget": 0.05,
        "largest_share": 0.5,
        "vary": True,
    },
)
