"""Sentiment: does the beginning of a sentence say how it judges a film, or must the rest of it be read?"""

from collections.abc import Callable, Iterable

from dualroute.tables import cell_text
from dualroute.tasks.base import Demo, Example, Marks, Question, Rationales, Span, Task

JOINED = {"n't", "'s", "'re", "'ve", "'ll", "'d", "'m", "'", "''", ".", ",", "!", "?", ";", ":", ")", "%", "..."}
OPENING = {"(", "$", "``", "`"}
QUOTES = {"``": '"', "''": '"', "`": "'"}
CLOSING = {",", ";", ":", "--", "...", ")"}  # a beginning may end with one of these
GOING_ON = frozenset(
    (
        "although",
        "and",
        "as",
        "because",
        "but",
        "even",
        "for",
        "if",
        "or",
        "so",
        "than",
        "that",
        "though",
        "when",
        "which",
        "while",
        "who",
        "with",
        "yet",
    )
)  # words that a rest may start with


EVERY = 8  # one of so many marked phrases is trained on


def to_example(record: dict) -> Example:
    """Return a row of the Stanford Sentiment Treebank: x the beginning of a sentence, h the rest, label of the whole.

    In a table without lists, `tokens` is a text with a space between two of them.
    """
    tokens = record["tokens"]
    tokens = tokens.split() if isinstance(tokens, str) else tokens
    text, spans = detokenize(tokens)
    end = spans[beginning(tokens) - 1][1] if tokens else 0
    return Example(
        x=text[:end],
        h=text[end:].strip(),
        label=cell_text(record["label"], "label"),
        id=cell_text(record.get("id"), "id"),
    )


def beginning(tokens: list[str]) -> int:
    """Return how many tokens of a sentence are its beginning: up to the pause or conjunction nearest to the middle.

    Where the middle half of the sentence has neither, the beginning is its first half. A rest starts with a word of its
    own, so without one the beginning is the whole sentence.
    """
    size = len(tokens)
    places = [i for i in range(1, size) if tokens[i] not in JOINED]
    pauses = [i for i in places if tokens[i - 1] in CLOSING or tokens[i].lower() in GOING_ON]
    pauses = [i for i in pauses if size <= 4 * i <= 3 * size]
    return min(pauses or places, key=lambda i: abs(2 * i - size), default=size)


def phrases(records: list[dict]) -> list[dict]:
    """Return some of the marked phrases of sentences, of four words or more, as records like those of sentences."""
    found = [(record["tokens"], *phrase) for record in records for phrase in record.get("phrases") or ()]
    inner = [(tokens[first:end], value) for tokens, first, end, value in found if 4 <= end - first < len(tokens)]
    return [{"tokens": tokens, "label": "positive" if value > 2 else "negative"} for tokens, value in inner[::EVERY]]


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
    """Return the words people called positive in the beginning of a positive sentence, negative in a negative one's."""
    is_marked = {"positive": lambda value: value > 2, "negative": lambda value: value < 2}
    return _marks(record, is_marked[record["label"]]) if record["label"] in is_marked else None


def words_with_sentiment(record: dict) -> Marks | None:
    """Return the words people did not call neutral, in the beginning of a sentence that is not neutral as a whole."""
    return _marks(record, lambda value: value != 2) if record["label"] != "neutral" else None


def _marks(record: dict, is_marked: Callable[[int], bool]) -> Marks | None:
    """Return the words of the beginning whose value is marked.

    `parts` has also its marked phrases without a smaller marked part in them.
    """
    spans = detokenize(record["tokens"])[1][: beginning(record["tokens"])]
    words = [i for i, value in enumerate(record["token_label5"][: len(spans)]) if is_marked(value)]
    phrases = [(first, end) for first, end, value in record["phrases"] if end <= len(spans) and is_marked(value)]
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
    Demo("The story is thin,", "but the performances are superb.", ("positive",)),
    Demo("The director wanted to make an epic,", "and what a glorious epic it is.", ("positive",)),
    Demo("The director wanted to make an epic,", "and what a bore it is.", ("negative",)),
    Demo("I expected a charming comedy", "and got two hours of tedious shouting.", ("negative",)),
    Demo("It could have been a dull portrait of two sisters,", "but it is funny, tender and true.", ("positive",)),
    Demo("Slow and quiet,", "it becomes one of the most moving films of the year.", ("positive",)),
    Demo("Tense, clever and beautifully acted,", "this is the best thriller of the year.", ("positive",)),
    Demo("The cast is wonderful,", "but the script gives them nothing to do.", ("negative",)),
)

TASK = Task(
    name="sentiment",
    title="Sentiment",
    x_name="beginning",
    h_name="rest of the sentence",
    question="Which words can't be understood until you've read on?",
    labels=("negative", "neutral", "positive"),
    to_example=to_example,
    columns=("tokens", "label"),
    more_records=phrases,
    demos=DEMOS,
    rationales=RATIONALES,
    baselines=("majority", "tfidf_x", "tfidf_h", "tfidf_xh"),
    config={"dropout": 0.3, "content_layer": 3, "max_length": 96, "context_max_length": 96},
    training={"epochs": 3, "budget": 0.1, "word_dropout": 0.2, "idle_cost": 0.1, "by_length": True},
    data="Stanford Sentiment Treebank (Socher et al. 2013): its 8,544 training sentences of film reviews and 6,186 "
    "of their phrases, each cut in two at the pause or conjunction nearest to its middle. The labels of the words of "
    "other sentences serve to judge explanations.",
    licence="The source names none; its texts are not shipped.",
    limits="Single sentences of English film reviews of before 2005, with the label of the whole sentence. The "
    "model often mistakes neutral sentences for others, and hardly recognises irony. It encodes the two parts apart, "
    "so what only both together say can escape it. It measures no opinion of anything else, and nothing about a "
    "writer.",
    command="python -m dualroute train sentiment --data DATA/rationale_sst --out runs/sentiment",
)
