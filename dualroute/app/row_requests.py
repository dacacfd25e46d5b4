"""Requests about rows: the texts of stored ones, a visitor's own table, and rows that a program wants measured."""

import base64
import binascii
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from dualroute.app.contracts import (
    MAX_CHARACTERS,
    MAX_ROWS,
    AtMost,
    Checkpoint,
    PageRequest,
    Request,
    Text,
    Threshold,
)
from dualroute.tables import cell_text

MAX_THRESHOLDS, MAX_IDS = 50, 100
MAX_NAME = 200  # characters
MAX_TABLE_FILE = 4_000_000  # bytes of a visitor's table, unpacked

_TEXT = f"text of at most {MAX_CHARACTERS:,} characters"
_CELL = f"a number, true, false, null, a list of those or {_TEXT}"


def _as_text(value: Any) -> Any:
    """A cell as text; what is no cell is left as it is, and so refused."""
    try:
        return cell_text(value, "")
    except ValueError:
        return value


def _base64_length(size: int) -> int:
    return -(-size // 3) * 4


# A cell of a row, as the reader of tables takes it: pandas writes labels as numbers and a missing text as null.
CellText = Annotated[
    Text,
    BeforeValidator(_as_text),
    WithJsonSchema({"type": ["string", "number", "boolean", "null", "array"], "maxLength": MAX_CHARACTERS}),
]


class TextsRequest(Request):
    """The texts of evaluation rows."""

    name: Checkpoint
    ids: list[str] = Field(max_length=MAX_IDS, description=f"a list of at most {MAX_IDS} ids of rows")


class RowRequest(Request):
    """One evaluation row with its picture."""

    name: Checkpoint
    id: str = Field(description="text")


class RunRowsRequest(PageRequest):
    """Rows of a visitor: `csv`, the text of a table, or `file`, the bytes of one in base64, with its name."""

    name: Checkpoint
    csv: Text = Field("", description=_TEXT)
    file: Annotated[str, AtMost(_base64_length(MAX_TABLE_FILE))] = Field(
        "", description=f"base64 of a file of at most {MAX_TABLE_FILE:,} bytes"
    )
    file_name: Annotated[str, AtMost(MAX_NAME)] = Field("", description=f"text of at most {MAX_NAME} characters")

    @property
    def content(self) -> str | bytes:
        """The table as it was sent. Raises ValueError for a file that is not in base64."""
        if not self.file_name:
            return self.csv
        try:
            return base64.b64decode(self.file, validate=True)
        except binascii.Error as error:
            raise ValueError(f"{self.file_name:.80}: file must be base64: {error}") from error

    @model_validator(mode="after")
    def _check_one_table(self) -> Self:
        if bool(self.file) > bool(self.file_name) or (self.file_name and self.csv):
            raise ValueError("send rows either as text, in csv, or as a file with its file_name")
        return self


class EvaluationRow(Request):
    """One row that a checkpoint is measured on."""

    noun: ClassVar[str] = "row"
    counted_from: ClassVar[int] = 1

    x: CellText = Field(description=_CELL)
    h: CellText = Field("", description=_CELL)
    label: CellText = Field(description=_CELL)


class EvaluateRequest(Request):
    """A checkpoint and the rows to measure it on; no thresholds: the checkpoint's own."""

    checkpoint: Checkpoint
    rows: list[EvaluationRow] = Field(
        min_length=1, max_length=MAX_ROWS, description=f"a list of 1 to {MAX_ROWS} objects with x, h and label"
    )
    thresholds: list[Threshold] = Field(
        [], max_length=MAX_THRESHOLDS, description=f"a list of at most {MAX_THRESHOLDS} numbers from 0 to 1"
    )
