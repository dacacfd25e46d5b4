"""`evaluate`: measure a checkpoint on a data file."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, without_loading_bars, write_json


@app.command()
def evaluate(
    data: Annotated[Path, typer.Option(help="File to measure on.")],
    task: o.OptionalTask = None,
    checkpoint: Annotated[
        str | None, typer.Option(help="Folder or name of the checkpoint. Default: the one shipped for the task.")
    ] = None,
    x: o.XColumn = None,
    h: o.HColumn = None,
    label: o.LabelColumn = None,
    images: o.Images = None,
    train: Annotated[
        Path | None, typer.Option(help="Training file of the baselines. Default: the one beside --data.")
    ] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="File to write the results to, for `table`.")] = None,
    also: o.Also = None,
    rows: o.MeasuredRows = None,
    draws: o.Draws = 20,
    seed: Annotated[int, typer.Option(help="Seed of the random gates and the bootstrap.")] = 0,
    cache: o.Cache = None,
):
    """Measure a checkpoint against each flow alone, random and static gates, an oracle and simple baselines."""
    chosen = o.choose_task(task, x, h, label)
    make_room(json_out)
    from dualroute.evaluation.evaluate import evaluate as run
    from dualroute.report.documents import markdown

    without_loading_bars()
    options = o.without_none(images=images, most_rows=rows, also=also)
    results = run(chosen, data, checkpoint, train, cache, draws, seed, **options)
    if json_out:
        write_json(json_out, results)
    typer.echo(markdown(results))
