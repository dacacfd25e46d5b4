"""Headlines: can a word of an article be taken as read so far, or must it be seen in the light of what follows?"""

import re

from dualroute.tasks.base import Example, Task

TOPICS = {"World", "Sports", "Business", "Sci/Tech"}  # all that AG News has beside an article's lead
TICKER = re.compile(r"\s*<[A-Z0-9.,/]{1,8}>")  # <USDC>, but not <Cofab Inc>, which is a name
AGENCY = re.compile(r"\s*\([^()]*\)\s*$")  # (AP), (Canadian Press), (Update1): who sent it, and how often
BYLINE = re.compile(
    r"^(AP|AFP|Reuters|Canadian Press|NewsFactor|Ziff Davis|PC World|MacCentral|TechWeb|InfoWorld|[\w.]+\.com) - "
)


def to_example(record: dict) -> Example:
    """Fields x (an article's lead), h (the rest, or only a topic, which tells nothing of the article) and label."""
    rest = "" if record["h"] in TOPICS else record["h"]
    return Example(
        x=BYLINE.sub("", cleaned(record["x"])),
        h=cleaned(rest),
        label=AGENCY.sub("", cleaned(record["label"])).lower(),
        id=str(record.get("id", "")),
    )


def cleaned(text: str) -> str:
    """Without ticker symbols; names in angle brackets lose the brackets."""
    return TICKER.sub("", text).replace("<", "").replace(">", "").strip()


TASK = Task(
    name="headlines",
    title="Headlines",
    x_name="lead",
    h_name="rest of the article",
    question="Can a word be taken as read so far, or must it be seen in the light of the words that follow?",
    labels=(),
    metric="rougeL",
    to_example=to_example,
    config={
        "context": "backward",
        "reader": "diagonal",
        "readout": "generation",
        "router": "mlp",
        "dropout": 0.2,
        "recurrent_size": 192,
        "hidden_size": 192,
        "max_length": 96,
        "vocabulary_size": 5000,
        "max_new_tokens": 24,
    },
    training={
        "epochs": 6,
        "batch_size": 64,
        "learning_rate": 1e-3,
        "budget": 0.03,
        "largest_share": 0.5,
        "pool": ("headline_agnews",),
        "by_length": True,
    },
)
