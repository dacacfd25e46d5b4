"""`cards`: write the model cards beside the shipped checkpoints."""

from typing import Annotated

import typer

from dualroute.cli.base import app


@app.command()
def cards(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with code 1 if a card is out of date.")
    ] = False,
):
    """Write the model card beside every shipped checkpoint, its README.md."""
    from dualroute.report.documents import write_cards

    changed = write_cards(check)
    if check and changed:
        raise ValueError(f"cards of {', '.join(changed)} are out of date; run `python -m dualroute cards`")
    typer.echo(f"written: {', '.join(changed)}" if changed else "all cards are up to date")
