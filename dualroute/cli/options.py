"""Options that several commands share, and options made from the fields of settings dataclasses."""

from collections.abc import Callable
from dataclasses import Field, fields
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated

import typer

from dualroute.families.dual_route.settings import ModelSettings
from dualroute.training.settings import TrainingSettings

OptionalTask = Annotated[str | None, typer.Argument(metavar="[TASK]", help="A known task, such as news.")]
XColumn = Annotated[str | None, typer.Option("--x", help="Own data: column of the main input.")]
HColumn = Annotated[str | None, typer.Option("--h", help="Own data: column of the context.")]
LabelColumn = Annotated[str | None, typer.Option("--label", help="Own data: column of the label.")]
Cache = Annotated[Path | None, typer.Option(help="Folder that stores the backbone's features for later runs.")]
Images = Annotated[
    Path | None, typer.Option(help="Zip file or folder of the rows' pictures. Default: images.zip beside the data.")
]
TrainingData = Annotated[
    Path, typer.Option(help="Folder with train and validation files, or one CSV or JSON Lines file.")
]
Backbone = Annotated[str | None, typer.Option(help="Text encoder: a folder or a name on the hub.")]
JsonOut = Annotated[Path | None, typer.Option("--json", help="File to write the results to.")]
Also = Annotated[
    list[Path] | None, typer.Option(help="A further file, reported separately; repeat the option for several.")
]
Seeds = Annotated[
    list[Path] | None,
    typer.Option("--seed-run", help="A run of the same settings with another seed, to compare gates; may be repeated."),
]
MeasuredRows = Annotated[
    int | None, typer.Option("--rows", help="Measure on at most this many rows, chosen by a hash of their content.")
]
Draws = Annotated[int, typer.Option(help="Number of draws of random reading, which shuffle the gates.", min=1)]


def option(name: str, kind: type, help: str, default=None, names: str = "", **details) -> Parameter:
    """Return the parameter of a command that typer reads as the option `--name`.

    default  None: the command leaves the setting alone
    names    other option names, such as `--early/--full`
    details  further arguments of `typer.Option`: metavar, callback
    """
    about = typer.Option(*filter(None, [names]), help=help, **details)
    annotation = Annotated[kind | None if default is None else kind, about]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def options_of(settings: type) -> dict[str, Parameter]:
    """Return {field: option} of a settings dataclass, for the fields whose metadata has a `help` text.

    Other metadata:
    option    False: the field has no option
    switch    True: the option is `--name/--no-name`, which empties the setting when off
    type      type of the option, if not the field's
    names, metavar, callback  as for `option`
    """
    return {
        item.name: _option_of(item)
        for item in fields(settings)
        if "help" in item.metadata and item.metadata.get("option", True)
    }


def _option_of(item: Field) -> Parameter:
    details = {name: item.metadata[name] for name in ("names", "metavar", "callback") if name in item.metadata}
    if "switch" in item.metadata:
        return option(item.name, bool, item.metadata["help"], default=True, callback=_switch)
    return option(item.name, item.metadata.get("type", item.type), item.metadata["help"], **details)


def _switch(on: bool) -> tuple | None:
    """Return the setting that a switch stands for: None (the task's own) when on, empty when off."""
    return None if on else ()


def with_options(**groups: dict[str, Parameter]) -> Callable:
    """Return a decorator that replaces parameters of a command by groups of options.

    The command receives each group as a dict of the options the user named; the others keep their defaults.
    """

    def decorate(command: Callable) -> Callable:
        @wraps(command)
        def run(**values):
            for group, options in groups.items():
                values[group] = without_none(**{name: values.pop(name) for name in options})
            return command(**values)

        own = signature(command)
        parameters = [
            parameter
            for declared in own.parameters.values()
            for parameter in groups.get(declared.name, {declared.name: declared}).values()
        ]
        vars(run)["__signature__"] = own.replace(parameters=parameters)  # where typer looks
        return run

    return decorate


def choose_task(name: str | None, x: str | None, h: str | None, label: str | None):
    """Return the known task, or one made of three columns; raise ValueError unless exactly one of the two is named."""
    from dualroute.tasks import TASKS, get_task
    from dualroute.tasks.base import custom_task

    if name and not (x or h or label):
        return get_task(name)
    if x and h and label and not name:
        return custom_task(x, h, label)
    raise ValueError(f"name either a task ({', '.join(TASKS)}) or the columns --x, --h and --label of your own data")


def task_of_checkpoint(checkpoint: str, x: str | None = None, h: str | None = None, label: str | None = None):
    """Return the task that a checkpoint was trained for; x, h and label replace the columns it was trained on.

    checkpoint  name or folder. Raises FileNotFoundError for an unknown one, ValueError for columns of a known task.
    """
    from dualroute.checkpoints import Checkpoint, files_of
    from dualroute.tasks import TASKS
    from dualroute.tasks.base import custom_task

    task = Checkpoint.read(files_of(checkpoint).folder).task
    if task.name not in TASKS:
        return custom_task(*(new or trained for new, trained in zip((x, h, label), task.columns, strict=True)))
    if x or h or label:
        raise ValueError(f"{checkpoint} was trained for the task {task.name}, whose columns are known; leave them out")
    return task


def without_none(**values) -> dict:
    """Return the values that are not None: the options the user named."""
    return {name: value for name, value in values.items() if value is not None}


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of an option that takes several, separated by commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


MODEL = options_of(ModelSettings)
TRAINING = options_of(TrainingSettings)


def report_rows(words: str, done: int, of: int) -> None:
    """Say on stderr how many rows are done, every tenth of them."""
    if done == of or done % max(1, of // 10) == 0:
        typer.echo(f"{words}: {done} of {of}", err=True)
