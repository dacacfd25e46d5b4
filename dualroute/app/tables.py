"""A table of the page as a Parquet file. It comes from a browser, so all of it is checked; nothing is kept.

Tables as Parquet: the same for every component that has a table to give away.
"""

import base64

import gradio as gr

from dualroute.app import tables
from dualroute.app.components import answered

MOST_COLUMNS, MOST_ROWS, MOST_CELLS = 64, 50_000, 1_000_000
LONGEST_NAME, LONGEST_TEXT, MOST_CHARACTERS = 200, 10_000, 20_000_000
# In pandas' words; all three know an empty cell. A browser has no whole numbers: one type for all keeps files alike.
TYPES = {str: "str", float: "Float64", bool: "boolean"}


def parquet(request: dict) -> dict:
    """{file}: the table's Parquet file as base64.

    request: columns, names; rows, lists of as many texts, numbers, booleans and empty cells (None). A column is of one
    kind: text, float64 or boolean; one that is empty throughout is of float64.
    Raises ValueError for what is no such table and for one that is too large, naming the limit.
    """
    names, rows = _names(request), _rows(request)
    columns = {name: _column(name, [row[i] for row in rows]) for i, name in enumerate(names)}
    import pandas as pd

    frame = pd.DataFrame({name: pd.array(values, dtype=kind) for name, (kind, values) in columns.items()})
    return {"file": base64.b64encode(frame.to_parquet(engine="pyarrow", index=False)).decode()}


def _names(request: dict) -> list[str]:
    names = request.get("columns") if isinstance(request, dict) else None
    if not isinstance(names, list) or not 1 <= len(names) <= MOST_COLUMNS:
        raise ValueError(f"a table has 1 to {MOST_COLUMNS} columns, given as a list of names")
    for name in names:
        if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
            raise ValueError(f"a column's name is a text of 1 to {LONGEST_NAME} characters, not {name!r:.80}")
    names = [_whole_text(name) for name in names]
    if len(set(names)) < len(names):
        raise ValueError("two columns have the same name")
    return names


def _rows(request: dict) -> list[list]:
    rows, width = request.get("rows"), len(request["columns"])
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == width for row in rows):
        raise ValueError(f"the rows must be lists of {width} cells, one for each column")
    if len(rows) > MOST_ROWS or len(rows) * width > MOST_CELLS:
        limit = f"at most {MOST_ROWS:,} rows and {MOST_CELLS:,} cells are written"
        raise ValueError(f"the table has {len(rows):,} rows of {width} cells; {limit}")
    characters = sum(len(cell) for row in rows for cell in row if isinstance(cell, str))
    if characters > MOST_CHARACTERS:
        raise ValueError(f"the table has {characters:,} characters; at most {MOST_CHARACTERS:,} are written")
    return rows


def _column(name: str, cells: list) -> tuple[str, list]:
    """(pandas' type, values) of one column."""
    values = [None if cell is None else _value(name, cell) for cell in cells]
    kinds = {type(value) for value in values} - {type(None)} or {float}
    if len(kinds) > 1:
        raise ValueError(f"the column {name!r:.80} mixes text, numbers and booleans; it must have one kind")
    return TYPES[kinds.pop()], values


def _value(name: str, cell) -> str | float | bool:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str) and len(cell) <= LONGEST_TEXT:
        return _whole_text(cell)
    try:
        return float(cell) if isinstance(cell, int | float) else _refuse(name)
    except OverflowError:
        return _refuse(name)


def _refuse(name: str):
    raise ValueError(f"a cell of {name!r:.80} is no number, boolean or text of at most {LONGEST_TEXT:,} characters")


def _whole_text(text: str) -> str:
    """Without half characters, which no file of UTF-8 can hold; a browser's own files replace them in the same way."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def offer_parquet(component: gr.HTML, of: str, **options) -> None:
    """Answer the component's `as_parquet` in its property `parquet`; `of` names the private event."""

    def write(event: gr.EventData):
        return gr.HTML(parquet=answered(tables.parquet, event._data or {}))

    component.as_parquet(write, None, component, api_name=f"{of}_parquet", **options)
