"""`choose-threshold`: choose θ of a trained checkpoint anew."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, without_loading_bars
from dualroute.numerals import percent


@app.command("choose-threshold")
def choose_threshold(
    checkpoint: Annotated[
        str, typer.Argument(metavar="CHECKPOINT", help="Folder that `train` wrote, or a shipped checkpoint.")
    ],
    data: Annotated[Path, typer.Option(help="File or folder it was trained on; θ is chosen on its held-out rows.")],
    largest_share: Annotated[
        float | None,
        typer.Option(help="Let at most this share of the tokens read. Default: as in training.", min=0, max=1),
    ] = None,
    images: o.Images = None,
    cache: o.Cache = None,
):
    """Choose θ anew on the held-out rows, for instance for another budget, and store it in the checkpoint."""
    from dualroute.checkpoints import files_of
    from dualroute.training.train import choose_again

    without_loading_bars()
    choice = choose_again(files_of(checkpoint).folder, data, largest_share, cache, images)
    theta, share, (metric, score) = choice["theta"], choice["share"], list(choice.items())[-1]
    typer.echo(f"θ = {theta:g}: {percent(share)} of the tokens merged, {metric} {100 * score:.1f} on the held-out rows")
