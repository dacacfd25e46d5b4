"""Rows that a visitor pastes or uploads: read, checked, and turned into examples of the task.

Texts of evaluation rows, for those who have the data: looked up by id in a folder the server was started with.
"""

import base64
import csv
import io
import mimetypes
import os
from functools import lru_cache
from pathlib import Path

from dualroute.inputs import Pictures, clean_text, find_pictures
from dualroute.tasks import Example, get_task
from dualroute.tasks.base import read_records

MOST_ROWS = 300
MOST_CHARACTERS = 1_000_000
NEEDED = ("x", "label")
KNOWN = ("id", "x", "h", "label", "group")
DELIMITERS = (",", ";", "\t")


def read_own(text: str) -> list[Example]:
    """The rows of a table with the columns x, label, and if wanted h, id and group; the first line names them.

    Raises ValueError, naming the row, for what is no such table, has too many rows or characters, or an empty cell.
    """
    if not isinstance(text, str):
        raise ValueError(f"the rows must be text, not {type(text).__name__}")
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"the table has {len(text):,} characters; at most {MOST_CHARACTERS:,} are taken")
    records = _records(text.lstrip("\ufeff").strip("\r\n"))
    if len(records) > MOST_ROWS:
        raise ValueError(f"the table has {len(records):,} rows; at most {MOST_ROWS} are taken")
    rows = [_example(number, record) for number, record in enumerate(records, 1)]
    if len({row.id for row in rows}) < len(rows):
        raise ValueError("two rows have the same id")
    return rows


def _records(text: str) -> list[dict]:
    head = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, restkey="", restval=None)
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        lacking = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        raise ValueError(f"the first line must name the columns x, h and label; {lacking}")
    if len(set(names)) < len(names):
        raise ValueError("the first line names a column twice")
    reader.fieldnames = names
    try:
        records = [record for record in reader if any(record.get(name) for name in KNOWN)]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} is not a line of the table: {error}") from error
    if not records:
        raise ValueError("the table has a head and no rows")
    return records


def _example(number: int, record: dict) -> Example:
    if record.get("") or any(record.get(name) is None for name in NEEDED):
        raise ValueError(f"row {number} has not as many cells as the first line; put texts with commas in quotes")
    cells = {name: (record.get(name) or "").strip() for name in KNOWN}
    for name in NEEDED:
        if not cells[name]:
            raise ValueError(f"row {number} has an empty {name}")
    return Example(
        x=cells["x"], h=cells["h"], label=cells["label"], id=cells["id"] or f"row {number}", group=cells["group"]
    )


def check_labels(rows: list[Example], labels: tuple[str, ...]) -> None:
    """Raises ValueError for a label the checkpoint does not have."""
    for number, row in enumerate(rows, 1):
        if row.label not in labels:
            raise ValueError(f"row {number} has the label {row.label!r}; there are {', '.join(labels)}")


def check_answers(rows: list[Example]) -> None:
    """Raises ValueError for an answer that does not stand in its x."""
    for number, row in enumerate(rows, 1):
        if row.label not in row.x and row.label not in clean_text(row.x).text:
            raise ValueError(f"the label of row {number}, {row.label!r}, does not stand in its x")


DATA = "DUALROUTE_DATA"  # the variable that names the folder


def data_file(results: dict) -> Path | None:
    """The file that stored rows were made of, where it is at hand."""
    folder, names = os.environ.get(DATA), (results.get("folder"), results.get("data"))
    if not folder or not all(names):
        return None
    path = Path(folder).joinpath(*names)
    return path if path.is_file() else None


def find_row(results: dict, row_id: str) -> Example:
    """The row of this id. Raises ValueError where the data is not at hand, or has no such row."""
    path = data_file(results)
    if path is None:
        raise ValueError("the data set's texts are not at hand; start the page with serve --data FOLDER")
    found = _rows(results["task"], path).get(row_id)
    if found is None:
        raise ValueError(f"{path.name} has no row {row_id!r}")
    return found


def picture_url(results: dict, row: Example) -> str:
    """A row's picture as a `data:` URL of its own file. Raises ValueError or FileNotFoundError where there is none."""
    kind, _ = mimetypes.guess_type(row.image)
    file = Pictures(find_pictures(data_file(results))).read(row.image)
    return f"data:{kind or 'image/png'};base64,{base64.b64encode(file).decode()}"


@lru_cache(maxsize=3)
def _rows(task: str, path: Path) -> dict[str, Example]:
    return {row.id: row for row in get_task(task).examples(read_records(path)) if row.id}
