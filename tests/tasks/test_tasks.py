"""The tasks: how a record becomes a row."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from dualroute.tables import read_table
from dualroute.tasks import TASKS, get_task
from dualroute.tasks.sentiment import beginning, detokenize
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
    row = get_task("sentiment").to_example({"tokens": tokens, "label": "neutral"})
    assert f"{row.x} {row.h}" == text


@pytest.mark.parametrize(
    ("sentence", "x"),
    [
        ("A fine start , but a dull end .", "A fine start ,"),  # the pause nearest to the middle
        ("The acting is fine though the end is dull .", "The acting is fine"),  # a conjunction
        ("One two three four five six .", "One two three"),  # neither: the first half
        ("But it is all very very dull", "But it is"),  # not in the middle half
        ("Dull", "Dull"),
    ],
)
def test_a_sentence_begins_up_to_the_pause_or_conjunction_nearest_to_its_middle(sentence, x):
    tokens = sentence.split()
    assert tokens[: beginning(tokens)] == x.split()


POST = {"x": "It rains. You fools. Go home.", "annotator_spans": [[[10, 19, "Insult"]], []]}


def test_a_sentence_is_called_toxic_where_half_of_the_people_marked_a_part_of_it():
    task = get_task("toxicity")
    rows = task.examples([POST | {"sentence": number} for number in range(3)])
    assert [(row.x, row.h, row.label) for row in rows] == [
        ("It rains.", "You fools. Go home.", "unmarked"),
        ("You fools.", "It rains. Go home.", "toxic"),
        ("Go home.", "It rains. You fools.", "unmarked"),
    ]
    chosen = task.to_example(POST)
    others = [task.to_example(record) for record in task.more_records([POST])]
    assert sorted(row.x for row in (chosen, *others)) == ["Go home.", "It rains.", "You fools."]


def test_posts_of_one_sentence_and_posts_that_nobody_read_have_no_label():
    task = get_task("toxicity")
    short, unread = {"x": "You fools.", "annotator_spans": [[[0, 9, "Insult"]]]}, POST | {"annotator_spans": []}
    assert len(task.examples([short, POST, unread, POST | {"annotator_spans": None}])) == 1
    with pytest.raises(ValueError, match="annotator_spans must be a list"):
        task.examples([POST | {"annotator_spans": 7}])


TABLES = {
    "support": {"x": "Yes.", "h": ["U: a taxi", "S: When?"], "label": "GetRide", "service": "Ride", "id": 7},
    "recommendations": {"x": "Heat (1995) | Crime", "h": ["Up (2009): 4", "Alien (1979): 2.5"], "label": "like"},
    "question-answering": {"x": "It fell sharply.", "h": "How?", "label": "sharply", "span": [8, 15]},
    "sentiment": {"tokens": ["It", "is", "n't", "bad"], "label": "positive"},
    "news": {"x": "title", "h": "text", "label": "World", "id": "n1"},
    "toxicity": POST,
    "headlines": {"x": "The lead.", "h": "The rest.", "label": "A headline"},
    "emoji": {"x": "Flags / flag", "label": "Flag: Peru", "h_image": "a.png"},
    "vqa-easy": {"x": "what color?", "label": "red", "h_image": "a.png"},
}


def test_every_task_has_a_row_here():
    assert set(TABLES) == set(TASKS)


@pytest.mark.parametrize("name", TABLES)
def test_a_row_without_lists_is_the_same_row(name, tmp_path):
    """CSV has no lists: turns and films stand a line each, tokens a space apart, a span as a text."""
    task, record = get_task(name), TABLES[name]
    plain = {column: plain_text(column, value) for column, value in record.items()}
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(record)}\n" * 2)  # one object alone may be a table of columns
    pd.DataFrame([plain]).to_csv(tmp_path / "a.csv", index=False)
    row, same = (task.examples(read_table(tmp_path / f"a.{end}", task.columns).records)[0] for end in ("jsonl", "csv"))
    assert row == same
    assert replace(row, id="") == replace(task.to_example(record), id="")


def plain_text(column: str, value) -> str:
    if not isinstance(value, list):
        return str(value)
    if column == "annotator_spans":
        return json.dumps(value)
    return str(value) if column == "span" else (" " if column == "tokens" else "\n").join(value)


@pytest.mark.parametrize(
    ("name", "record"), [(name, record) for name, record in TABLES.items() if "label" in record and "x" in record]
)
def test_what_is_no_text_is_refused_by_every_task(name, record):
    task = get_task(name)
    for column in ("x", "label"):
        with pytest.raises(ValueError, match=f"^row 2: {column} holds an object"):
            task.examples([record, record | {column: {"a": 1}}])
        fewer = {key: value for key, value in record.items() if key != column}
        with pytest.raises(ValueError, match=f"^row 2: no column '{column}'"):
            task.examples([record, fewer])


@pytest.mark.parametrize("span", ["3-7", [1], [1, 2, 3], 5, "a"])
def test_a_span_that_is_none_is_refused(span):
    with pytest.raises(ValueError, match=r"^row 1: span must be a list of two numbers"):
        get_task("question-answering").examples([TABLES["question-answering"] | {"span": span}])


def test_rows_without_a_class_are_left_out():
    for name in ("news", "support", "recommendations", "vqa-easy"):
        record = TABLES[name]
        assert len(get_task(name).examples([record | {"label": ""}, record, record | {"label": None}])) == 1


def test_an_unknown_task_is_reported():
    with pytest.raises(ValueError, match="there are news"):
        get_task("newz")


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_every_task_has_its_words_and_demonstrations(task):
    assert task.question.endswith("?")
    assert len(task.demos) >= 5
    assert all(demo.x.strip() for demo in task.demos)
