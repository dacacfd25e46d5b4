"""Questions about a picture: which word of the question has to look at it?"""

from dualroute.tables import cell_text
from dualroute.tasks import drawings
from dualroute.tasks.base import Demo, Example, Task

COLOURS = ("black", "blue", "brown", "gray", "green", "red", "teal", "yellow")
SHAPES = ("circle", "rectangle", "triangle")


def to_example(record: dict) -> Example:
    """Return a row of easy-VQA: x question, h_image the picture's file, label answer."""
    x, label = (cell_text(record[column], column) for column in TASK.columns)
    id, image = (cell_text(record.get(column), column) for column in ("id", "h_image"))
    return Example(x=x, h="", label=label, id=id, image=image)


def cannot_be_guessed(row: Example) -> bool:
    """Whether the answer is a colour or a shape; for yes and no, the question alone tells which is more likely."""
    return row.label not in ("no", "yes")


DEMOS = (
    Demo(
        "is there a red shape in the image?",
        drawings.shape("circle", "#ff0000", (30, 14, 50, 34), (240, 244, 255)),
        ("yes",),
    ),
    Demo(
        "is there not a red shape in the image?",
        drawings.shape("circle", "#ff0000", (30, 14, 50, 34), (240, 244, 255)),
        ("no",),
    ),
    Demo(
        "what color is the triangle?",
        drawings.shape("triangle", "#008080", (8, 30, 34, 56), (238, 250, 240)),
        ("teal",),
    ),
    Demo(
        "what shape does the image contain?",
        drawings.shape("rectangle", "#ffff00", (24, 20, 52, 44), (250, 240, 245)),
        ("rectangle",),
    ),
    Demo(
        "what is the blue shape?", drawings.shape("circle", "#0000ff", (10, 10, 38, 38), (245, 245, 235)), ("circle",)
    ),
    Demo(
        "does the image contain a circle?",
        drawings.shape("rectangle", "#808080", (14, 26, 40, 58), (235, 248, 250)),
        ("no",),
    ),
    Demo("what color is the shape?", ""),
)

TASK = Task(
    name="vqa-easy",
    title="Question about a picture",
    x_name="question",
    h_name="picture",
    question="Which words need to look at the picture?",
    labels=("no", "yes", *COLOURS, *SHAPES),
    to_example=to_example,
    demos=DEMOS,
    easy=cannot_be_guessed,
    config={"context": "image", "reader": "bilinear", "hidden_size": 128},
    training={
        "max_rows": 24_000,
        "easy_epochs": 5,
        "epochs": 8,
        "batch_size": 32,
        "learning_rate": 7e-4,
        "budget": 0.03,
        "largest_share": 0.5,
    },
    data="easy-VQA (Victor Zhou 2019): drawings of one coloured shape each and questions about them, both made by a "
    "program; 24,000 of its 35,596 training questions.",
    licence="MIT (Victor Zhou); the pictures are not shipped. The examples' drawings were made for this page.",
    limits="Three shapes, eight colours, one shape on pale paper, and 107 questions: about anything else it still "
    "gives one of its 13 answers. Pictures are read at 64 x 64 pixels.",
    command="python -m dualroute train vqa-easy --data DATA/vqa_easy --out runs/vqa-easy",
)
