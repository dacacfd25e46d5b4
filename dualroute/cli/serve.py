"""`serve`: the page."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli.base import app


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Default: the first free one.")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the data sets: evaluation rows then open in Inspect.")
    ] = None,
    mcp: Annotated[bool, typer.Option(help="Offer the endpoints as tools of the Model Context Protocol too.")] = True,
):
    """Open the explorer in a browser."""
    import os

    from dualroute.app.thresholds.rows import DATA

    if data is not None:
        if not data.is_dir():
            raise NotADirectoryError(f"{data} is no folder")
        os.environ[DATA] = str(data)
    from dualroute.app.page import launch

    launch(port=port, mcp=mcp)
