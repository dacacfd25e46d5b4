"""The name of a small picture: does its group say enough, or must a word of it look at the picture?"""

from dualroute.tables import cell_text
from dualroute.tasks import drawings
from dualroute.tasks.base import Demo, Example, Task

NO_GROUP = "picture"


def to_example(record: dict) -> Example:
    """Return a row: x "group / subgroup", h_image the picture's file, label its name.

    `base` is the name without skin tone and hair.
    """
    return Example(
        x=cell_text(record["x"], "x").lower(),
        h="",
        label=cell_text(record["label"], "label").lower(),
        id=cell_text(record.get("id"), "id"),
        group=cell_text(record.get("base"), "base"),
        image=cell_text(record.get("h_image"), "h_image"),
    )


def without_group(records: list[dict]) -> list[dict]:
    """Return the same records without their group, so that the model learns to look at the picture."""
    return [record | {"x": NO_GROUP} for record in records]


DEMOS = (
    Demo("smileys & emotion / heart", drawings.heart((60, 120, 220)), ("blue heart",)),
    Demo("smileys & emotion / face-smiling", drawings.face(), ("smiling face", "grinning face")),
    Demo("travel & places / sky & weather", drawings.sun(), ("sun",)),
    Demo("travel & places / sky & weather", drawings.crescent(), ("crescent moon",)),
    Demo("symbols / geometric", drawings.disc((220, 50, 50)), ("red circle",)),
    Demo("symbols / geometric", drawings.diamond((60, 120, 220)), ("large blue diamond", "blue diamond")),
    Demo("flags / country-flag", drawings.flag((200, 20, 50))),
)

TASK = Task(
    name="emoji",
    title="Name of a picture",
    x_name="group",
    h_name="picture",
    question="Which word of the group has to look at the picture to name it?",
    labels=(),
    metric="rougeL",
    group_name="base name",
    to_example=to_example,
    more_records=without_group,
    easy=lambda row: row.x == NO_GROUP,
    demos=DEMOS,
    baselines=("most_frequent_of_x", "nearest_picture"),
    config={
        "context": "image",
        "reader": "bilinear",
        "readout": "generation",
        "hidden_size": 128,
        "dropout": 0.2,
        "vocabulary_size": 1300,
        "max_new_tokens": 14,
    },
    training={
        "start_from": "vqa-easy",
        "easy_epochs": 10,
        "epochs": 8,
        "batch_size": 32,
        "learning_rate": 7e-4,
        "budget": 0.01,
        "largest_share": 0.5,
        "vary": True,
    },
    data="Pictures of Noto Emoji (Google, 2018) and Emojitwo with the English names and groups of emoji-test.txt 15.0 "
    "(Unicode): 2,532 pictures; both pictures of an emoji are on the same side of the split.",
    licence="Noto Emoji: Apache 2.0. Emojione / Emojitwo artwork: CC BY 4.0. Names: Unicode terms of use. The pictures "
    "are not shipped; the examples' drawings were made for this page.",
    limits="It names what it has seen: a known thing in another skin tone or style. Pictures of things that were not "
    "among the training pictures are named after something else of their group, and the nearest training picture of "
    "the group gives better names than either flow. Its way of seeing starts from that of `vqa-easy`; drawings, not "
    "photographs, at 64 x 64 pixels.",
    command="python -m dualroute train emoji --data DATA/emoji_naming --out runs/emoji",
)
