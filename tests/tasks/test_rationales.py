"""What people marked, as characters of the text that a router reads."""

import pytest

from dualroute.tasks import get_task, rationales_of
from dualroute.tasks.base import Marks
from dualroute.tasks.sentiment import smallest_parts

SENTENCE = {
    "tokens": ["A", "dull", "heart", "of", "gold", ",", "and", "it", "is", "n't", "bad", "."],
    "token_label5": [2, 1, 2, 2, 3, 2, 2, 2, 2, 2, 1, 2],
    "phrases": [[0, 12, 3], [9, 11, 3], [2, 4, 3], [2, 5, 3], [0, 5, 3]],
    "label": "positive",
}
TEXT = "A dull heart of gold,"


def shown(spans) -> list[str]:
    return [TEXT[start:end] for start, end in spans]


def test_a_part_is_a_word_or_a_phrase_that_no_smaller_part_makes_up():
    assert smallest_parts(10, [8], [(0, 10), (2, 4), (6, 8), (6, 9), (5, 9)]) == [(2, 4), (6, 8), (8, 9)]
    with pytest.raises(ValueError, match="from 4 to 11"):
        smallest_parts(10, [], [(4, 11)])


def test_words_on_the_side_of_the_sentence_and_words_with_any_sentiment():
    """Words of the rest, such as "bad", are no words of x."""
    side, sentiment = rationales_of("sentiment").questions
    row = get_task("sentiment").to_example(SENTENCE)
    assert (row.x, row.h) == (TEXT, "and it isn't bad.")
    assert shown(side.marks_of(SENTENCE).words) == ["gold"]
    assert shown(side.marks_of(SENTENCE).parts) == ["heart of", "gold"]
    assert shown(sentiment.marks_of(SENTENCE).words) == ["dull", "gold"]
    assert shown(sentiment.marks_of(SENTENCE).parts) == ["dull", "heart of", "gold"]
    assert side.marks_of(SENTENCE | {"label": "negative"}).parts == ((2, 6),)
    for question in (side, sentiment):
        assert question.marks_of(SENTENCE | {"label": "neutral"}) is None


def test_the_official_spans_in_a_sentence_and_those_of_each_annotator():
    """A span that goes over the end of the sentence is cut to it."""
    (question,) = rationales_of("toxicity").questions
    record = {"x": "Nice day. You fool. Go.", "sentence": 1, "gold_spans": [[14, 18], [0, 4]]}
    record |= {"annotator_spans": [[[14, 18, "Insult"]], [[5, 13, "Insult"]], []]}
    row = get_task("toxicity").to_example(record)
    assert (row.x, row.h, row.label) == ("You fool.", "Nice day. Go.", "toxic")
    marks = question.marks_of(record)
    assert marks == Marks(((4, 8),), ((4, 8),), (((4, 8),), ((0, 3),), ()))
    assert [row.x[start:end] for start, end in marks.words] == ["fool"]
    assert question.marks_of(record | {"gold_spans": []}) is None
    assert question.marks_of(record | {"sentence": 2}) is None


def test_a_task_without_marked_words_is_refused():
    with pytest.raises(ValueError, match="no words marked by people; tasks that have are sentiment, toxicity"):
        rationales_of("news")
