"""Options that several commands share, and what becomes of them."""

from pathlib import Path
from typing import Annotated

import typer

OptionalTask = Annotated[str | None, typer.Argument(metavar="[TASK]", help="A known task, such as news.")]
XColumn = Annotated[str | None, typer.Option("--x", help="Own data: column of the main input.")]
HColumn = Annotated[str | None, typer.Option("--h", help="Own data: column of the context.")]
LabelColumn = Annotated[str | None, typer.Option("--label", help="Own data: column of the label.")]
Cache = Annotated[Path | None, typer.Option(help="Folder that keeps the backbone's features for the next run.")]
Images = Annotated[
    Path | None, typer.Option(help="Zip or folder of the pictures that rows name; else images.zip beside the data.")
]
TrainingData = Annotated[
    Path, typer.Option(help="Folder with train and validation files, or one CSV or JSON Lines file.")
]
Backbone = Annotated[str | None, typer.Option(help="Text encoder: a folder or a name on the hub.")]
JsonOut = Annotated[Path | None, typer.Option("--json", help="Where the results go.")]

Epochs = Annotated[int | None, typer.Option(help="How often every row is seen.")]
BatchSize = Annotated[int | None, typer.Option(help="Rows of one step.")]
LearningRate = Annotated[float | None, typer.Option(help="Largest step size; it falls as a cosine.")]
HardShare = Annotated[float | None, typer.Option(help="Share of rows trained on the hard decision.")]
FlowLoss = Annotated[float | None, typer.Option(help="Weight of the losses of each flow alone.")]
ContextDropout = Annotated[float | None, typer.Option(help="Share of rows trained without context.")]
LargestShare = Annotated[float | None, typer.Option(help="θ is chosen among those that merge at most this share.")]
MaxRows = Annotated[int | None, typer.Option(help="Train on so many rows, chosen by a hash, and hold out an eighth.")]
Seed = Annotated[int | None, typer.Option(help="Of all that is drawn.")]
Extra = Annotated[bool, typer.Option(help="Use the task's extra training files.")]
Dropout = Annotated[float | None, typer.Option(help="Share of the states' parts left out while training.")]
Reader = Annotated[str | None, typer.Option(help="How a token reads the context: attention, bilinear or diagonal.")]
TunedLayers = Annotated[int | None, typer.Option(help="Fine-tune so many top layers of the backbone by adapters.")]


def chosen_task(name: str | None, x: str | None, h: str | None, label: str | None):
    """The known task, or the one that three columns make. Raises ValueError for anything between."""
    from dualroute.tasks import TASKS, get_task
    from dualroute.tasks.base import custom_task

    columns = [x, h, label]
    if name and not any(columns):
        return get_task(name)
    if all(columns) and not name:
        return custom_task(*columns)
    raise ValueError(f"name either a task ({', '.join(TASKS)}) or the columns --x, --h and --label of your own data")


def given(**options) -> dict:
    """The options that were given; the others keep their defaults."""
    return {name: value for name, value in options.items() if value is not None}


def config_given(context: typer.Context) -> dict:
    """Settings of the model that the command was given, by the names they have in `DualRouteConfig`."""
    from dualroute.checkpoints import CONFIG_OPTIONS

    found = given(**{name: context.params.get(name) for name in CONFIG_OPTIONS})
    return found | given(flows=flows_of(found.get("flows")))


def settings_given(context: typer.Context, but: tuple[str, ...] = ()) -> dict:
    """Settings of `TrainingSettings` that the command was given, without those that mean something else there."""
    from dualroute.training.settings import TrainingSettings

    found = given(**{name: context.params.get(name) for name in TrainingSettings.names() if name not in but})
    if found.pop("extra"):  # on by default, which is what the task says
        return found
    return found | {"extra": ()}


def words_of(text: str) -> tuple[str, ...]:
    """What stands between the commas of an option that takes several."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def flows_of(count: int | None) -> tuple[str, ...] | None:
    """The flows that `--flows` counts; None if it was not given. Raises ValueError for another number."""
    from dualroute.trace.policies import FLOWS, TWO_FLOWS

    flows = {None: None, 2: TWO_FLOWS, 3: FLOWS}
    if count not in flows:
        raise ValueError(f"--flows is 2 (direct, merged) or 3 (direct, context, merged), not {count}")
    return flows[count]
