"""The command line: train, evaluate, recover, trace, table, examples, serve. Heavy imports stay inside the commands."""

from pathlib import Path
from typing import Annotated

import typer

# What a user can bring about: named in one line. Anything else is a defect and keeps its traceback.
USER_ERRORS = (ValueError, OSError, EOFError)


class OneLineErrors(typer.core.TyperGroup):
    """Commands whose errors are one line on stderr and exit code 1."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except USER_ERRORS as error:
            typer.echo(f"error: {' '.join(str(error).split()) or type(error).__name__}", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
    help="See which way every token went in a dual-route model, why, and what would have happened otherwise.",
)

OptionalTask = Annotated[str | None, typer.Argument(metavar="[TASK]", help="A known task, such as news.")]
XColumn = Annotated[str | None, typer.Option("--x", help="Own data: column of the main input.")]
HColumn = Annotated[str | None, typer.Option("--h", help="Own data: column of the context.")]
LabelColumn = Annotated[str | None, typer.Option("--label", help="Own data: column of the label.")]
Cache = Annotated[Path | None, typer.Option(help="Folder that keeps the backbone's features for the next run.")]


@app.command()
def train(
    data: Annotated[Path, typer.Option(help="Folder with train and validation files, or one CSV or JSON Lines file.")],
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint; a run that was cut short goes on from there.")],
    task: OptionalTask = None,
    x: XColumn = None,
    h: HColumn = None,
    label: LabelColumn = None,
    backbone: Annotated[str | None, typer.Option(help="Text encoder: a folder or a name on the hub.")] = None,
    router: Annotated[str | None, typer.Option(help="Decision layer: linear or mlp.")] = None,
    granularity: Annotated[str | None, typer.Option(help="One gate per token, or one per sequence.")] = None,
    early: Annotated[bool | None, typer.Option(help="Decide from x alone, before h is encoded.")] = None,
    epochs: Annotated[int | None, typer.Option()] = None,
    batch_size: Annotated[int | None, typer.Option()] = None,
    learning_rate: Annotated[float | None, typer.Option()] = None,
    budget: Annotated[float | None, typer.Option(help="λ, what reading the context costs.")] = None,
    context_dropout: Annotated[float | None, typer.Option(help="Share of rows trained without context.")] = None,
    seed: Annotated[int | None, typer.Option()] = None,
    extra: Annotated[bool, typer.Option(help="Use the task's extra training files.")] = True,
    cache: Cache = None,
):
    """Train a router on a task's data, or on three columns of your own."""
    chosen = _task(task, x, h, label)
    settings = _given(
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        budget=budget,
        context_dropout=context_dropout,
        seed=seed,
        extra=None if extra else (),
    )
    config = _given(router=router, granularity=granularity, early=early)
    from dualroute.training.settings import TrainingSettings
    from dualroute.training.train import train as run

    _without_loading_bars()
    run(
        chosen,
        data,
        out,
        TrainingSettings(**chosen.training | settings),
        config,
        cache=cache,
        **_given(backbone=backbone),
    )
    typer.echo(f"trained; the checkpoint is in {out}")


@app.command()
def evaluate(
    data: Annotated[Path, typer.Option(help="File to measure on.")],
    task: OptionalTask = None,
    checkpoint: Annotated[str | None, typer.Option(help="Folder or name; the task's own if not given.")] = None,
    x: XColumn = None,
    h: HColumn = None,
    label: LabelColumn = None,
    train: Annotated[
        Path | None, typer.Option(help="Training file of the baselines; else the one beside --data.")
    ] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Where the results go, for `table`.")] = None,
    draws: Annotated[int, typer.Option(help="How often gates are dealt out at random.")] = 20,
    seed: Annotated[int, typer.Option()] = 0,
    cache: Cache = None,
):
    """Measure a checkpoint against each flow alone, random and static gates, an oracle and bags of words."""
    import json

    chosen = _task(task, x, h, label)
    if json_out:
        json_out.parent.mkdir(parents=True, exist_ok=True)  # told now, not after minutes of computing
    from dualroute.training.evaluate import evaluate as run
    from dualroute.training.report import markdown

    _without_loading_bars()
    results = run(chosen, data, checkpoint, train, cache, draws, seed)
    if json_out:
        json_out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    typer.echo(markdown(results))


@app.command()
def recover(
    routers: Annotated[list[str] | None, typer.Option(help="Decision layer; again for more. All if not given.")] = None,
    seeds: Annotated[int, typer.Option(help="How many runs of each.")] = 3,
    json_out: Annotated[Path | None, typer.Option("--json", help="Where the results go.")] = None,
):
    """Train every decision layer on a planted task, and see whether its gate finds the tokens that need the context."""
    import json

    if json_out:
        json_out.parent.mkdir(parents=True, exist_ok=True)
    from dualroute.training import gate_recovery

    results = gate_recovery.recover(routers or gate_recovery.ROUTERS, seeds)
    if json_out:
        json_out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    typer.echo(gate_recovery.table(results))


@app.command()
def trace(
    checkpoint: Annotated[str, typer.Argument(metavar="TASK_OR_CHECKPOINT")],
    x: Annotated[str, typer.Option("--x", help="The main input.")],
    h: Annotated[str, typer.Option("--h", help="Its context.")] = "",
    policy: Annotated[str | None, typer.Option(help="The checkpoint's own if not given.")] = None,
    threshold: Annotated[float | None, typer.Option(help="θ, from 0 to 1.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the whole trace here; - for stdout.")] = None,
):
    """Route one input and show, token by token, what happened."""
    import dualroute
    from dualroute.terminal import print_trace

    _without_loading_bars()
    made = dualroute.load(checkpoint).trace(x, h, policy=policy, threshold=threshold)
    if json_out is None:
        print_trace(made)
    elif str(json_out) == "-":
        typer.echo(made.to_json())
    else:
        json_out.write_text(made.to_json(), encoding="utf-8")


@app.command()
def table(
    results: Annotated[
        Path | None, typer.Option(help="Folder of TASK.json files; the shipped ones if not given.")
    ] = None,
    readme: Annotated[Path, typer.Option()] = Path("README.md"),
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 if the README differs.")] = False,
):
    """Write the results tables into the README."""
    from dualroute.paths import assets_dir
    from dualroute.training.report import write_tables

    changed = write_tables(readme, results or assets_dir() / "results", check)
    if check and changed:
        raise ValueError(f"{readme} differs from the results; run `python -m dualroute table`")
    typer.echo(f"{readme}: {'tables written' if changed else 'tables are up to date'}")


@app.command()
def examples(
    task: Annotated[str, typer.Argument(help="A known task, such as news.")],
    out: Annotated[Path | None, typer.Option(help="File to write; the page's own if not given.")] = None,
):
    """Trace and attribute a task's demonstration texts, for the page to show before any model is loaded."""
    from dualroute.api import load
    from dualroute.interpret.stored import make_examples, write_examples
    from dualroute.paths import assets_dir
    from dualroute.tasks import get_task

    _without_loading_bars()
    chosen = get_task(task)
    path = out or assets_dir() / "examples" / f"{task}.jsonl"
    write_examples(path, make_examples(load(task), chosen.demos))
    typer.echo(f"{len(chosen.demos)} examples written to {path}")


@app.command()
def serve(port: Annotated[int | None, typer.Option(help="Default: the first free one.")] = None):
    """Open the explorer in a browser."""
    from dualroute.ui.app import launch

    launch(port=port)


def _task(name: str | None, x: str | None, h: str | None, label: str | None):
    """The known task, or the one that three columns make. Raises ValueError for anything between."""
    from dualroute.tasks import TASKS, get_task
    from dualroute.tasks.custom import custom_task

    columns = [x, h, label]
    if name and not any(columns):
        return get_task(name)
    if all(columns) and not name:
        return custom_task(*columns)
    raise ValueError(f"name either a task ({', '.join(TASKS)}) or the columns --x, --h and --label of your own data")


def _given(**options) -> dict:
    """The options that were given; the others keep their defaults."""
    return {name: value for name, value in options.items() if value is not None}


def _without_loading_bars() -> None:
    """Reading weights takes milliseconds here; bars for what takes minutes stay."""
    from transformers.utils import logging

    logging.disable_progress_bar()
