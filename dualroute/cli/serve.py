"""`serve`: open the page."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli.base import app


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Port. Default: the first free one.", min=1, max=65535)] = None,
    checkpoint: Annotated[
        list[str] | None,
        typer.Option(help="A folder that `train` wrote, to show in every tab; repeat the option for several."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the data sets, to open evaluation rows in tab Inspect.")
    ] = None,
    mcp: Annotated[bool, typer.Option(help="Also offer the endpoints as tools of the Model Context Protocol.")] = True,
):
    """Open the explorer in a browser."""
    import os

    from dualroute.app.thresholds.rows import DATA

    if data is not None:
        if not data.is_dir():
            raise NotADirectoryError(f"{data} is not a folder")
        os.environ[DATA] = str(data)
    if checkpoint:
        from dualroute.checkpoints import offer

        offer(checkpoint)
    from dualroute.app.page import launch

    try:
        launch(port=port, mcp=mcp)
    except OSError as error:
        if port is None or "empty port" not in str(error):
            raise
        raise OSError(f"port {port} is in use; name another with --port, or leave it out") from error
