"""`examples`: store what the page shows before any model is loaded."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, without_loading_bars


@app.command()
def examples(
    checkpoint: Annotated[
        str, typer.Argument(metavar="CHECKPOINT", help="A shipped checkpoint, such as news, or a folder of your own.")
    ],
    data: Annotated[
        Path | None, typer.Option(help="File of which to show rows. Default: the task's demonstration texts.")
    ] = None,
    rows: Annotated[int, typer.Option(help="Number of rows, chosen by a hash of their content.", min=1, max=50)] = 8,
    out: Annotated[Path | None, typer.Option(help="File to write. Default: the one the page shows.")] = None,
):
    """Trace and attribute texts that the page shows before any model is loaded. The file holds the texts."""
    from dualroute.api import load_dual_router, make_examples
    from dualroute.checkpoints import files_of
    from dualroute.evaluation.row_choice import choose_rows
    from dualroute.trace.attribution import write_examples

    without_loading_bars()
    task, files = o.task_of_checkpoint(checkpoint), files_of(checkpoint)
    pairs = (
        task.demos if data is None else [(row.x, row.h) for row in choose_rows(task, data, checkpoint, None, rows).rows]
    )
    if not pairs:
        raise ValueError(f"{task.name} has no demonstration texts: name a file of rows with --data")
    path = out or files.examples
    write_examples(path, make_examples(load_dual_router(checkpoint), pairs))
    typer.echo(f"{len(pairs)} examples written to {path}")
