"""Sentiment: can a word be taken as read so far, or must it be seen in the light of the words that follow?"""

from collections.abc import Callable, Iterable

from dualroute.tables import cell_text
from dualroute.tasks.base import Demo, Example, Marks, Question, Rationales, Span, Task

JOINED = {"n't", "'s", "'re", "'ve", "'ll", "'d", "'m", "'", "''", ".", ",", "!", "?", ";", ":", ")", "%", "..."}
OPENING = {"(", "$", "``", "`"}
QUOTES = {"``": '"', "''": '"', "`": "'"}


def to_example(record: dict) -> Example:
    """Return a row of the Stanford Sentiment Treebank: `tokens` of a sentence, label negative, neutral or positive.

    In a table without lists, `tokens` is a text with a space between two of them.
    """
    tokens = record["tokens"]
    return Example(
        x=detokenize(tokens.split() if isinstance(tokens, str) else tokens)[0],
        h="",
        label=cell_text(record["label"], "label"),
        id=cell_text(record.get("id"), "id"),
    )


def detokenize(tokens: list[str]) -> tuple[str, list[Span]]:
    """Return Treebank tokens as ordinary text ("do n't ." becomes "don't."), and the span of each token in it."""
    text, spans, before = "", [], ""
    for token in tokens:
        if text and token not in JOINED and before not in OPENING:
            text += " "
        word = QUOTES.get(token, token)
        spans.append((len(text), len(text) + len(word)))
        text, before = text + word, token
    return text, spans


def words_with_label(record: dict) -> Marks | None:
    """Return the words people called positive in a positive sentence, or negative in a negative one."""
    is_marked = {"positive": lambda value: value > 2, "negative": lambda value: value < 2}
    return _marks(record, is_marked[record["label"]]) if record["label"] in is_marked else None


def words_with_sentiment(record: dict) -> Marks | None:
    """Return the words people did not call neutral, in a sentence that is not neutral as a whole."""
    return _marks(record, lambda value: value != 2) if record["label"] != "neutral" else None


def _marks(record: dict, is_marked: Callable[[int], bool]) -> Marks | None:
    """Return the words whose value is marked; `parts` has also marked phrases without a smaller marked part in them."""
    spans = detokenize(record["tokens"])[1]
    words = [i for i, value in enumerate(record["token_label5"]) if is_marked(value)]
    phrases = [(first, end) for first, end, value in record["phrases"] if is_marked(value)]
    parts = smallest_parts(len(spans), words, phrases)
    if not words:
        return None
    return Marks(tuple(spans[i] for i in words), tuple((spans[a][0], spans[b - 1][1]) for a, b in parts))


def smallest_parts(size: int, words: Iterable[int], phrases: Iterable[Span]) -> list[Span]:
    """Return [first, end) of marked words and of marked phrases without a smaller part in them, among `size` words.

    Raises ValueError for a phrase outside the words.
    """
    parts = [(word, word + 1) for word in words]
    for first, end in sorted(phrases, key=lambda phrase: phrase[1] - phrase[0]):
        if not 0 <= first < end <= size:
            raise ValueError(f"a phrase from {first} to {end} is outside the {size} words of its sentence")
        if not any(first <= start and stop <= end for start, stop in parts):
            parts.append((first, end))
    return sorted(parts)


RATIONALES = Rationales(
    questions=(
        Question("side", "Words on the sentence's side", "prediction:{label}", True, "auprc", words_with_label),
        Question("sentiment", "Words with any sentiment", "prediction:{label}", False, "auprc", words_with_sentiment),
    ),
    opposite={"positive": "negative", "negative": "positive"},
)

# Written for this page; not from the data set.
DEMOS = (
    Demo("The jokes are old, the plot is older, and yet I left the cinema with a smile.", "", ("positive",)),
    Demo("A gorgeous film about nothing at all.", "", ("positive",)),
    Demo("It could have been a moving portrait of two sisters, but it settles for tears on cue.", "", ("negative",)),
    Demo("Not once in two hours did I look at my watch.", "", ("positive",)),
    Demo("The third act is set in a lighthouse off the coast of Maine.", "", ("neutral",)),
    Demo("Tense, clever and beautifully acted, this is the best thriller of the year.", "", ("positive",)),
    Demo("Dull, noisy and far too long.", "", ("negative",)),
    Demo("You would need a heart of stone not to laugh, though mostly at the special effects.", "", ("negative",)),
)

TASK = Task(
    name="sentiment",
    title="Sentiment",
    x_name="sentence",
    h_name="words that follow",
    question="Which words can't be understood until you've read on?",
    labels=("negative", "neutral", "positive"),
    to_example=to_example,
    columns=("tokens", "label"),
    demos=DEMOS,
    rationales=RATIONALES,
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
    limits="Single sentences of English film reviews of before 2005. The model often mistakes neutral "
    "sentences for others, and hardly recognises irony. It measures no opinion of anything else, and nothing about a "
    "writer. Reading ahead does not improve its answers, and the router has learned that: nearly all gates are closed.",
    command="python -m dualroute train sentiment --data DATA/rationale_sst --out runs/sentiment",
)
