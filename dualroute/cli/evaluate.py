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
        str | None,
        typer.Option(
            help="Folder that `train` wrote, or name of a shipped checkpoint; it knows its task and columns. Default: "
            "the one shipped for the task."
        ),
    ] = None,
    x: o.XColumn = None,
    h: o.HColumn = None,
    label: o.LabelColumn = None,
    images: o.Images = None,
    train: Annotated[
        Path | None, typer.Option(help="Training file of the baselines. Default: the one beside --data.")
    ] = None,
    json_out: Annotated[
        Path | None,
        typer.Option(
            "--json",
            help="File to write the results to, for `table`. Default for a folder: its results.json, for the page.",
        ),
    ] = None,
    also: o.Also = None,
    seed_runs: o.Seeds = None,
    rows: o.MeasuredRows = None,
    draws: o.Draws = 20,
    seed: Annotated[int, typer.Option(help="Seed of random reading and the bootstrap.", min=0, max=2**32 - 1)] = 0,
    cache: o.Cache = None,
):
    """Measure a checkpoint against each flow alone, random reading, fixed rules, an oracle and simple baselines."""
    if checkpoint and not task:
        chosen = o.task_of_checkpoint(checkpoint, x, h, label)
    else:
        chosen = o.choose_task(task, x, h, label)
        if x and not checkpoint:
            raise ValueError("name the checkpoint that was trained on these columns: --checkpoint FOLDER")
    if checkpoint and json_out is None:
        from dualroute.checkpoints import files_of

        files = files_of(checkpoint)
        json_out = None if files.is_shipped else files.results
    make_room(json_out)
    for path in also or ():
        if not path.is_file():
            raise FileNotFoundError(f"no file {path}; name a data file with --also")
    from dualroute.evaluation.evaluate import evaluate as run
    from dualroute.report.documents import markdown

    without_loading_bars()
    options = o.without_none(images=images, most_rows=rows, also=also, seeds=seed_runs)
    results = run(chosen, data, checkpoint, train, cache, draws, seed, **options)
    if json_out:
        write_json(json_out, results)
    typer.echo(markdown(results))
