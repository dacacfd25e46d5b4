"""The tasks: how a record becomes a row."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from dualroute.tables import read_table
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


TABLES = {
    "support": {"x": "Yes.", "h": ["U: a taxi", "S: When?"], "label": "GetRide", "service": "Ride", "id": 7},
    "recommendations": {"x": "Heat (1995) | Crime", "h": ["Up (2009): 4", "Alien (1979): 2.5"], "label": "like"},
    "question-answering": {"x": "It fell sharply.", "h": "How?", "label": "sharply", "span": [8, 15]},
    "sentiment": {"tokens": ["It", "is", "n't", "bad"], "label": "positive"},
    "news": {"x": "title", "h": "text", "label": "World", "id": "n1"},
    "toxicity": {"x": "A post", "label": "toxic"},
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
    (tmp_path / "a.jsonl").write_text(json.dumps(record))
    pd.DataFrame([plain]).to_csv(tmp_path / "a.csv", index=False)
    row, same = (task.examples(read_table(tmp_path / f"a.{end}", task.columns).records)[0] for end in ("jsonl", "csv"))
    assert row == same
    assert replace(row, id="") == replace(task.to_example(record), id="")


def plain_text(column: str, value) -> str:
    if not isinstance(value, list):
        return str(value)
    return str(value) if column == "span" else (" " if column == "tokens" else "\n").join(value)


@pytest.mark.parametrize(("name", "record"), [(name, record) for name, record in TABLES.items() if "x" in record])
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
    for name in ("news", "support", "recommendations", "toxicity", "vqa-easy"):
        record = TABLES[name]
        assert len(get_task(name).examples([record | {"label": ""}, record, record | {"label": None}])) == 1


def test_an_unknown_task_is_reported():
    with pytest.raises(ValueError, match="there are news"):
        get_task("newz")


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_every_task_has_its_words_and_demonstrations(task):
    assert task.question.endswith("?")
    assert len(task.demos) >= 5
    assert all(x.strip() for x, _ in task.demos)
