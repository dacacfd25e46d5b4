"""`recover`: test whether gates find planted truth."""

from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, write_json

SETTINGS = {name: o.TRAINING[name] for name in ("epochs", "learning_rate")}


@app.command()
@o.with_options(settings=SETTINGS)
def recover(
    *,
    routers: Annotated[list[str] | None, typer.Option(help="Router; repeat for several. Default: all of them.")] = None,
    seeds: Annotated[int, typer.Option(help="Number of runs of each router.")] = 3,
    first_seed: Annotated[
        int, typer.Option(help="Seed of the first run. The settings were tuned on seeds 0, 1 and 2.")
    ] = 3,
    rows: Annotated[int | None, typer.Option(help="Number of training rows.")] = None,
    settings: dict,
    json_out: o.JsonOut = None,
):
    """Train every router on a planted task and measure whether its gates find the tokens that need h."""
    make_room(json_out)
    from dualroute.report.tables import recovery_table
    from dualroute.studies import gate_recovery

    recovery = gate_recovery.RecoverySettings(**o.without_none(rows=rows), **settings)
    results = gate_recovery.recover(routers or gate_recovery.ROUTERS, seeds, recovery, first_seed)
    if json_out:
        write_json(json_out, results)
    typer.echo(recovery_table(results).markdown())
