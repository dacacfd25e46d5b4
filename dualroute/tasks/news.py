"""News topics: is a title enough, or must its description be read?"""

from dualroute.tables import cell_text
from dualroute.tasks.base import Demo, Example, Task


def to_example(record: dict) -> Example:
    """Return a row of AG News: x title, h description, label topic."""
    x, h, label = (cell_text(record[column], column) for column in TASK.columns)
    return Example(x=x, h=h, label=label, id=cell_text(record.get("id"), "id"))


# Written for this page in the style of a news feed; not from the data set.
DEMOS = (
    Demo(
        "Record run comes to an end",
        "Oil prices slipped below 50 dollars a barrel for the first time in a month as stockpiles rose more than "
        "traders had expected.",
        ("Business",),
    ),
    Demo(
        "Talks go into extra time",
        "Union leaders and the car maker will meet again on Friday to avert a strike over wages at three plants.",
        ("Business",),
    ),
    Demo(
        "The king is dead, long live the king",
        "The champion lost his crown in five sets to a 19-year-old who had never before played on the centre court.",
        ("Sports",),
    ),
    Demo(
        "Old rivals meet again",
        "The two prime ministers shook hands at the summit and agreed to reopen the bus route across the ceasefire "
        "line.",
        ("World",),
    ),
    Demo(
        "Chip makers take a beating",
        "Technology stocks fell sharply after the sector's largest company cut its sales forecast.",
        ("Business",),
    ),
    Demo(
        "Waiting for the verdict",
        "Astronomers will learn on Friday whether the probe survived its plunge through the rings of Saturn, when its "
        "antenna turns back to Earth.",
        ("Sci/Tech",),
    ),
    Demo(
        "Parliament rejects the president's peace plan",
        "Lawmakers voted down the proposal late on Tuesday after rebels in the north refused to lay down their "
        "weapons.",
        ("World",),
    ),
    Demo(
        "United look to Rooney for a winning start",
        "The striker is expected to lead the attack on Saturday when the league season opens at Old Trafford.",
        ("Sports",),
    ),
)

TASK = Task(
    name="news",
    title="News topic",
    x_name="title",
    h_name="description",
    question="Which words of the headline need the article summary to get the topic right?",
    labels=("World", "Sports", "Business", "Sci/Tech"),
    to_example=to_example,
    columns=("x", "h", "label"),
    demos=DEMOS,
    config={"dropout": 0.3, "content_layer": 0},
    training={
        "extra": ("extra_train_description_only",),
        "epochs": 5,
        "budget": 0.15,
        "word_dropout": 0.2,
        "idle_cost": 0.3,
        "gate_epochs": 5,
        "gate_router": "recurrent",
        "gate_router_size": 256,
    },
    data="AG News (Zhang, Zhao and LeCun 2015, from A. Gulli's corpus): the 10,000 rows of its training split drawn by "
    "NoisyAG-News with the original labels, and 9,073 descriptions whose first ten words stand in for a title.",
    licence="The AG corpus is provided for research and other non-commercial activity; its texts are not shipped.",
    limits="Four topics of English news of 2004: a title about something else still gets one of the four. Titles are "
    "read up to 128 tokens, descriptions up to 256.",
    command="python -m dualroute train news --data DATA/news_agnews --out runs/news",
)
