"""Dot plots with intervals: groups of rows, gains over all tasks, and gates on the planted task."""

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from dualroute import report as palette
from dualroute.checkpoints import title_of
from dualroute.report.curves import error_bar, metric_label, plain_layout
from dualroute.report.results import RECOVERY_AIM, default_entry, gain, in_percent, metric_of, with_interval
from dualroute.report.tables import in_order

ROW, FRAME = 46, 140  # height of one line of dots, and of axis, legend and margins, in pixels


def groups_figure(results: dict) -> go.Figure:
    """Return the figure of quality without context, with full context and routed, over all rows and in each group."""
    metric, parts = metric_of(results), {"all rows": results, **results["groups"]}
    entries = {
        ("without context", palette.DIRECT, "circle"): [part["direct"] for part in parts.values()],
        ("random reading", palette.QUIET, "x"): [default_entry(results, part).get("random") for part in parts.values()],
        ("full context", palette.MERGED, "square"): [part["merged"] for part in parts.values()],
        ("routed", palette.ROUTED, "diamond"): [default_entry(results, part) for part in parts.values()],
    }
    names, figure = [_wrapped(f"{name} ({part['n']:,})") for name, part in parts.items()], go.Figure()
    for (name, color, symbol), row in entries.items():
        if all(row):
            hover = [f"<b>{name}</b>, {at}<br>{with_interval(metric, e)}" for at, e in zip(names, row, strict=True)]
            values = [in_percent(entry[metric]) for entry in row]
            dots(figure, values, names, name, color, symbol, hover, error_bar(row, metric))
    return lines(figure, names, metric_label(results))


def gains_figure(many: Iterable[dict]) -> go.Figure:
    """Return the figure of what the default decision gains over each baseline, for every evaluation in `many`."""
    many, figure = in_order(many), go.Figure()
    baselines = (
        ("minus_random", "random reading, same share", palette.QUIET, "x"),
        ("minus_static", "best fixed rule, same share", palette.CONTEXT, "diamond"),
        ("minus_merged", "full context", palette.MERGED, "square"),
        ("minus_direct", "no context", palette.DIRECT, "circle"),
    )
    for key, name, color, symbol in baselines:
        by_checkpoint = {_title(r): default_entry(r)[key] for r in many if key in default_entry(r)}
        if by_checkpoint:
            gains = list(by_checkpoint.values())
            hover = [f"<b>{task}</b><br>over {name}: {gain(entry)}" for task, entry in by_checkpoint.items()]
            values = [in_percent(entry["difference"]) for entry in gains]
            bars = error_bar(gains, "difference")
            dots(figure, values, list(by_checkpoint), f"over {name}", color, symbol, hover, bars)
    figure.add_vline(0, line={"color": palette.QUIET, "width": 1})
    return lines(figure, [_title(r) for r in many], "gain, percentage points")


def _title(results: dict) -> str:
    return _wrapped(title_of(results["checkpoint"]))


def recovery_figure(results: dict) -> go.Figure:
    """Return the figure of each router's AUROC against the planted truth: one dot per seed, a bar at their mean."""
    names, figure = list(dict.fromkeys(entry["router"] for entry in results["routers"])), go.Figure()
    for early, name, color in ((False, "full", palette.DIRECT), (True, "early: sees x only", palette.MERGED)):
        entries = [entry for entry in results["routers"] if entry["early"] == early]
        runs = [(entry["router"], run) for entry in entries for run in entry["runs"]]
        hover = [f"<b>{router}</b>, {name}<br>seed {run['seed']}: {run['auroc']:.3f}" for router, run in runs]
        places = [router for router, _ in runs]
        symbol = "circle" if early else "square-open"
        dots(figure, [run["auroc"] for _, run in runs], places, f"{name}, each seed", color, symbol, hover)
        means = [f"<b>{entry['router']}</b>, {name}<br>mean {entry['auroc_mean']:.3f}" for entry in entries]
        places = [entry["router"] for entry in entries]
        dots(figure, [e["auroc_mean"] for e in entries], places, f"{name}, mean", color, "line-ns-open", means)
    figure.add_vline(RECOVERY_AIM, line={"color": palette.QUIET, "dash": "dot", "width": 1.5})
    return lines(figure, names, "AUROC of the gate; dotted: the aim")


def dots(figure: go.Figure, x, y, name: str, color: str, symbol: str, hover, bars: dict | None = None) -> None:
    """Add values `x` to the lines named `y`; `bars` is the result of `curves.error_bar`."""
    figure.add_scatter(
        x=x,
        y=y,
        error_x=bars,
        mode="markers",
        marker={
            "color": color,
            "symbol": symbol,
            "size": 16 if symbol.startswith("line") else 10,
            "line": {"width": 2},
        },
        name=name,
        hovertext=hover,
        hoverinfo="text",
        orientation="h",
        offsetgroup=name.split(",")[0],  # side by side within a line, so that equal values stay visible
    )


def lines(figure: go.Figure, names: list[str], x_title: str) -> go.Figure:
    """Lay the figure out with one line per name, the first on top; the axis spans the intervals, not zero."""
    layout = plain_layout(x_title, "") | {"height": FRAME + ROW * len(names), "scattermode": "group", "scattergap": 0.3}
    layout["xaxis"] |= {"range": _range(figure)}
    layout["yaxis"] |= {"categoryorder": "array", "categoryarray": names[::-1], "gridwidth": 1, "showgrid": True}
    return figure.update_layout(layout)


def _range(figure: Any, margin: float = 0.05) -> list[float]:
    """Return the smallest and the largest end of all intervals and vertical lines of a plotly figure, with a margin."""
    ends = [shape.x0 for shape in figure.layout.shapes]
    for trace in figure.data:
        down, up = trace.error_x.arrayminus or [0] * len(trace.x), trace.error_x.array or [0] * len(trace.x)
        ends += [x - arm for x, arm in zip(trace.x, down, strict=True)]
        ends += [x + arm for x, arm in zip(trace.x, up, strict=True)]
    room = margin * (max(ends) - min(ends) or 1)
    return [round(min(ends) - room, 4), round(max(ends) + room, 4)]


def _wrapped(name: str, width: int = 16) -> str:
    """Break the name into lines of about `width` characters, for narrow screens."""
    lines = [""]
    for word in name.split():
        lines = [*lines, word] if len(lines[-1]) + len(word) >= width else [*lines[:-1], f"{lines[-1]} {word}".strip()]
    return "<br>".join(lines)
