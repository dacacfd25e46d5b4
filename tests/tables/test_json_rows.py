"""Rows as JSON: values stay what they are, and what is no row is refused by its number or line."""

import json

import pandas as pd
import pytest

from dualroute.tables import parse_table
from dualroute.tasks import Example
from dualroute.tasks.base import custom_task

OWN = custom_task("x", "h", "y")


def examples(content: str | bytes, name: str = "mine.jsonl") -> list[Example]:
    return OWN.examples(parse_table(content, name, OWN.columns).records)


def lines(*rows: dict) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_integer_labels_keep_their_names_beside_a_missing_one():
    rows = [{"x": "a", "h": "", "y": 1}, {"x": "b", "h": "", "y": 2}, {"x": "c", "h": "", "y": None}]
    assert [row.label for row in examples(lines(*rows))] == ["1", "2"]
    assert [row.label for row in examples(lines(*rows[:2]))] == ["1", "2"]
    assert [row.label for row in examples(lines({"x": "c", "h": ""}, *rows[:2]))] == ["1", "2"]


@pytest.mark.parametrize("labels", [[1, 2, None], [0, 1, 1], [True, False, True], ["a", None, "b"], [0.5, 1.0, 2.5]])
@pytest.mark.parametrize("lines", [True, False])
def test_a_frame_has_the_same_labels_in_every_format(labels, lines, tmp_path):
    frame = pd.DataFrame({"x": ["a", "b", "c"], "h": ["d", "", "e"], "y": labels})
    as_json = examples(frame.to_json(orient="records", lines=lines).encode())
    as_csv = examples(frame.to_csv(index=False).encode(), "mine.csv")
    frame.to_parquet(tmp_path / "mine.parquet")
    as_parquet = examples((tmp_path / "mine.parquet").read_bytes(), "mine.parquet")
    assert as_json == as_parquet
    assert [(row.x, row.h) for row in as_json] == [(row.x, row.h) for row in as_csv]
    if labels != [True, False, True]:
        assert as_json == as_csv
        whole = [int(label) for label in labels if isinstance(label, int)]
        assert not whole or [row.label for row in as_json] == [str(label) for label in whole]


def test_booleans_are_called_as_in_csv():
    frame = pd.DataFrame({"x": ["a", "b"], "h": ["c", "d"], "y": [True, False]})
    assert examples(frame.to_json(orient="records", lines=True)) == examples(frame.to_csv(index=False), "mine.csv")
    assert [row.label for row in examples(lines({"x": "a", "h": "", "y": True}))] == ["True"]


def test_zero_false_and_an_empty_text_are_told_apart():
    rows = [{"x": "a", "h": "", "y": y} for y in (0, False, "", 0.0)]
    assert [row.label for row in examples(lines(*rows[:2]))] == ["0", "False"]
    assert [row.label for row in examples(lines(rows[2], rows[0]))] == ["0"]
    assert [row.label for row in examples(lines(rows[3]))] == ["0.0"]


def test_long_integers_stay_whole():
    (row,) = examples('{"x": 123456789012345678901, "h": 10000000000000000001, "y": 98765432109876543210}')
    assert (row.x, row.h, row.label) == ("123456789012345678901", "10000000000000000001", "98765432109876543210")


def test_a_list_is_a_text_with_an_item_a_line():
    (row,) = examples('{"x": ["yes", 2], "h": ["Are you there?", null, NaN, "Hello?"], "y": ["a"]}')
    assert row == Example("yes\n2", "Are you there?\nHello?", "a", "row 1")


def test_nan_is_an_empty_cell():
    rows = examples('{"x": "a", "h": NaN, "y": 3}\n{"x": "b", "h": "c", "y": NaN}')
    assert rows == [Example("a", "", "3", "row 1")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"x": {"text": "a"}, "h": "", "y": "b"}, "x holds an object"),
        ({"x": "a", "h": {"text": "a"}, "y": "b"}, "h holds an object"),
        ({"x": "a", "h": [{"text": "a"}], "y": "b"}, "h holds a list of an object"),
        ({"x": "a", "h": [["a"]], "y": "b"}, "h holds a list of a list"),
        ({"x": "a", "h": "", "y": {"name": "b"}}, "y holds an object"),
        ({"x": "a", "h": "", "y": ["b", "c"]}, "y holds 2 labels"),
    ],
)
def test_what_is_no_text_is_refused_with_its_row(row, said):
    with pytest.raises(ValueError, match=f"^row 2: {said}"):
        examples(lines({"x": "a", "h": "", "y": "b"}, row))


@pytest.mark.parametrize("name", ["mine.json", "mine.jsonl", "mine.txt", ""])
def test_one_list_of_objects_written_over_several_lines_or_one(name):
    rows = [{"x": "a", "h": "b", "y": "c"}, {"x": "d", "h": "é", "y": "f"}]
    for indent in (None, 2):
        assert [row.h for row in examples(json.dumps(rows, indent=indent), name)] == ["b", "é"]
    pretty = "\n".join(json.dumps(row, indent=2) for row in rows)
    assert [row.h for row in examples(pretty, name)] == ["b", "é"]


def test_a_mark_at_the_start_and_empty_lines_are_skipped():
    text = lines({"x": "a", "h": "b", "y": "c"}) + "\r\n\n" + lines({"x": "d", "h": "e", "y": "f"})
    assert len(examples(b"\xef\xbb\xbf" + text.encode())) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"x": "a"}\n\n{"x": "b", "h": }\n', "line 3 is not JSON, at its character 17"),
        ('{"x": "a"}\n{"x": "b\n', "line 2 is not JSON"),
        ("{'x': 'a'}\n", "line 1 is not JSON"),
        ("x,h\na,b\n", "line 1 is not JSON"),
        ('["a", "b"]\n["c", "d"]\n', 'row 1 is a list; each row must be an object, such as {"x"'),
        ('{"x": "a"}\n3\n', "row 2 is the value 3"),
        ("[null]", r"row 1 is empty \(null\)"),
        ('{"x": "a", "x": "b"}', "line 1: an object has 'x' twice"),
        ('{"x": "a", "x ": "b"}', "row 1 has the column 'x' twice"),
        ('{"x": ' + "[" * 100_000, "line 1"),
        ('{"x": ' + "1" * 5_000 + "}", "line 1"),
        ("", "no rows"),
        ("[]", "no rows"),
        ("{}\n{}", "no rows"),
        (
            '{"x":{"0":"a","1":"b"},"y":{"0":"c","1":"d"}}',
            "one object that holds columns or rows of a table; with",
        ),
    ],
)
def test_what_is_no_row_is_named(text, said):
    with pytest.raises(ValueError, match=r"^mine\.jsonl: .*" + said):
        parse_table(text, "mine.jsonl")


def test_objects_may_lack_values_and_order_their_names_otherwise():
    table = parse_table('{"x": "a", "y": 1}\n{}\n{"y": 2, "h": [], "x": null}\n', "mine.jsonl")
    assert table.columns == ("x", "y", "h")
    assert table.records == [{"x": "a", "y": 1, "h": ""}, {"x": "", "y": 2, "h": []}]
    assert table.notes == ("1 of 3 rows are empty and were left out",)
