"""`plausibility`: do explanations point at the words people marked?"""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, without_loading_bars, write_json


@app.command()
def plausibility(
    name: Annotated[str, typer.Argument(help="A checkpoint of a task with words that people marked: sentiment.")],
    data: Annotated[Path, typer.Option(help="Folder with train, validation and test files.")],
    methods: Annotated[
        list[str] | None, typer.Option("--method", help="A method of attribution; again for more. All if not given.")
    ] = None,
    rows: Annotated[int, typer.Option(help="Measure on at most so many rows, chosen by a hash.")] = 300,
    validation_rows: Annotated[int, typer.Option(help="Choose by at most so many validation rows.")] = 100,
    seed: Annotated[int, typer.Option(help="Of all that is drawn.")] = 0,
    kept: Annotated[Path | None, typer.Option(help="File that keeps attributions, for a run that goes on.")] = None,
    json_out: o.JsonOut = None,
):
    """Compare attributions, the gate and simple controls with the words that people marked. No text is written."""
    make_room(json_out)
    from dualroute.api import load
    from dualroute.report.plausibility import plausibility_tables
    from dualroute.studies.plausibility import plausibility as run

    without_loading_bars()
    results = run(load(name), data, methods or None, rows, validation_rows, seed, kept)
    if json_out:
        write_json(json_out, results)
    typer.echo("\n".join(table.markdown() for table in plausibility_tables(results).values()))
