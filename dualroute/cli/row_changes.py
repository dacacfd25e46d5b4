"""`row-changes`: show the same rows before and after a training."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, write_json


@app.command()
def row_changes(
    before: Annotated[Path, typer.Argument(help="File that `rows` wrote with the earlier checkpoint.")],
    after: Annotated[Path, typer.Argument(help="File that `rows` wrote with the later checkpoint, on the same data.")],
    rows: Annotated[int, typer.Option(help="Show this many rows, chosen by a hash of their ids.", min=1)] = 20,
    json_out: o.JsonOut = None,
):
    """Compare the answers of two checkpoints on some rows, and how many tokens read; no text is shown."""
    make_room(json_out)
    from dualroute.report.row_changes import row_changes_table
    from dualroute.rows.stored import read_rows
    from dualroute.studies.row_changes import row_changes as run

    results = run(read_rows(before), read_rows(after), rows)
    if json_out:
        write_json(json_out, results)
    typer.echo(row_changes_table(results).markdown())
