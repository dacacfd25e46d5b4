"""Records of the five data sets to rows: the answer stands where the record says, in the text as the model sees it."""

import pytest

from dualroute.inputs import clean_text
from dualroute.tasks.question_answering import DEMOS, to_example

X = "Rain fell. It fell sharply."


@pytest.mark.parametrize(
    "fields",
    [
        {"passage_id": "squad", "span_ambiguous": 2},
        {"answer_tokens": [3], "validator_tokens": [[3]], "noncontiguous": False},
        {"practice": "x", "other_spans": [[0, 4]]},
        {"answerable": True, "spans": [[14, 26]], "domain": "books"},
    ],
)
def test_records_with_a_span(fields):
    row = to_example({"id": 1, "x": X, "h": "How?", "label": "fell sharply", "span": [14, 26]} | fields)
    assert row.x[slice(*row.answer)] == row.label == "fell sharply"
    assert (row.id, row.h, row.references) == ("1", "How?", ())


def test_several_right_answers():
    record = {
        "x": X,
        "h": "How?",
        "label": "It fell sharply",
        "answers": ["It fell sharply", "sharply"],
        "span": [19, 26],
    }
    assert to_example(record).references == ("It fell sharply", "sharply")
    assert to_example(record).answer == (19, 26)


@pytest.mark.parametrize("span", [None, "", []])
def test_rows_without_an_answer_in_the_passage(span):
    assert to_example({"x": X, "h": "Why?", "label": "", "span": span}).answer is None


def test_places_follow_what_cleaning_takes_away():
    written = "\u0007 Rain\u0007 fell. Rain fell again."
    start = written.rindex("fell")
    row = to_example({"x": written, "h": "What again?", "label": "fell", "span": [start, start + 4]})
    assert row.x == clean_text(written).text == "Rain fell. Rain fell again."
    assert row.answer == (16, 20)


def test_an_answer_that_cleaning_breaks_is_none():
    assert to_example({"x": "ra\u0007in fell", "h": "What?", "label": "ra\u0007in", "span": [0, 5]}).answer is None


def test_demonstrations_share_a_passage_and_differ_in_the_question():
    passages = [demo.x for demo in DEMOS]
    assert len(DEMOS) >= 5
    assert len(set(passages)) < len(passages)
    assert len(set(DEMOS)) == len(DEMOS)
