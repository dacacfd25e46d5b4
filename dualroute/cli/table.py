"""`table`: write the README's results tables."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli.base import app


@app.command()
def table(
    results: Annotated[
        Path | None, typer.Option(help="Folder of CHECKPOINT.json files. Default: the shipped results.")
    ] = None,
    readme: Annotated[Path, typer.Option(help="File with the results tables.")] = Path("README.md"),
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with code 1 if the README is out of date.")
    ] = False,
):
    """Write the results tables into the README."""
    from dualroute.paths import assets_dir
    from dualroute.report.documents import write_tables

    changed = write_tables(readme, results or assets_dir() / "results", check)
    if check and changed:
        raise ValueError(f"{readme} differs from the results; run `python -m dualroute table`")
    typer.echo(f"{readme}: {'tables written' if changed else 'tables are up to date'}")
