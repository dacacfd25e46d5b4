"""Rows written as lines of cells: CSV with commas, semicolons, tabs or bars."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from dualroute.tables.columns import column_names, repeated

csv.field_size_limit(2**31 - 1)  # a cell may be a whole article; by default the module refuses 128 KiB
DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 50  # rows from which the delimiter is guessed
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?(\r\n|\r|\n|$)', re.IGNORECASE)  # written and read by Excel
_QUOTES = "put a text that holds the delimiter, a quote or a line break in quotes, and double the quotes in it"

Row = tuple[int, list[str]]  # the line in which it begins, and its cells


def read_delimited(
    text: str, needed: tuple[str, ...] = (), known: tuple[str, ...] = ()
) -> tuple[list[dict[str, str]], list[str]]:
    """Return the rows of a table whose first line names the columns, as {column: cell}, and notes.

    needed  columns of which no row may lack the cell
    known   names that columns may have in any case
    Empty lines and columns without a name are left out. Raises ValueError that names the row and its line for a row
    with more cells than columns, or without a needed one, and for quotes that do not fit.
    """
    text = text.lstrip("\ufeff").rstrip("\r\n")
    delimiter, begin = _delimiter(text)
    rows = _rows(text[begin:], delimiter, text.count("\n", 0, begin))
    first = next((place for place, (_, cells) in enumerate(rows) if any(map(str.strip, cells))), len(rows))
    if first == len(rows):
        raise ValueError("the table is empty; the first line must name the columns")
    (_, head), *body = rows[first:]
    head = column_names(head, known)
    if twice := repeated(head):
        raise ValueError(f"the first line names the column {twice!r:.80} twice; give each column its own name")
    named = [place for place, name in enumerate(head) if name]
    notes, filled = [], [row for row in body if any(map(str.strip, row[1]))]
    if len(filled) < len(body):
        notes.append(f"{_count(len(body) - len(filled), 'empty line')} left out")
    notes += _swallowed(filled, head, delimiter) + _cut_surplus(filled, head)
    if any(
        cells[place].strip() for _, cells in filled for place in range(min(len(head), len(cells))) if not head[place]
    ):
        notes.append("a column without a name, such as the index of a table, was left out")
    notes += _pad(filled, head, needed)
    return [{head[place]: cells[place] for place in named} for _, cells in filled], notes


def _delimiter(text: str) -> tuple[str, int]:
    """The delimiter, and where the head begins: after a line `sep=;`, else the delimiter that makes the best table.

    Best is one that gives the first lines as many cells as the head, and then one that gives the head many cells.
    """
    if match := _SEPARATOR_LINE.match(text):
        return match[1], match.end()

    def fit(delimiter: str) -> tuple[bool, bool, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        head, *rows = [len(cells) for cells in islice(reader, SAMPLE) if cells] or [0]
        return head > 1, 2 * sum(width == head for width in rows) >= len(rows), head

    return max(DELIMITERS, key=fit), 0


def _rows(text: str, delimiter: str, before: int) -> list[Row]:
    """The rows; `before` lines stand above them.

    Programs that write tabs often leave quotes as they are. So quotes are characters of the text where every line of
    such a file then has as many cells as the first one.
    """
    plain = list(_parsed(text, delimiter, before, quotes=False)) if delimiter == "\t" else []
    if len({len(cells) for _, cells in plain if cells}) == 1 and not _quoted_cells(plain):
        return plain
    return list(_parsed(text, delimiter, before))


def _quoted_cells(rows: list[Row]) -> bool:
    """Whether every cell that begins with a quote also ends with one, in rows that were read without quotes."""
    cells = [cell for _, row in rows for cell in row if cell.startswith('"')]
    return bool(cells) and all(len(cell) > 1 and cell.endswith('"') for cell in cells)


def _parsed(text: str, delimiter: str, before: int, quotes: bool = True) -> Iterator[Row]:
    stream, quoting = io.StringIO(text, newline=""), csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    reader = csv.reader(stream, delimiter=delimiter, quoting=quoting, strict=True, skipinitialspace=True)
    line = before + 1
    try:
        for cells in reader:
            yield line, cells
            line = before + reader.line_num + 1
    except csv.Error as error:
        reason = "a quote is opened and never closed" if "unexpected end" in str(error) else str(error)
        raise ValueError(f"the row that begins in line {line:,} cannot be read: {reason}; {_QUOTES}") from error


def _swallowed(rows: list[Row], head: list[str], delimiter: str) -> list[str]:
    """A note on cells that hold what looks like a line of the table, as behind a quote that was left open."""
    found = [
        f"row {number:,}, line {line:,}"
        for number, (line, cells) in enumerate(rows, 1)
        if any("\n" in cell and _looks_like_a_row(cell, delimiter, len(head)) for cell in cells)
    ]
    if not found:
        return []
    return [
        f"{_count(len(found), 'cell')} read over several lines that look like rows; look at its quotes ({found[0]})"
    ]


def _looks_like_a_row(cell: str, delimiter: str, width: int) -> bool:
    return any(line.count(delimiter) >= max(1, width - 1) for line in cell.splitlines())


def _cut_surplus(rows: list[Row], head: list[str]) -> list[str]:
    """Cut empty cells that end every row but not the head; raise ValueError for any other row that is too long."""
    width, longest = len(head), [(number, row) for number, row in enumerate(rows, 1) if len(row[1]) > len(head)]
    if not longest:
        return []
    every = len(longest) == len(rows) and len({len(cells) for _, cells in rows}) == 1
    if every and not any(map(str.strip, (cell for _, cells in rows for cell in cells[width:]))):
        for _, cells in rows:
            del cells[width:]
        return ["every row ends with a delimiter that the first line does not have"]
    number, (line, cells) = longest[0]
    help = _QUOTES
    if every and len(rows) > 1:
        help = "every row is that long: name each column in the first line, also one with the numbers of the rows"
    raise ValueError(
        f"row {number:,} (line {line:,}) has {len(cells)} cells, but the first line names {width} columns; {help}"
    )


def _pad(rows: list[Row], head: list[str], needed: tuple[str, ...]) -> list[str]:
    """Fill short rows with empty cells; raise ValueError where the cell of a needed column is lacking."""
    short = []
    for number, (line, cells) in enumerate(rows, 1):
        lacking = [name for name in head[len(cells) :] if name]
        for name in lacking:
            if name in needed:
                raise ValueError(
                    f"row {number:,} (line {line:,}) has {len(cells)} of {len(head)} cells: its {name!r} is missing; "
                    "write an empty cell as two delimiters, and put a text with a line break in quotes"
                )
        if lacking:
            short.append(f"row {number:,}, line {line:,}")
        cells += [""] * (len(head) - len(cells))
    if not short:
        return []
    return [f"{_count(len(short), 'row')} short; cells that are missing count as empty (the first is {short[0]})"]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun} was" if number == 1 else f"{number:,} {noun}s were"
