"""What people marked, as characters of the text that a router reads."""

import pytest

from dualroute.tasks import get_task, rationales_of
from dualroute.tasks.base import Marks
from dualroute.tasks.sentiment import smallest_parts

SENTENCE = {
    "tokens": ["It", "is", "n't", "dull", ",", "a", "heart", "of", "gold", "."],
    "token_label5": [2, 2, 2, 1, 2, 2, 2, 2, 3, 2],
    "phrases": [[0, 10, 3], [2, 4, 3], [6, 8, 3], [6, 9, 3], [5, 9, 3]],
    "label": "positive",
}
TEXT = "It isn't dull, a heart of gold."


def shown(spans) -> list[str]:
    return [TEXT[start:end] for start, end in spans]


def test_a_part_is_a_word_or_a_phrase_that_no_smaller_part_makes_up():
    assert smallest_parts(10, [8], [(0, 10), (2, 4), (6, 8), (6, 9), (5, 9)]) == [(2, 4), (6, 8), (8, 9)]
    with pytest.raises(ValueError, match="from 4 to 11"):
        smallest_parts(10, [], [(4, 11)])


def test_words_on_the_side_of_the_sentence_and_words_with_any_sentiment():
    side, sentiment = rationales_of("sentiment").questions
    assert get_task("sentiment").to_example(SENTENCE).x == TEXT
    assert shown(side.marks_of(SENTENCE).words) == ["gold"]
    assert shown(side.marks_of(SENTENCE).parts) == ["n't dull", "heart of", "gold"]
    assert shown(sentiment.marks_of(SENTENCE).words) == ["dull", "gold"]
    assert shown(sentiment.marks_of(SENTENCE).parts) == ["dull", "heart of", "gold"]
    assert side.marks_of(SENTENCE | {"label": "negative"}).parts == ((9, 13),)
    for question in (side, sentiment):
        assert question.marks_of(SENTENCE | {"label": "neutral"}) is None


def test_the_official_spans_of_a_post_and_those_of_each_annotator():
    (question,) = rationales_of("toxicity").questions
    record = {"gold_spans": [[0, 4]], "annotator_spans": [[[0, 4, "Insult"]], []]}
    assert question.marks_of(record) == Marks(((0, 4),), ((0, 4),), (((0, 4),), ()))
    assert question.marks_of(record | {"gold_spans": []}) is None


def test_a_task_without_marked_words_is_refused():
    with pytest.raises(ValueError, match="no words marked by people; tasks that have are sentiment, toxicity"):
        rationales_of("news")
