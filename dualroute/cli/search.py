"""`search`: which decision layer, trained how?"""

from pathlib import Path
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, without_loading_bars, write_json

SEVERAL = "several with commas between"


@app.command()
def search(
    context: typer.Context,
    data: o.TrainingData,
    out: Annotated[Path, typer.Option(help="Folder of the search; one that was cut short goes on from there.")],
    task: o.OptionalTask = None,
    x: o.XColumn = None,
    h: o.HColumn = None,
    label: o.LabelColumn = None,
    images: o.Images = None,
    backbone: o.Backbone = None,
    router: Annotated[
        str, typer.Option(help=f"Decision layers to try, {SEVERAL}.")
    ] = "linear,mlp,conv,recurrent,attention",
    granularity: Annotated[str, typer.Option(help="token,sequence or one of them.")] = "token,sequence",
    view: Annotated[
        str, typer.Option(help="What the router sees. full: x and h; early: x alone. Both with a comma.")
    ] = "full,early",
    flows: Annotated[str, typer.Option(help="2,3 or one of them.")] = "2",
    budget: Annotated[str | None, typer.Option(help=f"λ, {SEVERAL}; the task's own if not given.")] = None,
    weight_decay: Annotated[str | None, typer.Option(help=f"Pull of the weights towards 0, {SEVERAL}.")] = None,
    dropout: Annotated[str | None, typer.Option(help=f"Share of the states' parts left out, {SEVERAL}.")] = None,
    trials: Annotated[
        int | None, typer.Option(help="So many trials, chosen by TPE, numbers anywhere between the given; else all.")
    ] = None,
    epochs: o.Epochs = None,
    batch_size: o.BatchSize = None,
    learning_rate: o.LearningRate = None,
    context_dropout: o.ContextDropout = None,
    largest_share: o.LargestShare = None,
    max_rows: o.MaxRows = None,
    seed: o.Seed = None,
    extra: o.Extra = True,
    cache: o.Cache = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Where the results go; else OUT/search.json.")] = None,
):
    """Try decision layers, granularity, views, flows, λ and regularisation; a table, a picture and a JSON file."""
    chosen = o.chosen_task(task, x, h, label)
    json_out = json_out or out / "search.json"
    make_room(json_out)
    from dualroute.families.dual_route.config import DualRouteConfig
    from dualroute.report.search import search_figure, search_table
    from dualroute.studies.search import Grid
    from dualroute.studies.search import search as run
    from dualroute.studies.search.study import SEARCHED
    from dualroute.training.settings import TrainingSettings

    settings = TrainingSettings(**chosen.training | o.settings_given(context, but=SEARCHED))
    own_dropout = chosen.config.get("dropout", DualRouteConfig().dropout)
    grid = Grid(
        router=o.words_of(router),
        granularity=o.words_of(granularity),
        view=o.words_of(view),
        flows=_numbers("flows", flows, int),
        budget=_numbers("budget", budget) or (settings.budget,),
        weight_decay=_numbers("weight-decay", weight_decay) or (settings.weight_decay,),
        dropout=_numbers("dropout", dropout) or (own_dropout,),
    )
    without_loading_bars()
    options = o.given(backbone=backbone, images=images)
    results = run(chosen, data, out, grid, settings, trials=trials, cache=cache, tell=_tell, **options)
    write_json(json_out, results)
    search_figure(results).write_html(out / "search.html", include_plotlyjs=True)
    typer.echo(search_table(results).markdown())
    typer.echo(f"{len(results['trials'])} trials; results in {json_out}, the picture in {out / 'search.html'}")


def _numbers(name: str, given: str | None, kind: type = float) -> tuple:
    try:
        return tuple(map(kind, o.words_of(given or "")))
    except ValueError as error:
        raise ValueError(f"--{name} takes numbers with commas between, not {given!r}") from error


def _tell(trial: dict) -> None:
    said = ", ".join(f"{name} {value}" for name, value in trial["params"].items())
    merged = f"{100 * trial['routed']['share']:.1f} % merged"
    typer.echo(f"trial {trial['number']}: {trial['value']:.4f} at {merged}; {said}")
