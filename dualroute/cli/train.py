"""`train`: a router on a task's data."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, without_loading_bars


@app.command()
def train(
    context: typer.Context,
    data: o.TrainingData,
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint; a run that was cut short goes on from there.")],
    task: o.OptionalTask = None,
    x: o.XColumn = None,
    h: o.HColumn = None,
    label: o.LabelColumn = None,
    images: o.Images = None,
    backbone: o.Backbone = None,
    tuned_layers: o.TunedLayers = None,
    lora_rank: Annotated[int | None, typer.Option(help="Rank of those adapters.")] = None,
    router: Annotated[
        str | None, typer.Option(help="Decision layer: linear, mlp, conv, recurrent or attention.")
    ] = None,
    router_size: Annotated[int | None, typer.Option(help="Width of the decision layer.")] = None,
    granularity: Annotated[str | None, typer.Option(help="token: a gate each; sequence: one gate for all.")] = None,
    early: Annotated[
        bool | None, typer.Option("--early/--full", help="Decide from x alone, before h is encoded; or from both.")
    ] = None,
    flows: Annotated[
        int | None, typer.Option(help="2 (direct, merged) or 3 (direct, context, merged).", metavar="2|3")
    ] = None,
    reader: o.Reader = None,
    hidden_size: Annotated[int | None, typer.Option(help="Width of the states that are read out.")] = None,
    dropout: o.Dropout = None,
    max_length: Annotated[int | None, typer.Option(help="Longest x, in tokens.")] = None,
    context_max_length: Annotated[int | None, typer.Option(help="Longest h, in tokens, or in items.")] = None,
    epochs: o.Epochs = None,
    batch_size: o.BatchSize = None,
    learning_rate: o.LearningRate = None,
    weight_decay: Annotated[float | None, typer.Option(help="Pull of the weights towards 0.")] = None,
    budget: Annotated[float | None, typer.Option(help="λ, what reading the context costs.")] = None,
    flow_loss: o.FlowLoss = None,
    hard_share: o.HardShare = None,
    context_dropout: o.ContextDropout = None,
    largest_share: o.LargestShare = None,
    max_rows: o.MaxRows = None,
    seed: o.Seed = None,
    extra: o.Extra = True,
    cache: o.Cache = None,
):
    """Train a router on a task's data, or on three columns of your own."""
    chosen = o.chosen_task(task, x, h, label)
    config, settings = o.config_given(context), o.settings_given(context)
    from dualroute.training.settings import TrainingSettings
    from dualroute.training.train import train as run

    without_loading_bars()
    settings = TrainingSettings(**chosen.training | settings)
    run(chosen, data, out, settings, config, cache=cache, **o.given(backbone=backbone, images=images))
    typer.echo(f"trained; the checkpoint is in {out}")
