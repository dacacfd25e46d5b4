"""`train`: train a router on a task's data."""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, without_loading_bars


@app.command()
@o.with_options(config=o.MODEL, settings=o.TRAINING)
def train(
    *,
    data: o.TrainingData,
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint; an interrupted run resumes from there.")],
    task: o.OptionalTask = None,
    x: o.XColumn = None,
    h: o.HColumn = None,
    label: o.LabelColumn = None,
    images: o.Images = None,
    backbone: o.Backbone = None,
    config: dict,
    settings: dict,
    cache: o.Cache = None,
):
    """Train a router on a task's data, or on three columns of your own."""
    chosen = o.choose_task(task, x, h, label)
    from dualroute.training.settings import TrainingSettings
    from dualroute.training.train import train as run

    without_loading_bars()
    make_room(out / "config.json", *([cache / "features"] if cache else []))
    training = TrainingSettings(**chosen.training | settings)
    run(chosen, data, out, training, config, cache=cache, **o.without_none(backbone=backbone, images=images))
    typer.echo(f"Training finished; the checkpoint is in {out}")
