"""`trace`: one input, token by token."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli.base import app, without_loading_bars


@app.command()
def trace(
    checkpoint: Annotated[str, typer.Argument(metavar="TASK_OR_CHECKPOINT")],
    x: Annotated[str, typer.Option("--x", help="The main input.")],
    h: Annotated[str, typer.Option("--h", help="Its context.")] = "",
    image: Annotated[Path | None, typer.Option(help="Its context, for a task whose context is a picture.")] = None,
    policy: Annotated[str | None, typer.Option(help="The checkpoint's own if not given.")] = None,
    threshold: Annotated[float | None, typer.Option(help="θ, from 0 to 1.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the whole trace here; - for stdout.")] = None,
):
    """Route one input and show, token by token, what happened."""
    import dualroute
    from dualroute.terminal import print_trace

    without_loading_bars()
    made = dualroute.load(checkpoint).trace(x, h, policy=policy, threshold=threshold, image=image)
    if json_out is None:
        print_trace(made)
    elif str(json_out) == "-":
        typer.echo(made.to_json())
    else:
        json_out.write_text(made.to_json(), encoding="utf-8")
