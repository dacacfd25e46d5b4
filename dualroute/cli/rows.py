"""`rows`: store the evaluation rows that tab "Thresholds" shows of a checkpoint."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, without_loading_bars


@app.command()
def rows(
    name: Annotated[
        str,
        typer.Argument(metavar="CHECKPOINT", help="Folder that `train` wrote, or a shipped checkpoint, such as news."),
    ],
    data: Annotated[Path, typer.Option(help="File to measure on.")],
    rows: Annotated[
        int, typer.Option(help="Use at most this many rows, chosen by a hash of their content; 0: all.")
    ] = 0,
    out: Annotated[Path | None, typer.Option(help="File to write. Default: the one the page shows.")] = None,
    x: o.XColumn = None,
    h: o.HColumn = None,
    label: o.LabelColumn = None,
    draws: o.Draws = 20,
    images: o.Images = None,
    cache: o.Cache = None,
):
    """Store gates, answers and probabilities of a data file's rows at every θ, without their texts."""
    from dualroute.checkpoints import files_of
    from dualroute.evaluation.row_study import study_file
    from dualroute.rows.stored import write_rows

    without_loading_bars()
    if out and out.suffix != ".npz":
        raise ValueError(f"--out must end in .npz, not {out.name!r}")
    path, task = out or files_of(name).rows, o.task_of_checkpoint(name, x, h, label)
    make_room(path)
    study = study_file(task, data, name, rows, cache, draws, images)
    write_rows(path, study)
    size = f"{len(study.steps):,} rows, {len(study.steps.gates):,} tokens, {path.stat().st_size / 1e6:.2f} MB"
    typer.echo(f"{path}: {size}")
