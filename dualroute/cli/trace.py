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
    html_out: Annotated[
        Path | None, typer.Option("--html", help="Write a page in one file here; it works without a server.")
    ] = None,
    flow_picture: Annotated[bool, typer.Option(help="Bring the flow picture along: 2 MB of the file.")] = True,
):
    """Route one input and show, token by token, what happened."""
    import dualroute
    from dualroute.terminal import print_trace

    without_loading_bars()
    router = dualroute.load(checkpoint)
    made = router.trace(x, h, policy=policy, threshold=threshold, image=image)
    if html_out:
        html_out.write_text(made.to_html(router.attribute_many(made), flow_picture), encoding="utf-8")
    if json_out is None:
        print_trace(made)
    elif str(json_out) == "-":
        typer.echo(made.to_json())
    else:
        json_out.write_text(made.to_json(), encoding="utf-8")
