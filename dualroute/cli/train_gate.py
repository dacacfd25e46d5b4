"""`train-gate`: train a gate of a language model that may read a passage."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app


@app.command("train-gate")
def train_gate(
    model: Annotated[str, typer.Argument(help="smollm2-135m-instruct, a folder, or a model of the hub.")],
    data: Annotated[
        Path, typer.Option(help="Folder with train and validation files: h prompt, x passage, label answer.")
    ],
    out: Annotated[Path, typer.Option(help="Folder to write the gate to.")],
    router: Annotated[str, typer.Option(help="Router: linear, mlp or recurrent.")] = "mlp",
    full: Annotated[bool, typer.Option("--full/--early", help="full: sees both flows; early: the direct one.")] = True,
    price: Annotated[float, typer.Option(help="Nats that reading must gain.", min=0)] = 0.0,
    share: Annotated[float, typer.Option(help="Share of the tokens that read at the chosen θ.", min=0, max=1)] = 0.5,
    max_rows: Annotated[int, typer.Option(help="Train on at most this many rows; 0: all.", min=0)] = 240,
    epochs: Annotated[int, typer.Option(help="Passes over the rows.", min=1)] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the rows, the passages and the weights.", min=0)] = 0,
    instruction: Annotated[str, typer.Option(help="The instruction that stands after every prompt.")] = "",
    prompt: Annotated[str, typer.Option(help="The prompt of every row; {h} and {x} stand for its columns.")] = "{h}",
    passage: Annotated[str, typer.Option(help="The passage of every row, in the same way.")] = "{x}",
    threads: Annotated[int, typer.Option(help="Threads to compute with; 0: all.", min=0)] = 0,
    cache: o.Cache = None,
):
    """Train a gate on answers beside passages that fit and others that do not, and choose θ on held-out rows."""
    import torch

    from dualroute.families.context_lm.gate_fit import FitSettings
    from dualroute.training.passage_gate import Frame
    from dualroute.training.passage_gate import train_gate as run

    if threads:
        torch.set_num_threads(threads)
    settings, frame = FitSettings(epochs=epochs, seed=seed), Frame(prompt, passage)
    training = run(
        model, data, out, router, full, price, share, max_rows, settings, cache, o.report_rows, instruction, frame
    )
    typer.echo(f"{out}: a gate trained on {training['tokens']} tokens of {training['rows']} rows")
