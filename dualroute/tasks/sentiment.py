"""Sentiment: can a word be taken as read so far, or must it be seen in the light of the words that follow?"""

from dualroute.tasks.base import Example, Task

JOINED = {"n't", "'s", "'re", "'ve", "'ll", "'d", "'m", "'", "''", ".", ",", "!", "?", ";", ":", ")", "%", "..."}
OPENING = {"(", "$", "``", "`"}
QUOTES = {"``": '"', "''": '"', "`": "'"}


def to_example(record: dict) -> Example:
    """Stanford Sentiment Treebank fields: tokens of a sentence, label negative, neutral or positive."""
    return Example(x=ordinary(record["tokens"])[0], h="", label=record["label"], id=str(record.get("id", "")))


def ordinary(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Treebank tokens as people write them ("do n't ." -> "don't."), and where each stands, [start, end)."""
    text, places, before = "", [], ""
    for token in tokens:
        if text and token not in JOINED and before not in OPENING:
            text += " "
        word = QUOTES.get(token, token)
        places.append((len(text), len(text) + len(word)))
        text, before = text + word, token
    return text, places


# Written for this page; not from the data set.
DEMOS = (
    ("The jokes are old, the plot is older, and yet I left the cinema with a smile.", ""),
    ("A gorgeous film about nothing at all.", ""),
    ("It could have been a moving portrait of two sisters, but it settles for tears on cue.", ""),
    ("Not once in two hours did I look at my watch.", ""),
    ("The third act is set in a lighthouse off the coast of Maine.", ""),
    ("Tense, clever and beautifully acted, this is the best thriller of the year.", ""),
    ("Dull, noisy and far too long.", ""),
    ("You would need a heart of stone not to laugh, though mostly at the special effects.", ""),
)

TASK = Task(
    name="sentiment",
    title="Sentiment",
    x_name="sentence",
    h_name="words that follow",
    question="Can a word be taken as read so far, or must it be seen in the light of the words that follow?",
    labels=("negative", "neutral", "positive"),
    to_example=to_example,
    demos=DEMOS,
    baselines=("majority", "tfidf_x"),
    config={
        "context": "backward",
        "reader": "diagonal",
        "dropout": 0.4,
        "recurrent_size": 128,
        "hidden_size": 128,
        "max_length": 96,
    },
    training={"epochs": 8, "learning_rate": 1e-3, "budget": 0.05, "largest_share": 0.5, "by_length": True},
    data="Stanford Sentiment Treebank (Socher et al. 2013): its 8,544 training sentences of film reviews, without the "
    "labels of words and phrases, which serve to judge explanations.",
    licence="The source names none; its texts are not shipped.",
    limits="Single sentences of English film reviews of before 2005. Neutral sentences are told apart badly, and "
    "irony hardly at all. It measures no opinion of anything else, and nothing about a writer. Whole sentences are "
    "judged as well without reading ahead, and the router has learned that: nearly all its gates are closed.",
    command="python -m dualroute train sentiment --data DATA/rationale_sst --out runs/sentiment",
)
