"""Toxicity: can a word be taken as read so far, or must it be seen in the light of the words that follow?"""

from collections.abc import Iterable

from dualroute.tables import cell_text
from dualroute.tasks.base import Demo, Example, Marks, Question, Rationales, Span, Task

LABELS = {"no_span": "unmarked", "toxic": "toxic"}  # a post without a marked span need not be harmless


def to_example(record: dict) -> Example:
    """Return a row of Toxic Spans: x a post, label whether at least half of its annotators marked a part of it."""
    x, label = (cell_text(record[column], column) for column in TASK.columns)
    if label and label not in LABELS:
        raise ValueError(f"label {label!r} is not one of {', '.join(LABELS)}")
    return Example(x=x, h="", label=LABELS.get(label, ""), id=cell_text(record.get("id"), "id"))


def official_spans(record: dict) -> Marks | None:
    """Return the official spans of a post that has some, and those of each annotator."""
    spans = _spans(record["gold_spans"] or ())
    people = tuple(_spans(annotator) for annotator in record["annotator_spans"])
    return Marks(spans, spans, people) if spans else None


def _spans(spans: Iterable) -> tuple[Span, ...]:
    return tuple((int(span[0]), int(span[1])) for span in spans)


RATIONALES = Rationales(
    questions=(
        Question("toxic", "Words that make a post toxic", "prediction:toxic", True, "character_f1", official_spans),
    ),
    opposite={"toxic": "unmarked", "unmarked": "toxic"},
)

# Written for this page, without offensive words.
DEMOS = (
    Demo("What a silly plan, you clowns.", "", ("toxic",)),
    Demo("Thanks for the report. The new bus lane has helped a lot on our street.", "", ("unmarked",)),
    Demo("I don't agree with the mayor, but the budget had to be cut somewhere.", "", ("unmarked",)),
    Demo("Only a fool would pay that much for a parking space.", "", ("toxic",)),
    Demo("It was a foolish decision, though the council means well.", "", ("unmarked",)),
    Demo("Stop the nonsense and read the article before you comment.", "", ("unmarked",)),
    Demo("The fool in the play is the wisest person on the stage.", "", ("unmarked",)),
)

TASK = Task(
    name="toxicity",
    title="Toxic language",
    x_name="post",
    h_name="words that follow",
    question="Which words can't be understood until you've read on?",
    labels=tuple(LABELS.values()),
    metric="auc",
    to_example=to_example,
    demos=DEMOS,
    rationales=RATIONALES,
    baselines=("tfidf_x",),
    config={
        "context": "backward",
        "reader": "diagonal",
        "dropout": 0.3,
        "recurrent_size": 96,
        "hidden_size": 96,
        "max_length": 80,
    },
    training={
        "extra": ("extra_not_in_semeval",),
        "epochs": 2,
        "learning_rate": 1e-3,
        "budget": 0.01,
        "largest_share": 0.5,
        "by_length": True,
    },
    data="Toxic Spans (Pavlopoulos et al. 2021; SemEval-2021 task 5; posts from Civil Comments): its training posts, "
    "and four fifths of the further annotated posts that SemEval did not use, so that nearly a third carries no mark.",
    licence="CC0 1.0. The posts are offensive: none of them is shipped.",
    limits="Not for moderation, and no judgement of any person. All posts it learned from had been rated toxic by half "
    "of their raters, so it hardly tells the two classes apart: “unmarked” means that few annotators could point at a "
    "part, not that a post is harmless. What it shows is which words it took for the offending ones. Words that are "
    "often used to insult, names of groups of people among them, can tip it without any insult; an insult without "
    "such a word can pass. A post is read up to 80 tokens.",
    command="python -m dualroute train toxicity --data DATA/rationale_toxicspans --out runs/toxicity",
)
