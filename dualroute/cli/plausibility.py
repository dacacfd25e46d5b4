"""`plausibility`: compare explanations with the words that people marked."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, without_loading_bars, write_json


@app.command()
def plausibility(
    name: Annotated[str, typer.Argument(help="A checkpoint of a task with marked words, such as sentiment.")],
    data: Annotated[Path, typer.Option(help="Folder with train, validation and test files.")],
    methods: Annotated[
        list[str] | None, typer.Option("--method", help="Attribution method; repeat for several. Default: all of them.")
    ] = None,
    rows: Annotated[
        int, typer.Option(help="Measure on at most this many rows, chosen by a hash of their content.")
    ] = 300,
    validation_rows: Annotated[
        int, typer.Option(help="Choose the cut-offs on at most this many validation rows.")
    ] = 100,
    seed: Annotated[int, typer.Option(help="Seed of all random numbers.")] = 0,
    kept: Annotated[
        Path | None, typer.Option(help="File that stores the attributions; an interrupted run resumes from it.")
    ] = None,
    json_out: o.JsonOut = None,
):
    """Compare attributions, the gates and simple controls with the words that people marked; store no text."""
    make_room(json_out)
    from dualroute.api import load_dual_router
    from dualroute.report.plausibility import plausibility_tables
    from dualroute.studies.plausibility import plausibility as run

    without_loading_bars()
    results = run(load_dual_router(name), data, methods or None, rows, validation_rows, seed, kept)
    if json_out:
        write_json(json_out, results)
    typer.echo("\n".join(table.markdown() for table in plausibility_tables(results).values()))
