"""A table as Parquet: values and types come back; an invalid or too large table is refused with the limit."""

import base64
import io
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dualroute.app.components import answer_request, parquet

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "<img src=x onerror=alert(1)>",
    "${1+1}",
    "a\x00b",
    "\u202e",
    'a,"b"\n',
    "",
    "é\U0001f600",
)


def written(columns: list, rows: list) -> pa.Table:
    return pq.read_table(io.BytesIO(base64.b64decode(parquet({"columns": columns, "rows": rows})["file"])))


def test_values_types_and_empty_cells_come_back():
    sent = {"token": ["Rain", None], "gate": [0.1, 1e-300], "index": [1, None], "rerouted": [True, None]}
    table = written(list(sent), [list(row) for row in zip(*sent.values(), strict=True)])
    assert table.to_pydict() == sent
    kinds = [str(field.type) for field in table.schema]
    assert kinds == ["large_string", "double", "double", "bool"]


def test_an_empty_column_and_a_table_without_rows_keep_their_columns():
    assert written(["gate"], [[None], [None]]).to_pydict() == {"gate": [None, None]}
    assert str(written(["gate"], [[None]]).schema.field("gate").type) == "double"
    assert written(["token", "gate"], []).column_names == ["token", "gate"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_cells_and_names(text):
    assert written([text or "x"], [[text]]).to_pydict() == {text or "x": [text]}


def test_half_characters_are_replaced_as_in_a_browsers_file():
    asked = json.loads('{"columns": ["a\\ud800"], "rows": [["\\udc00b"]]}')
    assert written(**asked).to_pydict() == {"a\ufffd": ["\ufffdb"]}


def test_pandas_reads_it():
    file = parquet({"columns": ["token", "gate"], "rows": [["a", 0.25], ["b", 0.75]]})["file"]
    expected = pd.DataFrame({"token": ["a", "b"], "gate": [0.25, 0.75]})
    read = pd.read_parquet(io.BytesIO(base64.b64decode(file)))
    pd.testing.assert_frame_equal(read, expected, check_dtype=False)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (None, "must be an object, not NoneType"),
        ({}, "has no columns"),
        ({"columns": [], "rows": []}, "1 to 64 names"),
        ({"columns": ["a"] * 65, "rows": []}, "1 to 64 names"),
        ({"columns": ["a", "a"], "rows": []}, "same name"),
        ({"columns": [""], "rows": []}, "no name"),
        ({"columns": ["a" * 201], "rows": []}, "1 to 200 characters"),
        ({"columns": [3], "rows": []}, "1 to 200 characters"),
        ({"columns": ["a"]}, "has no rows"),
        ({"columns": ["a"], "rows": [[1, 2]]}, "lists of 1 cells"),
        ({"columns": ["a"], "rows": ["b"]}, "rows, each a list of cells"),
        ({"columns": ["a"], "rows": [["b"], [1]]}, "mixes"),
        ({"columns": ["a"], "rows": [[True], [1]]}, "mixes"),
        ({"columns": ["a"], "rows": [[{}]]}, "a number, true, false, null"),
        ({"columns": ["a"], "rows": [[10**400]]}, "a number, true, false, null"),
        ({"columns": ["a"], "rows": [["b" * 10_001]]}, "text of at most 10,000 characters"),
        ({"columns": ["a"], "rows": [[1]] * 50_001}, "at most 50,000 rows.* it has 50,001"),
        (
            {"columns": [str(i) for i in range(64)], "rows": [[None] * 64] * 16_000},
            "1,024,000 cells; at most 1,000,000",
        ),
        ({"columns": ["a"], "rows": [["b" * 10_000]] * 2_001}, "20,010,000 characters; at most 20,000,000"),
    ],
)
def test_what_is_no_table_or_too_large_is_reported(request_, said):
    with pytest.raises(ValueError, match=said):
        parquet(request_)


def test_the_page_gets_an_answer_in_any_case():
    assert answer_request(parquet, {"id": 7, "columns": ["a"], "rows": [[1]]}).keys() == {"id", "key", "file"}
    assert answer_request(parquet, {"id": 7, "columns": ["a"], "rows": [[[]]]})["error"].startswith(
        "rows must be a list"
    )
    assert "must be an object" in answer_request(parquet, ["no", "object"])["error"]
