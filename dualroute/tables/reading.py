"""The one way from a file, its bytes or a pasted text to records."""

import io
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dualroute.tables.cells import is_empty, whole_numbers
from dualroute.tables.columns import column_names, missing_column, repeated
from dualroute.tables.decoding import GZIP, Decoded, decode
from dualroute.tables.delimited import read_delimited
from dualroute.tables.json_rows import looks_like_json, read_json

_JSON, _PARQUET = (".jsonl", ".ndjson", ".json"), ".parquet"
_PLAIN = (".jsonl", ".csv", ".json", ".ndjson", ".tsv", ".txt")
# Endings of data files, in any case. Where a folder has two files of a split, the first of these is read.
ENDINGS = (*(f"{ending}{gz}" for ending in _PLAIN for gz in (".gz", "")), _PARQUET)
ENDINGS_IN_WORDS = f"{', '.join(_PLAIN)} (each also with .gz) or {_PARQUET}"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Table:
    """The rows of a file.

    name     name of the file, "" for a pasted text
    columns  names of the columns
    records  {column: cell} of every row; "" where a cell is missing. Cells of CSV are texts, those of JSON as they are
    notes    what was guessed or left out while reading, as parts of a sentence
    """

    name: str
    columns: tuple[str, ...]
    records: list[dict[str, Any]]
    notes: tuple[str, ...] = ()

    def log_notes(self) -> None:
        """Write the notes to the log."""
        for note in self.notes:
            logger.warning("%s: %s", self.name, note)


def read_table(path: str | Path, needed: tuple[str, ...] = ()) -> Table:
    """Return the rows of a data file with one of `ENDINGS`.

    needed  columns that there must be, in this spelling, and of which no row may lack the cell
    Raises FileNotFoundError, or ValueError that names the file and, where it can, row and line.
    """
    path = Path(path)
    if path.is_dir():
        raise FileNotFoundError(f"{path} is a folder; name a data file in it")
    if not path.is_file():
        raise FileNotFoundError(f"no data file {path}")
    _check_ending(path.name)
    return parse_table(path.read_bytes(), path.name, needed)


def parse_table(
    content: bytes | str,
    name: str = "",
    needed: tuple[str, ...] = (),
    known: tuple[str, ...] = (),
    most: int | None = None,
) -> Table:
    """Return the rows of a file's bytes, or of a text.

    name    name of the file; its ending says how the content is read, and without one the content does
    needed  as in `read_table`
    known   names that columns may have in any case, such as X for x
    most    limit of the unpacked bytes; with a limit, Parquet is refused, since few bytes of it can hold many rows
    Raises ValueError as `read_table` does.
    """
    _check_ending(name)
    try:
        records, notes = _records(content, name.lower(), needed, known, most)
    except ValueError as error:
        raise ValueError(f"{name}: {error}" if name else str(error)) from error
    return Table(name, tuple(records[0]), records, notes)


def _records(
    content: bytes | str, name: str, needed: tuple[str, ...], known: tuple[str, ...], most: int | None
) -> tuple[list[dict], tuple[str, ...]]:
    if name.endswith(_PARQUET) and isinstance(content, bytes):
        if most is not None:
            raise ValueError("Parquet is not taken here; save the table as CSV or JSON Lines")
        records, notes = _of_one_shape(_read_parquet(content), known)
    else:
        decoded = _decoded(content, name, most)
        if name.removesuffix(".gz").endswith(_JSON) or looks_like_json(decoded.text):
            records, notes = _of_one_shape(read_json(decoded.text), known)
        else:
            records, notes = read_delimited(decoded.text, needed, known)
        notes = [*decoded.notes, *notes]
    if not records:
        raise ValueError("the table has no rows")
    for column in needed:
        if column not in records[0]:
            raise ValueError(missing_column(column, records[0]))
    notes += filter(None, [whole_numbers(column, records) for column in records[0]])
    return records, tuple(notes)


def _decoded(content: bytes | str, name: str, most: int | None) -> Decoded:
    if isinstance(content, str):
        return Decoded(content)
    if name.endswith(".gz") and not content.startswith(GZIP):
        raise ValueError("the file is not packed by gzip; name it without .gz")
    return decode(content, most)


def _read_parquet(content: bytes) -> list[dict]:
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
        if twice := repeated(file.schema_arrow.names):
            raise ValueError(f"the file has the column {twice!r:.80} twice; give each column its own name")
        table = file.read()
    except (pyarrow.ArrowException, OSError) as error:
        raise ValueError(f"the Parquet file is broken: {error}") from error
    index = [name for name in table.column_names if name.startswith("__index_level_")]  # as pandas calls an unnamed one
    return table.drop_columns(index).to_pylist()


def _of_one_shape(rows: list[dict], known: tuple[str, ...]) -> tuple[list[dict], list[str]]:
    """Give all objects the same columns, with "" where a value is missing; leave out those without any value."""
    for number, row in enumerate(rows, 1):
        twice = repeated(column_names(row, known))
        if twice:
            raise ValueError(f"row {number:,} has the column {twice!r:.80} twice")
    names = {name: column_names([name], known)[0] for name in dict.fromkeys(name for row in rows for name in row)}
    blank = dict.fromkeys(filter(None, names.values()), "")
    filled = [
        {names[name]: value for name, value in row.items() if names[name] and not is_empty(value)} for row in rows
    ]
    records = [blank | row for row in filled if any(value != "" for value in row.values())]
    left_out = len(rows) - len(records)
    return records, [f"{left_out:,} of {len(rows):,} rows are empty and were left out"] if left_out else []


def _check_ending(name: str) -> None:
    if name and not name.lower().endswith(ENDINGS):
        raise ValueError(
            f"{name}: expected one of {ENDINGS_IN_WORDS}; save a spreadsheet or another table as CSV "
            "(in Excel: CSV UTF-8) or as JSON Lines"
        )
