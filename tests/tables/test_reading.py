"""Which files are read, how a column is found, and what a cell is as text."""

import datetime
import gzip
import json

import numpy as np
import pandas as pd
import pytest

from dualroute.tables import ENDINGS, cell_items, cell_text, missing_column, parse_table, read_table
from dualroute.tasks.base import find_split

ROWS = [{"x": "a", "label": "b"}, {"x": "c, d", "label": "e"}]
CSV = 'x,label\na,b\n"c, d",e\n'
JSONL = "".join(json.dumps(row) + "\n" for row in ROWS)


@pytest.mark.parametrize("ending", [*ENDINGS, ".CSV", ".Tsv.GZ", ".JSONL"])
def test_every_ending_in_any_case(ending, tmp_path):
    path, plain = tmp_path / f"rows{ending}", ending.lower().removesuffix(".gz")
    if plain == ".parquet":
        pd.DataFrame(ROWS, index=[5, 9]).to_parquet(path)
    else:
        content = (JSONL if plain in (".jsonl", ".json", ".ndjson") else CSV).encode()
        path.write_bytes(gzip.compress(content) if ending.lower().endswith(".gz") else content)
    assert read_table(path).records == ROWS
    assert find_split(tmp_path, "rows") == path


def test_the_content_tells_where_the_ending_does_not():
    assert parse_table(JSONL.encode(), "rows.txt").records == parse_table(JSONL).records == ROWS
    assert parse_table(CSV).records == ROWS
    assert parse_table(gzip.compress(CSV.encode())).records == ROWS


def test_other_files_are_refused_with_the_way_out(tmp_path):
    with pytest.raises(FileNotFoundError, match="no data file"):
        read_table(tmp_path / "nothing.csv")
    with pytest.raises(FileNotFoundError, match="is a folder; name a data file in it"):
        read_table(tmp_path)
    for name in ("rows.xlsx", "rows", "rows.zip"):
        (tmp_path / name).write_bytes(b"PK")
        with pytest.raises(ValueError, match=rf"{name}: expected one of .*\.csv.*; save a spreadsheet"):
            read_table(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="no train file in"):
        find_split(tmp_path, "train")


def test_a_missing_column_is_named_with_its_near_name(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("Title , the body,topic\na,b,c\n")
    assert read_table(path, ("Title", "topic")).columns == ("Title", "the body", "topic")
    with pytest.raises(
        ValueError, match=r"^mine\.csv: no column 'title' \(did you mean 'Title'\?\); there are 'Title'"
    ):
        read_table(path, ("title",))
    assert "(did you mean 'the body'?)" in missing_column("TheBody", ["the body"])
    assert missing_column("y", ["x", "h"]) == "no column 'y'; there are 'x', 'h'"


def test_known_names_are_found_in_any_case():
    for content in ("X,Label,Extra\na,b,c\n", '{"X": "a", "Label": "b", "Extra": "c"}'):
        table = parse_table(content, needed=("x", "label"), known=("x", "label"))
        assert table.columns == ("x", "label", "Extra")
        with pytest.raises(ValueError, match="no column 'x'"):
            parse_table(content, needed=("x",))
    with pytest.raises(ValueError, match="'x' twice"):
        parse_table("x,X\na,b\n", known=("x",))


def test_whole_numbers_beside_an_empty_cell_lose_their_point():
    table = parse_table("x,y,z\na,1.0,1.5\nb,,\nc,2.0,2.0\n")
    assert [record["y"] for record in table.records] == ["1", "", "2"]
    assert [record["z"] for record in table.records] == ["1.5", "", "2.0"]
    assert table.notes == ("the numbers of column 'y' are read as whole ones, without \".0\", as it has empty cells",)
    assert [record["y"] for record in parse_table("x,y\na,1.0\nb,2.0\n").records] == ["1.0", "2.0"]
    assert [record["y"] for record in parse_table("x,y\na,1.0\nb,\nc,v2.0\n").records] == ["1.0", "", "v2.0"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  a ", "  a "),
        (7, "7"),
        (0, "0"),
        (1.5, "1.5"),
        (True, "True"),
        (None, ""),
        (float("nan"), ""),
        (np.float64("nan"), ""),
        (pd.NA, ""),
        (pd.NaT, ""),
        (np.int64(3), "3"),
        (np.bool_(False), "False"),
        (np.str_("a"), "a"),
        (["a", None, 2], "a\n2"),
        (("a", "b"), "a\nb"),
        (np.array(["a", "b"]), "a\nb"),
        ([], ""),
        (datetime.date(2026, 3, 1), "2026-03-01"),
    ],
)
def test_a_cell_as_text(value, text):
    assert cell_text(value, "x") == text


@pytest.mark.parametrize("value", [{}, {"a": 1}, [["a"]], [{"a": 1}], b"a", {1}])
def test_what_is_no_cell(value):
    with pytest.raises(ValueError, match=r"^x holds .*; it must be a text"):
        cell_text(value, "x")


def test_items_of_a_list_or_of_lines():
    assert cell_items(["U: hi", None, "S: a\nb"], "h") == ["U: hi", "S: a\nb"]
    assert cell_items("U: hi\n\nS: yes", "h") == ["U: hi", "S: yes"]
    assert cell_items(None, "h") == cell_items("", "h") == cell_items([], "h") == []
