"""`serve`: the page."""

from importlib.util import find_spec
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
    mcp: Annotated[bool, typer.Option("--mcp", help="Offer the endpoints as MCP tools too; needs `mcp`.")] = False,
):
    """Open the explorer in a browser."""
    import os

    if mcp and find_spec("mcp") is None:
        raise ValueError("--mcp needs the package `mcp`: pip install 'gradio[mcp]==6.31.0'")

    from dualroute.ui.row_texts import DATA

    if data is not None:
        if not data.is_dir():
            raise NotADirectoryError(f"{data} is no folder")
        os.environ[DATA] = str(data)
    from dualroute.ui.app import launch

    launch(port=port, mcp=mcp or None)
