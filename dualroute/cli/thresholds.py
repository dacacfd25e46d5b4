"""`thresholds`: report a θ on a checkpoint's evaluation rows, in one line or as one HTML file."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli.base import app
from dualroute.numerals import percent


@app.command()
def thresholds(
    name: Annotated[
        str,
        typer.Argument(
            metavar="CHECKPOINT", help="A checkpoint or a gate of a language model with evaluation rows, or its folder."
        ),
    ],
    theta: Annotated[float | None, typer.Option(help="The threshold. Default: the checkpoint's own.")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write tab Thresholds as one HTML file that opens at this θ.")
    ] = None,
    compare: Annotated[
        tuple[float, float] | None,
        typer.Option(metavar="θ₁ θ₂", help="Two θs between which the file compares the rows. Default: 0 and θ."),
    ] = None,
    rows: Annotated[Path | None, typer.Option(help="File that `rows` wrote. Default: the one the page shows.")] = None,
    figures: Annotated[bool, typer.Option(help="Include the plotting library in the file: 2 MB.")] = True,
):
    """Print how many tokens read at a threshold and how good the answers are; save all thresholds as one HTML file."""
    from dualroute.checkpoints import files_of, served_gates
    from dualroute.export.saved_rows import RowsView, thresholds_html
    from dualroute.rows.gate_study import GateStudy, holds_gate_rows, read_gate_study
    from dualroute.rows.stored import read_rows

    path = rows or (served_gates().get(name) or files_of(name)).rows
    study = read_gate_study(path) if holds_gate_rows(path) else read_rows(path)
    name = study.results["checkpoint"]
    view = RowsView(theta, compared=compare)
    line = _gate_line if isinstance(study, GateStudy) else _line
    typer.echo(line(study, view.state(study, name)["theta"]))
    if html:
        html.write_text(thresholds_html(study, name, view, figures=figures), encoding="utf-8")
        typer.echo(f"{html}: {html.stat().st_size / 1e6:.1f} MB, opens without a server or a network")


def _gate_line(study, theta: float) -> str:
    groups = (
        f"{group} {study.nll(theta, group):.2f} with {percent(study.share(theta, group))} (every token reading "
        f"{study.nll(0.0, group):.2f}, none {study.nll(1.0, group):.2f})"
        for group in study.group_names
    )
    return f"θ = {theta:g}, nats per token and tokens that read by passage: {'; '.join(groups)}"


def _line(study, theta: float) -> str:
    from dualroute.report.results import metric_word
    from dualroute.rows.threshold_index import ThresholdIndex

    index, word = ThresholdIndex(study.steps, study.metric), metric_word(study.metric)
    at, merged = index.at(theta), index.at(0.0)
    direct = study.results["direct"][study.metric]
    return (
        f"θ = {theta:g}: {percent(at.share)} of the tokens merged, {word} {100 * at.quality:.1f} over "
        f"{len(study.steps):,} rows; every token reading {100 * merged.quality:.1f}, direct alone {100 * direct:.1f}"
    )
