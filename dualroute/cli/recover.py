"""`recover`: does a gate find the planted truth?"""

from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, write_json


@app.command()
def recover(
    routers: Annotated[list[str] | None, typer.Option(help="Decision layer; again for more. All if not given.")] = None,
    seeds: Annotated[int, typer.Option(help="How many runs of each.")] = 3,
    first_seed: Annotated[int, typer.Option(help="0, 1 and 2 are the worlds the settings were chosen in.")] = 3,
    rows: Annotated[int | None, typer.Option(help="Rows to train on.")] = None,
    epochs: o.Epochs = None,
    learning_rate: o.LearningRate = None,
    json_out: o.JsonOut = None,
):
    """Train every decision layer on a planted task, and see whether its gate finds the tokens that need the context."""
    make_room(json_out)
    from dualroute.report.tables import recovery_table
    from dualroute.studies import gate_recovery

    settings = gate_recovery.RecoverySettings(**o.given(rows=rows, epochs=epochs, learning_rate=learning_rate))
    results = gate_recovery.recover(routers or gate_recovery.ROUTERS, seeds, settings, first_seed)
    if json_out:
        write_json(json_out, results)
    typer.echo(recovery_table(results).markdown())
