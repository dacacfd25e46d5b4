"""Rows that a visitor brings: read as they are meant, and refused with words that help."""

import gzip

import pytest

from dualroute.app.contracts import MAX_ROWS
from dualroute.app.row_requests import MAX_TABLE_FILE
from dualroute.app.thresholds.rows import check_answers, check_labels, own_rows


def read(content: str | bytes, name: str = ""):
    return own_rows(content, name)[0]


TABLE = "x,h,label\nRates rise,The bank acted,Business\nA draw,,Sports\n"


def test_a_table_as_it_is_meant():
    first, second = read(TABLE)
    assert (first.x, first.h, first.label, first.id) == ("Rates rise", "The bank acted", "Business", "row 1")
    assert (second.h, second.id) == ("", "row 2")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_quotes_and_ends_of_lines(delimiter, end):
    lines = [delimiter.join(["Label", "x", "group", "id"]), delimiter.join(["Sports", '"a, b; c ""d""\n e"', "g", "7"])]
    (row,) = read("\ufeff" + end.join(lines) + end + end)
    assert (row.x, row.label, row.h, row.group, row.id) == ('a, b; c "d"\n e', "Sports", "", "g", "7")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line must name the columns"),
        ("a,b\n1,2", "no column 'x'; there are 'a', 'b'"),
        ("x,h\n1,2", "no column 'label'; there are 'x', 'h'"),
        ('"x"y,h,label\na,b,c', "line 1 cannot be read: .* double the quotes"),
        ("x,X,label\n1,2,3", "twice"),
        ('{"x": "a", "label": {"b": 1}}', "^row 1: label holds an object"),
        ('{"x": "a", "label": null}', "row 1 has an empty label"),
        ("x,label,x\n1,2,3", "twice"),
        ("x,label\n", "no rows"),
        ("x,label\n,,\n", "no rows|cells"),
        ("x,label\nonly one", r"row 1 \(line 2\) has 1 of 2 cells: its 'label' is missing"),
        ("x,label\na,b,c", r"row 1 \(line 2\) has 3 cells, but the first line names 2"),
        ("x,label\na,b\n ,c", "row 2 has an empty x"),
        ("x,label\na, ", "row 1 has an empty label"),
        ('x,label\n"a,b', "line 2 cannot be read: a quote is opened and never closed"),
        ("id,x,label\n1,a,b\n1,c,d", "same id"),
        ("x,label\n" + "a,b\n" * (MAX_ROWS + 1), f"at most {MAX_ROWS}"),
    ],
)
def test_what_is_no_table_is_named(text, said):
    with pytest.raises(ValueError, match=said):
        read(text)


SHARES = [("Shares fall", "ok", "Business"), ("Café: une 2e victoire", "", "Sports")]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (",x,h,label\n0,Shares fall,ok,Business\n1,Café: une 2e victoire,,Sports\n", ""),
        (
            '{"x":"Shares fall","h":"ok","label":"Business"}\n'
            '{"x":"Café: une 2e victoire","h":null,"label":"Sports"}\n',
            "",
        ),
        ('[{"x":"Shares fall","h":["ok"],"label":"Business"},{"x":"Café: une 2e victoire","label":"Sports"}]', ""),
        ("X;H;Label\r\nShares fall;ok;Business\r\nCafé: une 2e victoire;;Sports\r\n".encode("cp1252"), "own.csv"),
        ("X\tH\tLabel\r\nShares fall\tok\tBusiness\r\nCafé: une 2e victoire\t\tSports\r\n".encode("utf-16"), "own.TXT"),
        (
            gzip.compress("x,label,h\nShares fall,Business,ok\nCafé: une 2e victoire,Sports\n".encode(), mtime=0),
            "own.csv.gz",
        ),
    ],
)
def test_a_table_may_be_written_in_many_ways(content, name):
    assert [(row.x, row.h, row.label) for row in read(content, name)] == SHARES


def test_what_was_guessed_is_noted():
    rows, notes = own_rows("x,label\nCaf\xe9,1\n".encode("cp1252"), "own.csv")
    assert (rows[0].x, rows[0].label) == ("Café", "1")
    assert "read as cp1252" in notes[0]
    assert own_rows(TABLE)[1] == ()


def test_files_that_are_too_large_or_no_table_are_named():
    bomb = gzip.compress(b"x,label\n" + b"a,b\n" * MAX_TABLE_FILE)
    with pytest.raises(ValueError, match=r"^own\.csv\.gz: .*too large: at most 4,000,000 bytes"):
        own_rows(bomb, "own.csv.gz")
    with pytest.raises(ValueError, match=r"^own\.xlsx: expected one of"):
        own_rows(b"PK", "own.xlsx")
    with pytest.raises(ValueError, match=r"^own\.parquet: Parquet is not taken here"):
        own_rows(b"PAR1", "own.parquet")


def test_labels_and_answers_are_checked():
    rows = read(TABLE)
    check_labels(rows, ("Business", "Sports"))
    with pytest.raises(ValueError, match="row 2 has the label 'Sports'; there are Business, World"):
        check_labels(rows, ("Business", "World"))
    check_answers(read("x,label\nA draw at home,draw"))
    with pytest.raises(ValueError, match="row 1, 'win', does not stand in its x"):
        check_answers(read("x,label\nA draw at home,win"))
