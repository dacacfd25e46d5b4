"""Question answering: what of a passage can be an answer at all, and which word must read the question to know?"""

import json
import re

from dualroute.inputs import clean_text
from dualroute.tables import cell_items, cell_text
from dualroute.tasks.base import Demo, Example, Task


def to_example(record: dict) -> Example:
    """Return a row of SQuAD, QAMR, FairytaleQA, PolicyQA or SubjQA: x passage, h question, label answer, span in x.

    FairytaleQA has several correct `answers`. A row without a span has no answer in its passage.
    """
    original, h, label = (cell_text(record[column], column) for column in TASK.columns)
    passage = clean_text(original).text
    return Example(
        x=passage,
        h=h,
        label=label,
        id=cell_text(record.get("id"), "id"),
        answer=_cleaned_span(original, passage, _span(record.get("span"))),
        references=tuple(cell_items(record.get("answers"), "answers")),
    )


def _span(cell) -> list[int] | None:
    """Return the two numbers of a span, which a table without lists holds as the text `[3, 7]`."""
    if isinstance(cell, str) and re.fullmatch(r"\s*\[\s*\d+\s*,\s*\d+\s*\]\s*", cell):
        cell = json.loads(cell)
    if not cell:
        return None
    if not isinstance(cell, list | tuple) or len(cell) != 2:
        raise ValueError(f"span must be a list of two numbers, such as [3, 7], not {cell!r:.80}")
    return [*map(int, cell)]


def _cleaned_span(original: str, passage: str, span: list[int] | None) -> tuple[int, int] | None:
    """Return [start, end) in the cleaned passage of a span of the original one; None if cleaning broke it."""
    if span is None:
        return None
    start, end = map(int, span)
    if original != passage:
        answer, shift = original[start:end], len(original) - len(original.lstrip())
        places = [i for i in range(len(passage)) if passage.startswith(answer, i)]
        if not places:
            return None
        start = min(places, key=lambda place: abs(place - (start - shift)))
        end = start + len(answer)
    return start, end


DEMOS = (
    Demo(
        "Maria Lopez opened her bakery in Porto in 2009 with two ovens and a loan of 15,000 euros from her brother. "
        "Five years later she employed 23 people and sold bread in four cities.",
        "How many people did she employ?",
        ("23 people", "23"),
    ),
    Demo(
        "The old lighthouse on Gull Point was built in 1874 by Agnes Farrow, an engineer from Leeds. It was closed in "
        "1962, after a storm had broken its lamp, and today it houses a small museum.",
        "Who built the lighthouse?",
        ("Agnes Farrow", "Agnes Farrow, an engineer from Leeds"),
    ),
    Demo(
        "Honey bees tell one another where flowers are by dancing. A bee that returns to the hive runs in a figure of "
        "eight; the angle of the run shows the direction, and its length shows the distance.",
        "What shows the distance?",
        ("its length", "length"),
    ),
    Demo(
        "The river Tarn rises in the northern hills, runs through a deep gorge and reaches the sea near Melby. Its "
        "water drives three power stations, the largest of which supplies the city of Oran.",
        "Where does the river reach the sea?",
        ("near Melby", "Melby"),
    ),
    Demo(
        "We keep your e-mail address for two years after your last order. We share it with the courier who delivers "
        "your parcel, but never with advertisers. You may ask us to delete it at any time.",
        "With whom do you share my e-mail address?",
        ("the courier", "the courier who delivers your parcel"),
    ),
    Demo(
        "The old lighthouse on Gull Point was built in 1874 by Agnes Farrow, an engineer from Leeds. It was closed in "
        "1962, after a storm had broken its lamp, and today it houses a small museum.",
        "When was the lighthouse closed?",
        ("1962",),
    ),
)

TASK = Task(
    name="question-answering",
    title="Question answering",
    x_name="passage",
    h_name="question",
    question="Which words of the passage need to see the question?",
    labels=("start", "end"),
    to_example=to_example,
    columns=("x", "h", "label"),
    metric="f1",
    baselines=("nearest_sentence", "first_words", "random_span"),
    demos=DEMOS,
    config={
        "readout": "span",
        "reader": "bilinear",
        "left_out_layers": 3,
        "dropout": 0.3,
        "max_length": 256,
        "context_max_length": 48,
        "max_answer_length": 10,
    },
    training={
        "epochs": 4,
        "batch_size": 32,
        "learning_rate": 1e-3,
        "budget": 0.1,
        "largest_share": 0.5,
        "pool": ("qa_qamr",),
        "pool_rows": 8_000,
        "by_length": True,
    },
    data="SQuAD 1.1 in part (Rajpurkar et al. 2016): 4,000 questions on 800 paragraphs; and 8,000 questions of QAMR "
    "(Michael et al. 2018) on sentences of Wikipedia and Wikinews. Not trained on, but measured: FairytaleQA (Xu et "
    "al. 2022), PolicyQA (Ahmad et al. 2020) and SubjQA (Bjerva et al. 2020), where the answer stands in the passage.",
    licence="SQuAD CC BY-SA 4.0, QAMR MIT; for measuring alone FairytaleQA Apache-2.0, PolicyQA MIT, and SubjQA "
    "under the terms of its review sources, for research. No text of them is shipped.",
    limits="Weak beside models that read passage and question together: here they meet in one product only, which "
    "keeps every score an exact sum, and few questions were trained on. Always names some answer, of at most 10 "
    "tokens, from the first 256 tokens of the passage, also where there is none. On the three sets it was not trained "
    "on, whose answers are longer, a bare look-up of the nearest sentence scores higher. English only.",
    command="python -m dualroute train question-answering --data DATA/qa_squad --out runs/question-answering",
)
