"""Texts of evaluation rows, for those who have the data: looked up by id in a folder the server was started with."""

import base64
import mimetypes
import os
from functools import lru_cache
from pathlib import Path

from dualroute.images import Pictures, find_pictures
from dualroute.tasks import Example, get_task
from dualroute.tasks.readers import read_records

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
