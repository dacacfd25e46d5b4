"""`faithfulness`: measure on a data file which attribution method to trust."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, without_loading_bars, write_json


@app.command()
def faithfulness(
    checkpoint: Annotated[str, typer.Argument(metavar="CHECKPOINT", help="Such as news or news__early, or a folder.")],
    data: Annotated[Path, typer.Option(help="File to measure on, of the checkpoint's task.")],
    rows: Annotated[
        int, typer.Option(help="Measure on at most this many rows, chosen by a hash of their content; 0: all.")
    ] = 60,
    methods: Annotated[str, typer.Option(help="Methods, separated by commas. Default: all that apply.")] = "",
    targets: Annotated[str, typer.Option(help="Targets, separated by commas.")] = "prediction,gate",
    orders: Annotated[int, typer.Option(help="Number of random orders to compare with.")] = 10,
    samples: Annotated[int, typer.Option(help="Number of random erasures for the infidelity.")] = 32,
    disturbed: Annotated[int, typer.Option(help="Number of perturbations for the sensitivity; 0: none.")] = 3,
    disturbed_rows: Annotated[int, typer.Option(help="Number of rows to perturb; each is attributed again.")] = 10,
    seed: Annotated[int, typer.Option(help="Seed of random orders, erasures, perturbations and the bootstrap.")] = 0,
    keep: Annotated[
        Path | None, typer.Option(help="File that stores the numbers of every row; an interrupted run resumes from it.")
    ] = None,
    images: Annotated[
        Path | None, typer.Option(help="Folder or zip archive of the pictures. Default: a usual name beside the data.")
    ] = None,
    json_out: o.JsonOut = None,
):
    """Erase words in the order of each attribution and measure how the prediction and the gates change."""
    make_room(keep, json_out)
    from dualroute.report.faithfulness import faithfulness_table
    from dualroute.report.paired import paired_table, refusals, verdicts
    from dualroute.studies.faithfulness import faithfulness as run
    from dualroute.studies.faithfulness_rows import Plan

    without_loading_bars()
    plan = Plan(o.words_of(targets), orders, samples, disturbed, disturbed_rows, seed)
    results = run(checkpoint, data, rows, o.words_of(methods), plan, keep, images)
    if json_out:
        write_json(json_out, results)
    typer.echo(faithfulness_table(results).markdown())
    if tests := paired_table(results):
        typer.echo("\n" + tests.markdown())
    sentences = [sentence for target in results["targets"] for sentence in verdicts(results, target)]
    typer.echo("\n" + "\n".join([*sentences, *refusals(results)]))
