"""`evaluate`: a checkpoint measured on a data file."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, without_loading_bars, write_json


@app.command()
def evaluate(
    data: Annotated[Path, typer.Option(help="File to measure on.")],
    task: o.OptionalTask = None,
    checkpoint: Annotated[str | None, typer.Option(help="Folder or name; the task's own if not given.")] = None,
    x: o.XColumn = None,
    h: o.HColumn = None,
    label: o.LabelColumn = None,
    images: o.Images = None,
    train: Annotated[
        Path | None, typer.Option(help="Training file of the baselines; else the one beside --data.")
    ] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Where the results go, for `table`.")] = None,
    also: Annotated[
        list[Path] | None, typer.Option(help="A further file, reported on its own; again for more.")
    ] = None,
    rows: Annotated[int | None, typer.Option(help="Measure on so many rows, chosen by a hash.")] = None,
    draws: Annotated[int, typer.Option(help="How often gates are dealt out at random.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the random gates and the bootstrap.")] = 0,
    cache: o.Cache = None,
):
    """Measure a checkpoint against each flow alone, random and static gates, an oracle and simple baselines."""
    chosen = o.chosen_task(task, x, h, label)
    make_room(json_out)
    from dualroute.evaluation.evaluate import evaluate as run
    from dualroute.report.documents import markdown

    without_loading_bars()
    results = run(
        chosen, data, checkpoint, train, cache, draws, seed, **o.given(images=images, most_rows=rows, also=also)
    )
    if json_out:
        write_json(json_out, results)
    typer.echo(markdown(results))
