"""Rows that a visitor brings: read as they are meant, and refused with words that help."""

import pytest

from dualroute.app.contracts import MAX_ROWS
from dualroute.app.thresholds.rows import check_answers, check_labels, read_table

TABLE = "x,h,label\nRates rise,The bank acted,Business\nA draw,,Sports\n"


def test_a_table_as_it_is_meant():
    first, second = read_table(TABLE)
    assert (first.x, first.h, first.label, first.id) == ("Rates rise", "The bank acted", "Business", "row 1")
    assert (second.h, second.id) == ("", "row 2")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_quotes_and_ends_of_lines(delimiter, end):
    lines = [delimiter.join(["Label", "x", "group", "id"]), delimiter.join(["Sports", '"a, b; c ""d""\n e"', "g", "7"])]
    (row,) = read_table("\ufeff" + end.join(lines) + end + end)
    assert (row.x, row.label, row.h, row.group, row.id) == ('a, b; c "d"\n e', "Sports", "", "g", "7")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line must name the columns"),
        ("a,b\n1,2", "x and label are missing"),
        ("x,h\n1,2", "label is missing"),
        ("x,label,x\n1,2,3", "twice"),
        ("x,label\n", "no rows"),
        ("x,label\n,,\n", "no rows|cells"),
        ("x,label\nonly one", "row 1 has not as many cells"),
        ("x,label\na,b,c", "row 1 has not as many cells"),
        ("x,label\na,b\n ,c", "row 2 has an empty x"),
        ("x,label\na, ", "row 1 has an empty label"),
        ('x,label\n"a,b', "line 2 is not a line|unexpected end"),
        ("id,x,label\n1,a,b\n1,c,d", "same id"),
        ("x,label\n" + "a,b\n" * (MAX_ROWS + 1), f"at most {MAX_ROWS}"),
    ],
)
def test_what_is_no_table_is_named(text, said):
    with pytest.raises(ValueError, match=said):
        read_table(text)


def test_labels_and_answers_are_checked():
    rows = read_table(TABLE)
    check_labels(rows, ("Business", "Sports"))
    with pytest.raises(ValueError, match="row 2 has the label 'Sports'; there are Business, World"):
        check_labels(rows, ("Business", "World"))
    check_answers(read_table("x,label\nA draw at home,draw"))
    with pytest.raises(ValueError, match="row 1, 'win', does not stand in its x"):
        check_answers(read_table("x,label\nA draw at home,win"))
