"""News topics: is a title enough, or must its description be read?"""

from dualroute.tasks.base import Example, Task


def to_example(record: dict) -> Example:
    """AG News fields: x title, h description, label topic."""
    return Example(x=record["x"], h=record["h"], label=record["label"], id=str(record.get("id", "")))


# Written for this page in the style of a news feed; not from the data set.
DEMOS = (
    (
        "Shares slide after warning",
        "The chip maker said orders from phone manufacturers had dried up and cut its profit forecast for the quarter; "
        "its stock lost a tenth of its value in Frankfurt.",
    ),
    (
        "A bitter defeat in Athens",
        "The hosts were beaten 3-1 in the final group match and are out of the tournament, leaving their coach to explain "
        "a third loss in a row to 40,000 silent fans.",
    ),
    (
        "Giant leaves its rivals behind",
        "The new version of the browser loads pages twice as fast, blocks pop-ups and has been downloaded ten million "
        "times, the software company said.",
    ),
    (
        "Parliament rejects the president's peace plan",
        "Lawmakers voted down the proposal late on Tuesday after rebels in the north refused to lay down their weapons.",
    ),
    (
        "United look to Rooney for a winning start",
        "The striker is expected to lead the attack on Saturday when the league season opens at Old Trafford.",
    ),
    (
        "Waiting for the verdict",
        "Astronomers will learn on Friday whether the probe survived its plunge through the rings of Saturn, when its "
        "antenna turns back to Earth.",
    ),
    (
        "Pressure mounts on airline",
        "Pilots have agreed to new pay cuts, but creditors say the carrier needs a further billion dollars to leave "
        "bankruptcy protection before the end of the year.",
    ),
)

TASK = Task(
    name="news",
    title="News topic",
    x_name="title",
    h_name="description",
    question="Is the title enough to tell the topic, or must a word of it read the description?",
    labels=("World", "Sports", "Business", "Sci/Tech"),
    to_example=to_example,
    demos=DEMOS,
    training={"extra": ("extra_train_description_only",)},
)
