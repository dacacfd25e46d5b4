"""`thresholds`: what a θ gives and costs on a checkpoint's evaluation rows, in a line and as one file to be mailed."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli.base import app


@app.command()
def thresholds(
    name: Annotated[str, typer.Argument(help="A checkpoint with evaluation rows, such as news.")],
    theta: Annotated[float | None, typer.Option(help="The threshold; the checkpoint's own if not given.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write tab Thresholds as one HTML file, open at this θ.")] = None,
    compare: Annotated[
        tuple[float, float] | None, typer.Option(help="Two θs whose changed rows the file lists; else 0 and θ.")
    ] = None,
    rows: Annotated[Path | None, typer.Option(help="File that `rows` wrote; the page's own if not given.")] = None,
    figures: Annotated[bool, typer.Option(help="Bring what draws the figures: 2 MB.")] = True,
):
    """Say what a threshold merges and how good the answers are, and save all thresholds as one HTML file."""
    from dualroute.export.saved_rows import RowsView, thresholds_html
    from dualroute.paths import assets_dir
    from dualroute.rows.stored import read_rows

    study = read_rows(rows or assets_dir() / "rows" / f"{name}.npz")
    view = RowsView(theta, compared=compare)
    typer.echo(_line(study, view.state(study, name)["theta"]))
    if html:
        html.write_text(thresholds_html(study, name, view, figures=figures), encoding="utf-8")
        typer.echo(f"{html}: {html.stat().st_size / 1e6:.1f} MB, opens without a server or a network")


def _line(study, theta: float) -> str:
    from dualroute.report.results import metric_word
    from dualroute.rows.threshold_index import ThresholdIndex

    index, word = ThresholdIndex(study.steps, study.metric), metric_word(study.metric)
    at, reading = index.at(theta), index.at(0.0)
    alone = study.results["direct"][study.metric]
    return (
        f"θ = {theta:g}: {100 * at.share:.1f} % of the tokens merged, {word} {100 * at.quality:.1f} over "
        f"{len(study.steps):,} rows; every token reading {100 * reading.quality:.1f}, direct alone {100 * alone:.1f}"
    )
