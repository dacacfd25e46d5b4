"""Report on a hyperparameter search: a table and a figure of its trials."""

from dualroute import report as palette
from dualroute.numerals import percent
from dualroute.report.results import gain, metric_of, metric_word, shown, with_interval
from dualroute.report.tables import Table

COLORS = (palette.DIRECT, palette.MERGED, palette.CONTEXT, palette.AGAINST, palette.ROUTED)
SHAPES = ("circle", "square", "diamond", "triangle-up", "cross")
NAMES = {"view": "sees", "flows": "flows", "budget": "λ", "weight_decay": "weight decay"}
VIEWS = {"full": "x and h", "early": "x alone"}


def search_table(results: dict) -> Table:
    """Return one row per trial, the best first; the note names the dimensions that do not vary."""
    varied, fixed = _dimensions(results)
    metric = metric_of(results)
    word = metric_word(metric)
    columns = [
        *(NAMES.get(name, name) for name in varied),
        "tokens that read",
        f"{word} routed [95%]",
        "full context",
        "without context",
    ]
    columns += ["proportional", "random reading", "gain over random [95%]", "router's parameters", "CPU s"]
    rows = tuple(_row(trial, varied, metric) for trial in results["trials"])
    return Table(tuple(columns), rows, _note(results, fixed))


def search_figure(results: dict):
    """Return a plotly figure of every trial's quality against its share of tokens that read.

    Colour and shape show the decision layer; open markers see x alone, a dot marks one gate for the whole sequence.
    """
    import plotly.graph_objects as go

    from dualroute.report.curves import metric_label, plain_layout

    metric, figure = metric_of(results), go.Figure()
    for place, router in enumerate(_routers(results)):
        trials = [trial for trial in results["trials"] if trial["params"]["router"] == router]
        low, high = zip(*(trial["routed"]["ci"] for trial in trials), strict=True)
        values = [trial["routed"][metric] for trial in trials]
        figure.add_scatter(
            name=router,
            mode="markers",
            x=[100 * trial["routed"]["share"] for trial in trials],
            y=[100 * value for value in values],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [100 * (top - value) for top, value in zip(high, values, strict=True)],
                "arrayminus": [100 * (value - bottom) for bottom, value in zip(low, values, strict=True)],
                "thickness": 0.8,
                "width": 0,
            },
            marker={
                "color": COLORS[place % len(COLORS)],
                "symbol": [_symbol(place, trial["params"]) for trial in trials],
                "size": 11,
            },
            text=[_words(trial, results) for trial in trials],
            hovertemplate="%{text}<br>%{y:.1f} at %{x:.1f}% read<extra></extra>",
        )
    _flow(figure, results, "merged", "best with full context", palette.MERGED)
    _flow(figure, results, "direct", "best without context", palette.DIRECT)
    layout = plain_layout("tokens that read, %", metric_label(results)) | {"height": 460}
    return figure.update_layout(layout)


def _dimensions(results: dict) -> tuple[list[str], dict]:
    """Return the names of the dimensions that vary over the trials, and {name: value} of the others."""
    seen = {name: {trial["params"][name] for trial in results["trials"]} for name in results["grid"]}
    varied = [name for name, values in seen.items() if len(values) > 1 or name == "router"]
    return varied, {name: next(iter(values)) for name, values in seen.items() if name not in varied and values}


def _row(trial: dict, varied: list[str], metric: str) -> tuple[str, ...]:
    routed, policies = trial["routed"], trial["policies"]
    return (
        *(_value(name, trial["params"][name]) for name in varied),
        percent(routed["share"]) + ("" if trial["affordable"] else " (too many)"),
        with_interval(metric, routed),
        *(shown(metric, policies[name][metric]) for name in ("merged", "direct", "soft")),
        shown(metric, routed["random"][metric]),
        gain(routed["minus_random"]),
        f"{trial['router_parameters']:,}",
        f"{trial['cpu_seconds']:.0f}",
    )


def _value(name: str, value) -> str:
    if name == "view":
        return VIEWS[value]
    return f"`{value}`" if name == "router" else f"{value:g}" if isinstance(value, float) else str(value)


def _note(results: dict, fixed: dict) -> str:
    settings = results["settings"]
    common = ", ".join(f"{NAMES.get(name, name)} {_value(name, value)}" for name, value in fixed.items())
    return (
        f"{len(results['trials'])} trials of `{results['task']}`: {settings['epochs']} epochs on "
        f"{results['training_rows']:,} rows, measured on {results['validation_rows']:,} held-out rows at the θ that "
        f"is best among those in which at most {percent(settings['largest_share'], 0)} of the tokens read, seed "
        f"{settings['seed']}{'; all with ' + common if common else ''}. {results['note']}"
    )


def _routers(results: dict) -> list[str]:
    """Return the routers with a trial, in the grid's order; trials of an earlier grid come last."""
    tried, grid = {trial["params"]["router"] for trial in results["trials"]}, results["grid"]["router"]
    return [router for router in grid if router in tried] + sorted(tried - set(grid))


def _symbol(place: int, params: dict) -> str:
    open_mark = "-open" if params["view"] == "early" else ""
    return SHAPES[place % len(SHAPES)] + open_mark + ("-dot" if params["granularity"] == "sequence" else "")


def _words(trial: dict, results: dict) -> str:
    varied, _ = _dimensions(results)
    return ", ".join(f"{NAMES.get(name, name)} {_value(name, trial['params'][name]).strip('`')}" for name in varied)


def _flow(figure, results: dict, flow: str, name: str, color: str) -> None:
    best = max((trial["policies"][flow][metric_of(results)] for trial in results["trials"]), default=None)
    if best is not None:
        figure.add_scatter(
            name=name, mode="lines", x=[0, 100], y=[100 * best] * 2, line={"color": color, "width": 1.2, "dash": "dash"}
        )
