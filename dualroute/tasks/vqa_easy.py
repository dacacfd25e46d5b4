"""Questions about a picture: which word of the question has to look?"""

from dualroute.tasks.base import Example, Task

COLOURS = ("black", "blue", "brown", "gray", "green", "red", "teal", "yellow")
SHAPES = ("circle", "rectangle", "triangle")


def to_example(record: dict) -> Example:
    """easy-VQA fields: x question, h_image file of the picture, label answer."""
    return Example(
        x=record["x"], h="", label=record["label"], id=str(record.get("id", "")), image=record.get("h_image", "")
    )


def cannot_be_guessed(row: Example) -> bool:
    """Whether the answer is a colour or a shape: of yes and no the question alone tells the likelier one."""
    return row.label not in ("no", "yes")


TASK = Task(
    name="vqa-easy",
    title="Question about a picture",
    x_name="question",
    h_name="picture",
    question="Which word of the question has to look at the picture?",
    labels=("no", "yes", *COLOURS, *SHAPES),
    to_example=to_example,
    easy=cannot_be_guessed,
    config={"context": "image", "reader": "bilinear", "hidden_size": 128},
    training={
        "max_rows": 16_000,
        "easy_epochs": 5,
        "epochs": 5,
        "batch_size": 32,
        "learning_rate": 7e-4,
        "budget": 0.15,
        "largest_share": 0.5,
    },
)
