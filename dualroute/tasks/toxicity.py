"""Toxic language: does a sentence alone say that it is the offending one, or must the rest of the post be read?

All posts of the data had been rated toxic, and annotators marked what makes them so. Whether a post got a mark can
hardly be learned, but which of its sentences got it can: a rude word is marked unless a worse one stands beside it.
"""

import hashlib
import json
from collections.abc import Iterable

from dualroute.sentences import sentences
from dualroute.tables import cell_text
from dualroute.tasks.base import Demo, Example, Marks, Question, Rationales, Span, Task

UNMARKED, TOXIC = "unmarked", "toxic"  # an unmarked sentence need not be harmless


def to_example(record: dict) -> Example:
    """Return a row of Toxic Spans: x a sentence of a post, h the rest of it, label whether half of the people marked x.

    The sentence is the one that `record["sentence"]` counts, without it one that a hash of the post chooses. A post
    of one sentence, or one that nobody has marked or cleared, has no label. In a table without lists,
    `annotator_spans` is JSON.
    """
    post, (start, end) = cell_text(record["x"], "x"), chosen_sentence(record)
    people = _annotators(record["annotator_spans"])
    marked = [bool(_inside(spans, (start, end))) for spans in people]
    rest = " ".join(filter(None, (post[:start].strip(), post[end:].strip())))
    return Example(
        x=post[start:end],
        h=rest,
        label=(TOXIC if 2 * sum(marked) >= len(marked) else UNMARKED) if rest and marked else "",
        id=cell_text(record.get("id"), "id"),
    )


def chosen_sentence(record: dict) -> Span:
    """Return [start, end) of the sentence of a post that its row is about."""
    post = cell_text(record["x"], "x")
    parts = sentences(post)
    number = record.get("sentence")
    if number is None:
        number = int.from_bytes(hashlib.sha256(post.encode()).digest()[:8]) % len(parts)
    return parts[number]


def other_sentences(records: list[dict]) -> list[dict]:
    """Return a further record for every sentence of a post that its row is not about."""
    return [
        record | {"sentence": number}
        for record in records
        for number, part in enumerate(sentences(cell_text(record["x"], "x")))
        if part != chosen_sentence(record)
    ]


def official_spans(record: dict) -> Marks | None:
    """Return the official spans in a row's sentence, if there are some, and those of each annotator."""
    sentence = chosen_sentence(record)
    spans = _inside(record["gold_spans"] or (), sentence)
    people = tuple(_inside(annotator, sentence) for annotator in _annotators(record["annotator_spans"]))
    return Marks(spans, spans, people) if spans else None


def _annotators(cell) -> list[list]:
    """Return the spans of each annotator, [start, end, type] each."""
    people = json.loads(cell) if isinstance(cell, str) and cell.strip() else cell
    if people and not isinstance(people, list):
        raise ValueError(f"annotator_spans must be a list with the spans of each annotator, not {cell!r:.80}")
    return people or []


def _inside(spans: Iterable, sentence: Span) -> tuple[Span, ...]:
    """Return the parts of spans of a post that lie in the sentence, counted from where its first word starts."""
    start, end = sentence
    cut = ((max(start, int(span[0])), min(end, int(span[1]))) for span in spans)
    return tuple((first - start, last - start) for first, last in cut if first < last)


RATIONALES = Rationales(
    questions=(
        Question("toxic", "Words that make a post toxic", "prediction:toxic", True, "character_f1", official_spans),
    ),
    opposite={"toxic": "unmarked", "unmarked": "toxic"},
)

# Written for this page, without offensive words.
DEMOS = (
    Demo("Only a fool would pay that much for a parking space.", "I walk to work.", ("toxic",)),
    Demo(
        "Only a fool would pay that much for a parking space.",
        "You are all stupid idiots, and so is your mayor.",
        ("unmarked",),
    ),
    Demo("Nobody with a brain believes this rubbish.", "The bridge will be closed for a year.", ("toxic",)),
    Demo("This is pathetic.", "The mayor wants to close the library again.", ("toxic",)),
    Demo("What a bunch of clowns.", "The council met again on Tuesday.", ("toxic",)),
    Demo("The council met again on Tuesday.", "What a bunch of clowns.", ("unmarked",)),
    Demo("The fool in the play is the wisest person on the stage.", "I enjoyed it a lot.", ("unmarked",)),
)

TASK = Task(
    name="toxicity",
    title="Toxic language",
    x_name="sentence",
    h_name="rest of the post",
    question="Which words offend or not depending on the rest of the post?",
    labels=(UNMARKED, TOXIC),
    columns=("x", "annotator_spans"),
    metric="auc",
    to_example=to_example,
    more_records=other_sentences,
    demos=DEMOS,
    rationales=RATIONALES,
    baselines=("tfidf_x", "tfidf_h", "tfidf_xh"),
    config={"dropout": 0.3, "content_layer": 0, "max_length": 80, "context_max_length": 128},
    training={
        "max_rows": 8_000,
        "epochs": 3,
        "budget": 0.02,
        "word_dropout": 0.2,
        "idle_cost": 0.05,
        "by_length": True,
        "gate_epochs": 5,
        "gate_router": "recurrent",
        "gate_router_size": 256,
        "largest_share": 0.15,
    },
    data="Toxic Spans (Pavlopoulos et al. 2021; SemEval-2021 task 5; posts from Civil Comments): 8,000 sentences of "
    "its training posts of two sentences or more. A sentence counts as toxic if half of the annotators marked a part "
    "of it. Of each post to measure on, one sentence is used, which a hash chooses.",
    licence="CC0 1.0. The posts are offensive: none of them is shipped.",
    limits="Not for moderation, and no judgement of any person. All posts it learned from had been rated toxic as a "
    "whole, so it only says where in such a post the offence was marked: “unmarked” is no “harmless”, and of a "
    "harmless post it calls sentences toxic too. Words that are often used to insult, names of groups of people among "
    "them, can tip it without any insult; an insult without such a word can pass. A sentence is read up to 80 tokens, "
    "the rest of its post up to 128.",
    command="python -m dualroute train toxicity --data DATA/rationale_toxicspans --out runs/toxicity",
)
