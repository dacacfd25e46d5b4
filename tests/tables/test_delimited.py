"""Lines of cells: what separates them is found, no cell changes its column, and no row goes without a word."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualroute.tables import parse_table, read_table

MAIL = [("x", "h", "label"), ("Late parcel, again", 'He said "soon"', "delay"), ("Wrong\nsize", "", "return")]


def written(rows, delimiter=",", end="\n", **options) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end, **options).writerows(rows)
    return stream.getvalue()


def rows_of(content, name="mail.csv", **options) -> list[tuple]:
    return [tuple(record.values()) for record in parse_table(content, name, **options).records]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("end", "quoting"),
    [("\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_ALL), ("\r", csv.QUOTE_ALL)],
)
def test_delimiters_quotes_and_ends_of_lines(delimiter, end, quoting):
    table = parse_table(written(MAIL, delimiter, end, quoting=quoting), "mail.txt")
    assert table.columns == MAIL[0]
    assert [tuple(record.values()) for record in table.records] == MAIL[1:]
    assert table.notes == ()


CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from(',;\t|"\n '), max_size=12)
ROWS = st.lists(st.tuples(CELLS, CELLS, st.sampled_from(["delay", "return"])), min_size=1, max_size=8)


@given(ROWS, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n"]))
def test_a_quoted_table_is_read_as_it_was_written(rows, delimiter, end):
    """Unquoted, a cell of spaces alone would be cut."""
    content = written([("x", "h", "label"), *rows], delimiter, end, quoting=csv.QUOTE_ALL).encode()
    assert rows_of(content) == rows


@pytest.mark.parametrize("head", ["title;body, if any;topic", "title;body;topic"])
def test_a_delimiter_is_one_that_the_rows_share(head):
    assert rows_of(f"{head}\nOne, two;three;a\nFour;five, six;b\n")[1] == ("Four", "five, six", "b")


def test_the_delimiter_that_excel_names():
    table = parse_table("sep=;\r\nx;h\r\na, b;c\r\n", "x.csv")
    assert table.records == [{"x": "a, b", "h": "c"}]
    with pytest.raises(ValueError, match=r"row 1 \(line 3\)"):
        parse_table("sep=;\nx;h\na;b;c\n")


def test_names_are_stripped_and_keep_their_case():
    table = parse_table("\ufeffTitle , body,\tTopic\na, b,c\n", "x.csv")
    assert table.records == [{"Title": "a", "body": "b", "Topic": "c"}]


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_column_without_a_name_is_left_out_wherever_it_stands(place):
    rows = [("x", "h", "label"), ("Shares fall", "ok", "Business"), ("A draw", "", "Sports")]
    lines = [[*row[:place], "" if i == 0 else str(i - 1), *row[place:]] for i, row in enumerate(rows)]
    table = parse_table(written(lines), "x.csv")
    assert [tuple(record.values()) for record in table.records] == rows[1:]
    assert "column without a name" in table.notes[0]


def test_a_delimiter_at_the_end_of_every_line_is_no_cell():
    assert parse_table("x,h,\na,b,\nc,d,\n", "x.csv").records == [{"x": "a", "h": "b"}, {"x": "c", "h": "d"}]
    table = parse_table("id,message,intent\n1,late,delay,\n2,wrong,return,\n", "x.csv")
    assert table.records[0] == {"id": "1", "message": "late", "intent": "delay"}
    assert "every row ends with a delimiter" in table.notes[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "x,h,label\na,b,c\n\nd,e,f,g\n",
            r"row 2 \(line 4\) has 4 cells, but the first line names 3 columns; put a text",
        ),
        ("x,h,label\nyes, I do,h,\na,b,c\n", r"row 1 \(line 2\) has 4 cells"),
        ("x,h,label\na,b,c,\nd,e,f\n", r"row 1 \(line 2\) has 4 cells"),
        ("x,h,label\n1,a,b,c\n2,d,e,f\n", "every row is that long: name each column"),
        ('x,h,label\n"a\nb",b,c\nd,e,f,g\n', r"row 2 \(line 4\)"),
        ("x,h,x\na,b,c\n", "names the column 'x' twice"),
        ("x, x\na,b\n", "names the column 'x' twice"),
        ('x,h\na,b\n"c,d\ne,f\n', "begins in line 3 cannot be read: a quote is opened and never closed"),
        ('x,h\n"a" b,c\n', "line 2 cannot be read: .* double the quotes"),
        ('"x"y,h,label\na,b,c\n', "line 1 cannot be read"),
    ],
)
def test_what_does_not_fit_is_named_by_row_and_line(content, said):
    with pytest.raises(ValueError, match=r"^mail\.csv: .*" + said):
        parse_table(content, "mail.csv")


def test_a_short_row_may_lack_what_is_not_needed():
    content = "x,label,remark\na,b,c\n\nd,e\n"
    table = parse_table(content, "x.csv", ("x", "label"))
    assert table.records[1] == {"x": "d", "label": "e", "remark": ""}
    assert table.notes[1] == "1 row was short; cells that are missing count as empty (the first is row 2, line 4)"
    with pytest.raises(ValueError, match=r"row 2 \(line 4\) has 2 of 3 cells: its 'remark' is missing"):
        parse_table(content, "x.csv", ("x", "remark"))


def test_empty_lines_are_counted():
    table = parse_table("x,h\na,b\n,\n\n , \nc,d\n\n\n", "x.csv")
    assert [record["x"] for record in table.records] == ["a", "c"]
    assert table.notes == ("3 empty lines were left out",)


def test_stray_quotes_in_a_table_with_tabs_are_characters():
    assert rows_of('x\tlabel\n"Great" product\tgood\n5" screen\tbad\n', "x.tsv")[0] == ('"Great" product', "good")
    with pytest.raises(ValueError, match="line 2"):
        parse_table('x\tlabel\n"Great" product\tgood\n"a\tb\tc\n', "x.tsv")


def test_a_long_article_is_one_cell():
    article = "word " * 100_000
    assert rows_of(f"x,label\n{article},a\n")[0][0] == article


def test_cells_of_csv_stay_as_they_are_written(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("x,h,label\nNA,None,007\nnull,nan,1.0\n")
    assert [tuple(record.values()) for record in read_table(path).records] == [
        ("NA", "None", "007"),
        ("null", "nan", "1.0"),
    ]


def test_a_stray_quote_in_a_tab_file_takes_no_lines_in():
    lines = ['"Open title\tb0\tA', *(f"t{i}\tb{i}\tB" for i in range(50)), 'Closing"\tb9\tA']
    table = parse_table("title\tbody\ttopic\n" + "\n".join(lines), "q.tsv")
    assert [record["topic"] for record in table.records] == ["A", *["B"] * 50, "A"]
    assert table.records[0]["title"] == '"Open title'


def test_lines_inside_a_quoted_cell_are_noted_where_they_look_like_rows():
    (note,) = parse_table('x,h,label\n"open,b,L1\nx",y,L2\nz,w,L3', "x.csv").notes
    assert "look at its quotes (row 1, line 2)" in note
    assert parse_table('x,label\n"two\nlines",L1', "x.csv").notes == ()
