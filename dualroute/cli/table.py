"""`table`: write the results tables of README and docs."""

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
        bool, typer.Option("--check", help="Change nothing; exit with code 1 if a file is out of date.")
    ] = False,
):
    """Write the results tables into the README, and into the pages of docs/results beside it."""
    from dualroute.paths import assets_dir
    from dualroute.report.documents import pages_with_results, write_tables

    folder = results or assets_dir() / "results"
    changed = [str(page) for page in pages_with_results(readme) if write_tables(page, folder, check)]
    if check and changed:
        raise ValueError(f"{', '.join(changed)}: not what the results say; run `python -m dualroute table`")
    typer.echo(f"tables written: {', '.join(changed)}" if changed else "tables are up to date")
