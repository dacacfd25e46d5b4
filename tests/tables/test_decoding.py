"""Bytes become the text that was written, or the reader says why not."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualroute.tables import parse_table

TEXT = "x;h;label\nCafé für Öl, „gut“;naïve;délai\n日本?;Ω;b\n"
WESTERN = "x;h;label\nCafé für Öl;naïve € – “quoted”;délai\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_form_of_unicode(encoding, end):
    table = parse_table(TEXT.replace("\n", end).encode(encoding), "x.csv")
    assert table.columns == ("x", "h", "label")
    assert [record["x"] for record in table.records] == ["Café für Öl, „gut“", "日本?"]
    assert bool(table.notes) == (encoding in ("utf-16-le", "utf-16-be"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_unicode_of_two_bytes_that_is_mostly_not_ascii(encoding):
    text = "x,h,label\n" + "一二三四五六七八九十Жжж,百千万一丁七,零\n" * 40
    assert parse_table(text.encode(encoding), "x.csv").records[0]["x"] == "一二三四五六七八九十Жжж"
    rows = '{"x": "一", "label": "百"}\n'
    assert parse_table(rows.encode(encoding), "x.jsonl").records == [{"x": "一", "label": "百"}]


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1), st.sampled_from(["utf-8", "utf-16", "utf-32"])
)
def test_any_text_comes_back(text, encoding):
    content = 'x,label\n"' + text.replace('"', '""') + '",a\n'
    assert parse_table(content.encode(encoding)).records == [{"x": text, "label": "a"}]


def test_western_bytes_are_read_with_a_note():
    table = parse_table(WESTERN.encode("cp1252"), "x.csv")
    assert table.records[0] == {"x": "Café für Öl", "h": "naïve € – “quoted”", "label": "délai"}
    assert "not UTF-8 and was read as cp1252" in table.notes[0]
    table = parse_table("x,label\nCaf\xe9 \x81,a\n".encode("latin-1"), "x.csv")
    assert (table.records[0]["x"][:4], "Latin-1" in table.notes[0]) == ("Café", True)


def test_broken_utf8_is_said_with_its_line():
    content = "x,label\nCafé,a\nCaf@é für,b\n".encode().replace(b"@", b"\xc3")
    table = parse_table(content, "x.csv")
    assert table.records[1]["x"] == "Caf\ufffdé für"
    assert table.notes == ("the UTF-8 is broken in one place, replaced by \ufffd; the first is in line 3",)


def test_a_replaced_character_that_was_in_the_file_is_no_break():
    assert parse_table("x,label\nCaf\ufffd,a\n".encode(), "x.csv").notes == ()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", b"PK\x03\x04" + bytes(30), "zip archive or a spreadsheet; save the table as CSV"),
        ("x.csv", b"\x89PNG\r\n\x1a\n" + bytes(30), "a picture"),
        ("x.csv", bytes(range(256)) * 4, "no text"),
        ("x.csv", b"x,label\na\x00b,c\n", "zero bytes"),
        ("x.csv", bytes([1, 2, 3, 4, 200, 201, 5, 6]) * 9, "no text"),
        ("x.csv", bytes([1, 2, 3, 65]) * 9, "no text"),
        ("x.csv.gz", b"x,label\na,b\n", "not packed by gzip; name it without .gz"),
        ("x.csv.gz", gzip.compress(b"x,label\na,b\n")[:-6], "gzip file is broken"),
        ("x.csv.gz", gzip.compress(b"x,label\na,b\n")[:12] + b"abc", "gzip file is broken"),
        ("x.csv", "x,label\né,b\n".encode("utf-16")[:-1], "UTF-16-LE and is broken at byte"),
        ("x.csv", b"", "the table is empty; the first line must name the columns"),
        ("x.csv", b" \n\n", "the table is empty"),
        ("x.csv", b"\xef\xbb\xbf", "the table is empty"),
        ("x.csv", b"x,label\n", "no rows"),
        ("x.jsonl", b"", "no rows"),
        ("x.parquet", b"PAR1", "Parquet file is broken"),
    ],
)
def test_files_that_are_no_tables_are_named(name, content, said):
    with pytest.raises(ValueError, match=rf"^{name}: .*{said}"):
        parse_table(content, name)


def test_packed_files_are_unpacked_up_to_a_limit():
    content = gzip.compress(b"x,label\n" + b"a,b\n" * 100_000)
    assert len(parse_table(content, "x.csv.gz").records) == 100_000
    with pytest.raises(ValueError, match="too large: at most 1,000 bytes"):
        parse_table(content, "x.csv.gz", most=1_000)
    with pytest.raises(ValueError, match="Parquet is not taken here"):
        parse_table(b"PAR1", "x.parquet", most=1_000)
