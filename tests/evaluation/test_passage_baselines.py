"""Baselines that look for an answer, by hand."""

import numpy as np
import pytest

from dualroute.data.splits import Splits
from dualroute.evaluation.baselines.simple import first_words, nearest_sentence, random_span
from dualroute.evaluation.statistics import TokenF1
from dualroute.tasks import Example

TRAIN = Splits([Example("x", "h", label) for label in ("one", "two words", "three words here")], [])
ROWS = [
    Example("Rain fell all day. The striker scored twice! Shares rose.", "Who scored twice?", "The striker"),
    Example("Talks failed", "What failed?", "Talks", references=("peace talks",)),
]


def test_the_sentence_most_like_the_question():
    assert nearest_sentence(TRAIN, ROWS).labels.tolist() == ["The striker scored twice!", "Talks failed"]


def test_as_many_words_as_an_answer_usually_has():
    answers = first_words(TRAIN, ROWS)
    assert answers.labels.tolist() == ["Rain fell", "Talks failed"]
    assert answers.choices == {"words": 2}


def test_a_random_span_is_a_part_of_the_passage_and_always_the_same():
    answers = random_span(TRAIN, ROWS).labels
    assert answers.tolist() == random_span(TRAIN, ROWS).labels.tolist()
    for answer, row in zip(answers, ROWS, strict=True):
        assert answer in row.x
        assert len(answer.split()) == 2


def test_answers_are_graded_by_their_words():
    grades = TokenF1().grade(np.array(["The striker scored twice!", "peace talks"], dtype=object), ROWS)
    assert grades.tolist() == pytest.approx([0.5, 1.0])
    assert TokenF1().extra_metrics(grades) == {"exact_match": 0.5}
