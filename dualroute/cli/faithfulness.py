"""`faithfulness`: which attribution to trust, measured on a data file."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, without_loading_bars, write_json


@app.command()
def faithfulness(
    checkpoint: Annotated[str, typer.Argument(metavar="TASK_OR_CHECKPOINT")],
    data: Annotated[Path, typer.Option(help="File of the checkpoint's task to measure on.")],
    rows: Annotated[int, typer.Option(help="Measure on so many rows, chosen by a hash; 0: all.")] = 60,
    methods: Annotated[str, typer.Option(help="Methods with commas between; all that serve if not given.")] = "",
    targets: Annotated[str, typer.Option(help="Targets with commas between.")] = "prediction,gate",
    orders: Annotated[int, typer.Option(help="Random orders to compare with.")] = 10,
    samples: Annotated[int, typer.Option(help="Random erasures for the infidelity.")] = 32,
    disturbed: Annotated[int, typer.Option(help="Disturbances for the sensitivity; 0: none.")] = 3,
    disturbed_rows: Annotated[int, typer.Option(help="Rows that are disturbed: each is attributed anew.")] = 10,
    seed: Annotated[int, typer.Option(help="Of random orders, erasures, disturbances and the bootstrap.")] = 0,
    keep: Annotated[
        Path | None, typer.Option(help="File that keeps every row's numbers; a run that was cut short goes on there.")
    ] = None,
    json_out: o.JsonOut = None,
):
    """Erase words in the order of every attribution, for the prediction and for the gate, and ask the model."""
    make_room(keep, json_out)
    from dualroute.report.faithfulness import faithfulness_table
    from dualroute.studies.faithfulness import faithfulness as run
    from dualroute.studies.faithfulness_rows import Plan

    without_loading_bars()
    plan = Plan(o.words_of(targets), orders, samples, disturbed, disturbed_rows, seed)
    results = run(checkpoint, data, rows, o.words_of(methods), plan, keep)
    if json_out:
        write_json(json_out, results)
    typer.echo(faithfulness_table(results).markdown())
