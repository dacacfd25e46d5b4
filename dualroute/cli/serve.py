"""`serve`: the page."""

from typing import Annotated

import typer

from dualroute.cli.base import app


@app.command()
def serve(port: Annotated[int | None, typer.Option(help="Default: the first free one.")] = None):
    """Open the explorer in a browser."""
    from dualroute.ui.app import launch

    launch(port=port)
