"""Rows that visitors and programs send: read, checked and traced; and the texts of evaluation rows, looked up by id.

The texts are in a folder that the server was started with; the page brings none along.
"""

import base64
import mimetypes
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from dualroute.app.contracts import MAX_ROWS
from dualroute.app.models import get_router
from dualroute.app.row_requests import MAX_TABLE_FILE
from dualroute.checkpoints import Checkpoint, files_of
from dualroute.inputs import Pictures, clean_text, find_pictures
from dualroute.rows.corpus import without_context_tokens
from dualroute.tables import cell_text, parse_table, read_table
from dualroute.tasks import Example, Task, get_task
from dualroute.tasks.base import class_name
from dualroute.trace.record import Trace
from dualroute.values import as_named

DATA = "DUALROUTE_DATA"  # the environment variable that names the folder of the texts
NEEDED = ("x", "label")
KNOWN = ("id", "x", "h", "label", "group")


def own_rows(content: str | bytes, name: str = "") -> tuple[list[Example], tuple[str, ...]]:
    """The rows of a visitor's table, a pasted text or the bytes of the file `name`; and what was noticed in reading it.

    It has the columns x and label, and optionally h, id and group, in any case. Raises ValueError, naming the row, for
    any other table, too many rows or an empty cell.
    """
    table = parse_table(content, name, NEEDED, KNOWN, MAX_TABLE_FILE)
    if len(table.records) > MAX_ROWS:
        raise ValueError(f"the table has {len(table.records):,} rows; at most {MAX_ROWS} are taken")
    rows = [_example(number, record) for number, record in enumerate(table.records, 1)]
    if len({row.id for row in rows}) < len(rows):
        raise ValueError("two rows have the same id")
    return rows, table.notes


def _example(number: int, record: dict) -> Example:
    try:
        cells = {name: cell_text(record.get(name), name).strip() for name in KNOWN}
        cells["label"] = class_name(record["label"])
    except ValueError as error:
        raise ValueError(f"row {number}: {error}") from error
    for name in NEEDED:
        if not cells[name]:
            raise ValueError(f"row {number} has an empty {name}")
    return Example(
        x=cells["x"], h=cells["h"], label=cells["label"], id=cells["id"] or f"row {number}", group=cells["group"]
    )


def trace_rows(name: str, rows: list[Example]) -> Iterator[Trace]:
    """The trace of each row, with its context as one token; one after the other, so that a caller can stop.

    Raises ValueError, naming the row, for rows that the checkpoint `name` cannot be measured on.
    """
    checkpoint = Checkpoint.read(files_of(name).folder)
    if checkpoint.writes_text:
        raise ValueError("this checkpoint writes its answer: every θ is a run of its own, and there is no curve")
    if checkpoint.h_is_image:
        raise ValueError("the context of this checkpoint is a picture, and a table holds none")
    router = get_router(name)
    labels = tuple(router.model.config.label_names)
    check_answers(rows) if checkpoint.has_spans else check_labels(rows, labels)
    return (_trace_row(router, number, row) for number, row in enumerate(rows, 1))


def task_of(name: str) -> Task:
    """The task of a checkpoint, which gives the metric."""
    return Checkpoint.read(files_of(name).folder).task


def _trace_row(router, number: int, row: Example) -> Trace:
    try:
        return without_context_tokens(router.trace(row.x, row.h))
    except ValueError as error:
        raise ValueError(f"row {number}: {error}") from error


def check_labels(rows: list[Example], labels: tuple[str, ...]) -> None:
    """Raise ValueError for a label the checkpoint does not have."""
    for number, row in enumerate(rows, 1):
        if as_named(row.label, labels) not in labels:
            raise ValueError(f"row {number} has the label {row.label!r}; there are {', '.join(labels)}")


def check_answers(rows: list[Example]) -> None:
    """Raise ValueError for an answer that does not stand in its x."""
    for number, row in enumerate(rows, 1):
        if row.label not in row.x and row.label not in clean_text(row.x).text:
            raise ValueError(f"the label of row {number}, {row.label!r}, does not stand in its x")


def data_file(results: dict) -> Path | None:
    """The file that stored rows were made of; None where the server does not have it."""
    root, folder, name = os.environ.get(DATA), results.get("folder"), results.get("data")
    if not root or not folder or not name:
        return None
    places = Path(root) / folder / name, Path(root) / name
    return next((path for path in places if path.is_file()), None)


def find_row(results: dict, row_id: str) -> Example:
    """The row of this id. Raises ValueError where the server does not have the data, or the data no such row."""
    path = data_file(results)
    if path is None:
        raise ValueError("the data set's texts are not at hand; start the page with serve --data FOLDER")
    row = _rows(results["task"], path).get(row_id)
    if row is None:
        raise ValueError(f"{path.name} has no row {row_id!r}")
    return row


def picture_url(results: dict, row: Example) -> str:
    """A row's picture as a `data:` URL of its own file. Raises ValueError or FileNotFoundError where there is none."""
    kind, _ = mimetypes.guess_type(row.image)
    data = data_file(results)
    if data is None:
        raise ValueError("the data set's pictures are not at hand; start the page with serve --data FOLDER")
    file = Pictures(find_pictures(data)).read(row.image)
    return f"data:{kind or 'image/png'};base64,{base64.b64encode(file).decode()}"


@lru_cache(maxsize=3)
def _rows(task: str, path: Path) -> dict[str, Example]:
    found = get_task(task)
    return {row.id: row for row in found.examples(read_table(path, found.columns).records) if row.id}
