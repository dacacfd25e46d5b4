"""`evaluate-gate`: measure a trained gate of a language model."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, write_json


@app.command("evaluate-gate")
def evaluate_gate(
    checkpoint: Annotated[Path, typer.Argument(help="Folder that `train-gate` wrote.")],
    data: Annotated[Path, typer.Option(help="Data file that the gate was not trained on.")],
    max_rows: Annotated[int, typer.Option(help="Measure on at most this many questions; 0: all.", min=0)] = 60,
    written: Annotated[int, typer.Option(help="Let the model write at most this many answers; 0: none.", min=0)] = 0,
    metric: Annotated[str, typer.Option(help="Scores of written answers: f1, with exact match, or rougeL.")] = "f1",
    wrong: Annotated[
        bool, typer.Option("--wrong/--right", help="Write them with wrong passages too, or with the right ones alone.")
    ] = True,
    threads: Annotated[int, typer.Option(help="Threads to compute with; 0: all.", min=0)] = 0,
    cache: o.Cache = None,
    json_out: o.JsonOut = None,
    rows: Annotated[
        Path | None,
        typer.Option(help="File to write the rows to, for tab Thresholds: rows.npz in the gate's folder. No texts."),
    ] = None,
):
    """Measure what reading gains, beside passages that fit, others at random, and near ones; with controls."""
    if rows and rows.suffix != ".npz":
        raise ValueError(f"--rows must end in .npz, not {rows.name!r}")
    make_room(json_out, rows)
    import torch

    from dualroute.families.context_lm.gate_rows import GROUPS, RIGHT
    from dualroute.training.passage_gate import lines_of, measure_gate
    from dualroute.training.written_answers import lines_of_writing, measure_writing

    if threads:
        torch.set_num_threads(threads)
    results = measure_gate(checkpoint, data, max_rows, cache, o.report_rows, rows)
    if written:
        groups = GROUPS if wrong else (RIGHT,)
        scores = measure_writing(checkpoint, data, max_rows, written, metric, groups, cache, o.report_rows)
        results["written"] = scores
    if json_out:
        write_json(json_out, results)
    for line in [*lines_of(results), *(lines_of_writing(results["written"]) if written else ())]:
        typer.echo(line)
