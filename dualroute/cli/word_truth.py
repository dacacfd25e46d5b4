"""`word-truth`: measure on a data file whether an answer depends on the words that explain it."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, without_loading_bars, write_json


@app.command()
def word_truth(
    checkpoint: Annotated[str, typer.Argument(metavar="CHECKPOINT", help="Such as news or news__early, or a folder.")],
    data: Annotated[Path, typer.Option(help="File to measure on, of the checkpoint's task.")],
    rows: Annotated[
        int, typer.Option(help="Measure on at most this many rows, chosen by a hash of their content; 0: all.")
    ] = 100,
    methods: Annotated[
        str, typer.Option(help="Methods, separated by commas.")
    ] = "exact,integrated_gradients,feature_ablation,shapley_sampling",
    seed: Annotated[int, typer.Option(help="Seed of random orders and of the bootstrap.")] = 0,
    keep: Annotated[
        Path | None, typer.Option(help="Folder that stores the numbers of every row; a later run resumes from it.")
    ] = None,
    json_out: o.JsonOut = None,
):
    """Take words away in the order of exact contributions and of other methods; measure how the answer falls."""
    make_room(json_out)
    from dualroute.attribute.methods import find_method
    from dualroute.report.word_truth import word_truth_table
    from dualroute.studies.word_truth import word_truth as run

    without_loading_bars()
    names = [find_method(name).name for name in o.words_of(methods)]
    results = run(checkpoint, data, rows, names, seed, keep)
    if json_out:
        write_json(json_out, results)
    typer.echo(word_truth_table(results).markdown())
