"""Agreement with people in a table, a picture and a sentence: the numbers of the results and nothing else."""

import json

import pytest

from dualroute.report.blocks import blocks, choices
from dualroute.report.plausibility import plausibility_figure, plausibility_summary, plausibility_tables, reading

MEASURES = ("auprc", "f1", "iou", "iou_f1", "character_f1")
TITLES = {"exact": "Exact", "lime": "LIME", "gate": "Gate", "frequency": "Log-odds", "random": "Random"}
KINDS = {"exact": "attribution", "lime": "attribution", "gate": "model", "frequency": "control", "random": "control"}


def number(value: float) -> dict:
    return {"value": value, "ci": [value - 0.02, value + 0.02]}


def gain(size: float) -> dict:
    return {"difference": size, "ci": [size - 0.03, size + 0.03]}


def ranking(name: str, value: float) -> dict:
    entry = {"name": name, "title": TITLES[name], "kind": KINDS[name], "choice": {"kind": "share", "value": 0.1}}
    entry |= {measure: number(value) for measure in MEASURES}
    rivals = {"minus_frequency": value - 0.4, "minus_random": value - 0.1}
    return entry | {rival: dict.fromkeys(MEASURES, gain(size)) for rival, size in rivals.items()}


@pytest.fixture
def question() -> dict:
    values = {"random": 0.1, "exact": 0.42, "lime": 0.5, "frequency": 0.4, "gate": 0.2}
    people = {measure: number(0.6) for measure in MEASURES[1:]}
    asked = {"name": "toxic", "title": "Words", "target": "prediction:{label}", "signed": True, "marked_share": 0.1}
    asked |= {"metric": "character_f1", "people": people}
    return asked | {"methods": [ranking(name, value) for name, value in values.items()]}


@pytest.fixture
def results(question) -> dict:
    about = {"kind": "plausibility", "task": "toxicity", "checkpoint": "toxicity", "rows": 300, "words": 9000}
    return about | {"validation_rows": 100, "accuracy": 0.9, "questions": [question]}


def test_the_table_has_the_best_first_and_people_last(results):
    table = plausibility_tables(results)["toxic"]
    assert [row[0] for row in table.rows] == ["LIME", "Exact", "Log-odds", "Gate", "Random", "**a single person**"]
    best = dict(zip(table.columns, table.rows[0], strict=True))
    assert best["character F1 [95%]"] == "50.0 [48.0, 52.0]"
    assert best["gain over word's log-odds [95%]"] == "+10.0 [+7.0, +13.0]"
    assert best["chosen words"] == "highest 10%"
    people = dict(zip(table.columns, table.rows[-1], strict=True))
    assert (people["character F1 [95%]"], people["word F1"], people["AUPRC"]) == ("60.0 [58.0, 62.0]", "60.0", "")
    assert table.rows[2][table.columns.index("gain over word's log-odds [95%]")] == ""
    assert "300 test rows with 9,000 words; the label is predicted in 90.0%" in table.note
    assert "People marked 10.0% of the words; target prediction:LABEL, a word has to speak" in table.note


def test_the_summary_has_a_column_for_every_question(results, question):
    other = question | {"title": "Others", "metric": "auprc", "people": None}
    table = plausibility_summary(results | {"questions": [question, other]})
    assert table.columns == ("ranking", "Words: character F1 [95%]", "Others: AUPRC [95%]")
    assert table.rows[0] == ("LIME", "50.0 [48.0, 52.0]", "50.0 [48.0, 52.0]")
    assert table.rows[-1] == ("**a single person**", "60.0 [58.0, 62.0]", "")


def test_the_sentence_names_the_best_attribution_and_what_it_is_held_against(question):
    assert reading(question) == (
        "Of the attributions LIME agrees best with people (character F1 ×100: 50.0 [48.0, 52.0]): 10.0 points better "
        "than a word's log-odds in training [+7.0, +13.0] and 40.0 points better than a random order [+37.0, +43.0]. "
        "A single person reaches 60.0 [58.0, 62.0] against the marks of all."
    )
    question["methods"] = [entry for entry in question["methods"] if entry["name"] != "lime"]
    assert "no different from a word's log-odds in training [−1.0, +5.0]" in reading(question)
    question["methods"] = [entry for entry in question["methods"] if entry["kind"] != "attribution"]
    assert reading(question) == "No method of attribution was measured."


def test_the_picture_has_every_ranking_and_a_line_for_people(question):
    figure = plausibility_figure(question)
    shown = {title: x for trace in figure.data for title, x in zip(trace.y, trace.x, strict=True)}
    assert shown == {"LIME": 50, "Exact": 42, "Log-odds": 40, "Gate": 20, "Random": 10}
    assert [shape.x0 for shape in figure.layout.shapes] == [60]
    assert list(figure.layout.yaxis.categoryarray) == ["Random", "Gate", "Log-odds", "Exact", "LIME"]
    question["people"] = None
    assert not plausibility_figure(question).layout.shapes


def test_the_page_shows_each_question(results):
    stored = {"plausibility_toxicity": results}
    assert choices(stored)[1:] == [("Do people agree? Toxic language", "plausibility_toxicity")]
    shown = blocks("plausibility_toxicity", stored)
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    assert [block["kind"] for block in shown] == ["text", "heading", "text", "figure", "table"]
    assert shown[-1]["strong"] == [5]
