"""The tasks: how a record becomes a row."""

import pytest

from dualroute.tasks import TASKS, get_task
from dualroute.tasks.sentiment import detokenize
from dualroute.tasks.support import recent


def test_news_row():
    row = get_task("news").to_example({"id": 1, "x": "title", "h": "text", "label": "World"})
    assert (row.x, row.h, row.label, row.id) == ("title", "text", "World", "1")


def test_support_row():
    record = {"x": "Yes.", "h": ["U: a taxi", "S: When?"], "label": "GetRide", "service": "RideSharing_1"}
    row = get_task("support").to_example(record)
    assert (row.h, row.group) == ("U: a taxi S: When?", "RideSharing_1")
    assert get_task("support").to_example(record | {"h": ""}).h == ""


def test_of_a_long_dialogue_the_last_turns_are_kept_whole():
    assert recent(["U: one two", "S: three four", "U: five"], words=5) == "S: three four U: five"
    assert recent(["U: much too long to fit"], words=2) == "U: much too long to fit"


def test_news_refuses_other_labels():
    with pytest.raises(ValueError, match="Weather"):
        get_task("news").examples([{"x": "a", "h": "b", "label": "Weather"}])


def test_treebank_tokens_become_ordinary_text_that_knows_their_places():
    tokens = ["It", "is", "n't", "``", "great", "''", "(", "sorry", ")", ",", "they", "'re", "late", "."]
    text, places = detokenize(tokens)
    assert text == "It isn't \"great\" (sorry), they're late."
    shown = [text[start:end] for start, end in places]
    assert shown == ["It", "is", "n't", '"', "great", '"', "(", "sorry", ")", ",", "they", "'re", "late", "."]
    assert get_task("sentiment").to_example({"tokens": tokens, "label": "neutral"}).x == text


def test_a_post_without_a_marked_span_is_not_called_harmless():
    task = get_task("toxicity")
    assert task.examples([{"x": "a", "label": "no_span"}, {"x": "b", "label": "toxic"}])[0].label == task.labels[0]
    with pytest.raises(ValueError, match="'mild'"):
        task.examples([{"x": "a", "label": "mild"}])


def test_an_unknown_task_is_reported():
    with pytest.raises(ValueError, match="there are news"):
        get_task("newz")


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_every_task_has_its_words_and_demonstrations(task):
    assert task.question.endswith("?")
    assert len(task.demos) >= 5
    assert all(x.strip() for x, _ in task.demos)
