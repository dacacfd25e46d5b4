"""`search`: train and compare routers over a grid of settings."""

from dataclasses import fields
from pathlib import Path
from typing import Annotated, get_args

import typer

from dualroute.cli import options as o
from dualroute.cli.base import app, make_room, without_loading_bars, write_json
from dualroute.families.dual_route.settings import GRANULARITIES, ROUTERS
from dualroute.numerals import percent

SEVERAL = "separated by commas"
OWN = f"{SEVERAL}. Default: the task's own."
DIMENSIONS = (  # of the grid, with what is tried by default
    ("router", f"Routers to try, {SEVERAL}.", ",".join(ROUTERS)),
    ("granularity", f"Granularities of the gates to try, {SEVERAL}.", ",".join(GRANULARITIES)),
    ("view", f"What the router sees, {SEVERAL}. full: x and what was read of h; early: x alone.", "full,early"),
    ("flows", f"Numbers of flows to try, 2 or 3, {SEVERAL}.", "2"),
    ("budget", f"Values of λ, the cost of reading the context, {OWN}", None),
    ("weight_decay", f"Weight decays, {OWN}", None),
    ("dropout", f"Dropout rates, {OWN}", None),
)
GRID = {name: o.option(name, str, help, default) for name, help, default in DIMENSIONS}
NOT_OFFERED = ("flow_loss", "hard_share")
SETTINGS = {name: made for name, made in o.TRAINING.items() if name not in (*GRID, *NOT_OFFERED)}


@app.command()
@o.with_options(grid=GRID, settings=SETTINGS)
def search(
    *,
    data: o.TrainingData,
    out: Annotated[Path, typer.Option(help="Folder of the search; an interrupted one resumes from there.")],
    task: o.OptionalTask = None,
    x: o.XColumn = None,
    h: o.HColumn = None,
    label: o.LabelColumn = None,
    images: o.Images = None,
    backbone: o.Backbone = None,
    grid: dict,
    trials: Annotated[
        int | None,
        typer.Option(
            help="Number of trials, chosen by TPE; numeric settings may take any value between the least and the "
            "largest named. Default: every combination."
        ),
    ] = None,
    settings: dict,
    cache: o.Cache = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", help="File to write the results to. Default: OUT/search.json.")
    ] = None,
):
    """Compare routers, granularities, views, flows, λ and regularisation; print a table, write a figure and JSON."""
    chosen = o.choose_task(task, x, h, label)
    json_out = json_out or out / "search.json"
    make_room(json_out)
    from dualroute.report.search import search_figure, search_table
    from dualroute.studies.search import search as run
    from dualroute.training.settings import TrainingSettings

    training = TrainingSettings(**chosen.training | settings)
    values = _grid(grid, chosen.config, training)
    without_loading_bars()
    options = o.without_none(backbone=backbone, images=images)
    results = run(chosen, data, out, values, training, trials=trials, cache=cache, tell=_print_trial, **options)
    write_json(json_out, results)
    search_figure(results).write_html(out / "search.html", include_plotlyjs=True)
    typer.echo(search_table(results).markdown())
    typer.echo(f"{len(results['trials'])} trials; results in {json_out}, plot in {out / 'search.html'}")


def _grid(texts: dict[str, str], config: dict, settings):
    """Return the `Grid` of the options; numbers without an option are the task's own."""
    from dualroute.families.dual_route.config import DualRouteConfig
    from dualroute.studies.search import Grid

    own = {"budget": settings.budget, "weight_decay": settings.weight_decay}
    own["dropout"] = config.get("dropout", DualRouteConfig().dropout)
    defaults = {name: (value,) for name, value in own.items()}
    kinds = {item.name: get_args(item.type)[0] for item in fields(Grid)}
    return Grid(**{name: _values(name, texts.get(name, ""), kinds[name]) or defaults.get(name, ()) for name in kinds})


def _values(name: str, text: str, kind: type) -> tuple:
    """Return the values of an option; raise ValueError when one is not of `kind`."""
    try:
        return tuple(map(kind, o.words_of(text)))
    except ValueError as error:
        raise ValueError(f"--{name.replace('_', '-')} takes numbers separated by commas, not {text!r}") from error


def _print_trial(trial: dict) -> None:
    values = ", ".join(f"{name} {value}" for name, value in trial["params"].items())
    share = percent(trial["routed"]["share"])
    typer.echo(f"trial {trial['number']}: {trial['value']:.4f} at {share} merged; {values}")
