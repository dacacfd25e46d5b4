"""What people marked in the texts of a task: the words that an explanation is compared with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dualroute.tasks.base import Example
from dualroute.tasks.sentiment import ordinary
from dualroute.tasks.sentiment import to_example as to_sentence
from dualroute.tasks.toxicity import to_example as to_post

Span = tuple[int, int]  # [start, end) of characters


@dataclass(frozen=True)
class Marks:
    """What was marked in one text.

    words  the characters that are to be found;  parts  likewise for what is compared as spans
    people  what each single annotator marked, where that is known
    """

    words: tuple[Span, ...]
    parts: tuple[Span, ...]
    people: tuple[tuple[Span, ...], ...] = ()


@dataclass(frozen=True)
class Question:
    """One way to compare.

    target     what is attributed, a name as in `interpret.targets`; `{label}` is the row's own
    signed     whether a word must speak for the label; otherwise the size of its score counts
    metric     which of the measures is shown first
    marks_of   record -> what people marked, or None for a row that does not serve
    """

    name: str
    title: str
    target: str
    signed: bool
    metric: str
    marks_of: Callable[[dict], Marks | None]


@dataclass(frozen=True)
class Rationales:
    """How the records of a task's files become examples, and what can be asked of their marks.

    opposite  label -> the label whose texts its words are told apart from
    """

    to_example: Callable[[dict], Example]
    questions: tuple[Question, ...]
    opposite: dict[str, str]


def gold_spans(record: dict) -> Marks | None:
    """Toxic Spans: the official spans of a post that has some, and those of each annotator."""
    spans = _pairs(record["gold_spans"] or ())
    people = tuple(_pairs(annotator) for annotator in record["annotator_spans"])
    return Marks(spans, spans, people) if spans else None


def on_its_side(record: dict) -> Marks | None:
    """Treebank: the words people called positive in a positive sentence, negative in a negative one."""
    sides = {"positive": lambda value: value > 2, "negative": lambda value: value < 2}
    return _judged(record, sides[record["label"]]) if record["label"] in sides else None


def with_sentiment(record: dict) -> Marks | None:
    """Treebank: all words that people did not call neutral, in a sentence that is not neutral as a whole."""
    return _judged(record, lambda value: value != 2) if record["label"] != "neutral" else None


def smallest_parts(size: int, words: Iterable[int], phrases: Iterable[Span]) -> list[Span]:
    """[first, end) among `size` words: each marked word, and each marked phrase with no smaller marked part in it."""
    parts = [(word, word + 1) for word in words]
    for first, end in sorted(phrases, key=lambda phrase: phrase[1] - phrase[0]):
        if not 0 <= first < end <= size:
            raise ValueError(f"a phrase from {first} to {end} does not stand in {size} words")
        if not any(first <= start and stop <= end for start, stop in parts):
            parts.append((first, end))
    return sorted(parts)


def _judged(record: dict, serves: Callable[[int], bool]) -> Marks | None:
    """The words whose own label serves; as parts also phrases that no serving word or phrase makes up."""
    places = ordinary(record["tokens"])[1]
    words = [i for i, value in enumerate(record["token_label5"]) if serves(value)]
    phrases = [(first, end) for first, end, value in record["phrases"] if serves(value)]
    parts = smallest_parts(len(places), words, phrases)
    if not words:
        return None
    return Marks(tuple(places[i] for i in words), tuple((places[a][0], places[b - 1][1]) for a, b in parts))


def _pairs(spans: Iterable) -> tuple[Span, ...]:
    return tuple((int(span[0]), int(span[1])) for span in spans)


RATIONALES = {
    "sentiment": Rationales(
        to_sentence,
        (
            Question("side", "Words on the sentence's side", "prediction:{label}", True, "auprc", on_its_side),
            Question("sentiment", "Words with any sentiment", "prediction:{label}", False, "auprc", with_sentiment),
        ),
        {"positive": "negative", "negative": "positive"},
    ),
    "toxicity": Rationales(
        to_post,
        (Question("toxic", "Words that make a post toxic", "prediction:toxic", True, "character_f1", gold_spans),),
        {"toxic": "unmarked", "unmarked": "toxic"},
    ),
}


def rationales_of(task: str) -> Rationales:
    """Raises ValueError, naming the tasks that have some, for one without."""
    if task not in RATIONALES:
        raise ValueError(f"nobody marked words for {task!r}; people did for {', '.join(RATIONALES)}")
    return RATIONALES[task]
