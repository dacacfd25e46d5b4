"""Headlines: can a word of an article be taken as read so far, or must it be seen in the light of what follows?"""

import re

from dualroute.tables import cell_text
from dualroute.tasks.base import Demo, Example, Task

TOPICS = {"World", "Sports", "Business", "Sci/Tech"}  # AG News has only a topic besides the lead
TICKER = re.compile(r"\s*<[A-Z0-9.,/]{1,8}>")  # <USDC>, but not <Cofab Inc>, which is a name
AGENCY = re.compile(r"\s*\([^()]*\)\s*$")  # (AP), (Canadian Press), (Update1): agency or version
BYLINE = re.compile(
    r"^(AP|AFP|Reuters|Canadian Press|NewsFactor|Ziff Davis|PC World|MacCentral|TechWeb|InfoWorld|[\w.]+\.com) - "
)


def to_example(record: dict) -> Example:
    """Return a row: x an article's lead, h the rest of it, empty if the data have only a topic, label the headline."""
    x, rest, label = (cell_text(record[column], column) for column in TASK.columns)
    return Example(
        x=BYLINE.sub("", cleaned(x)),
        h="" if rest in TOPICS else cleaned(rest),
        label=AGENCY.sub("", cleaned(label)).lower(),
        id=cell_text(record.get("id"), "id"),
    )


def cleaned(text: str) -> str:
    """Remove ticker symbols, and the brackets of names in angle brackets."""
    return TICKER.sub("", text).replace("<", "").replace(">", "").strip()


DEMOS = (
    Demo(
        "Halvorsen Paper Corp said it agreed to buy Lakeside Packaging Inc for about 85 mln dlrs in cash.",
        "Lakeside, based in Duluth, makes cardboard boxes and had sales of 120 mln dlrs last year. Halvorsen said it "
        "expects to complete the purchase by June.",
    ),
    Demo(
        "In a decision that ends eight months of talks, the board of a regional airline voted late on Tuesday to sell.",
        "Northwind Air said the buyer, Pacific Charter, would keep the name and most of its 900 workers.",
    ),
    Demo(
        "OSLO (Reuters) - Oil prices fell more than two dollars a barrel on Monday after storms spared refineries on "
        "the Gulf coast.",
        "",
    ),
    Demo(
        "Meridian Savings Bank said its board declared a three-for-two stock split and raised its quarterly dividend "
        "to 15 cts a share from 12 cts.",
        "Both are payable May 20 to holders of record on May 1.",
    ),
    Demo(
        "The young goalkeeper saved two penalties as Portugal beat Sweden 3-1 to reach the final of the women's cup.",
        "She had joined the team only last week, after an injury to the captain.",
    ),
    Demo(
        "A maker of small satellites said on Thursday that it would launch forty of them next year to watch forest "
        "fires from space.",
        "The company, Emberwatch, has signed contracts with the governments of Canada and Australia.",
    ),
)

TASK = Task(
    name="headlines",
    title="Headlines",
    x_name="lead",
    h_name="rest of the article",
    question="Which words can't be understood until you've read on?",
    labels=(),
    metric="rougeL",
    to_example=to_example,
    columns=("x", "h", "label"),
    demos=DEMOS,
    baselines=("first_words", "nearest_label"),
    config={
        "context": "backward",
        "reader": "diagonal",
        "readout": "generation",
        "router": "mlp",
        "dropout": 0.2,
        "recurrent_size": 192,
        "hidden_size": 192,
        "max_length": 80,
        "vocabulary_size": 4000,
        "max_new_tokens": 24,
    },
    training={
        "epochs": 5,
        "batch_size": 96,
        "learning_rate": 1.5e-3,
        "budget": 0.03,
        "largest_share": 0.5,
        "pool": ("headline_agnews",),
        "by_length": True,
    },
    data="Reuters-21578 (first paragraph and rest of the article → title) and a part of AG News (description → title).",
    licence="Reuters-21578: research only (Reuters Ltd., Carnegie Group). AG News: research and other non-commercial "
    "use. The data sets are not part of this repository.",
    limits="Headlines in the manner of the newswires of 1987 and 2004, in lower case. Names, numbers and who did what "
    "to whom can come out wrong: nothing that is written here is a fact.",
    command="python -m dualroute train headlines --data DATA/headline_reuters --out runs/headlines",
)
