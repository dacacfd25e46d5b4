"""Tables of rows, for commands, page and programs: a file or a text becomes records, and notes on what was noticed."""

from dualroute.tables.cells import cell_items, cell_text
from dualroute.tables.columns import missing_column
from dualroute.tables.reading import ENDINGS, ENDINGS_IN_WORDS, Table, parse_table, read_table

__all__ = [
    "ENDINGS",
    "ENDINGS_IN_WORDS",
    "Table",
    "cell_items",
    "cell_text",
    "missing_column",
    "parse_table",
    "read_table",
]
