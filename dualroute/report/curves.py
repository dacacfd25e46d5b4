"""Figure of quality against the share of tokens that read: the router's curve and its baselines."""

import plotly.graph_objects as go

from dualroute import report as palette
from dualroute.numerals import percent
from dualroute.report.results import best_static, default_entry, in_percent, metric_of, metric_word, with_interval

BAND_OPACITY = 0.16  # of a 95% band
FLOWS = {"full context": ("merged", palette.MERGED), "without context": ("direct", palette.DIRECT)}


def curve_figure(results: dict) -> go.Figure:
    """Return the figure of one evaluation: one point per θ with 95% bands, and the baselines.

    The baselines are random reading and the best fixed rule at the same shares, each flow alone, and the oracle. Values
    and shares are multiplied by 100. Paper and font have no colour of their own, so that they take the page's.
    """
    figure, entries = go.Figure(), sorted(results["thresholds"], key=lambda entry: entry["share"])
    for name, (flow, color) in FLOWS.items():
        _flow(figure, results, name, results[flow], color)
    compared = [entry for entry in entries if "random" in entry]
    if compared:
        _curve(figure, results, "random reading", [_at_share(e, e["random"]) for e in compared], palette.QUIET, "dash")
        static = [_at_share(entry, best_static(entry, metric_of(results))[1]) for entry in compared]
        _curve(figure, results, "best fixed rule", static, palette.CONTEXT, "dot", band=False)
    _curve(figure, results, "routed", entries, palette.ROUTED, "solid")
    _mark(figure, results, _decision(results), default_entry(results), "diamond", palette.ROUTED)
    _mark(figure, results, "oracle", results["oracle"], "star", palette.FOR)
    layout: dict = plain_layout("tokens that read, %", metric_label(results)) | {"height": 440}
    layout["xaxis"] |= {"range": [-1.5, 101.5], "dtick": 20}
    return figure.update_layout(layout)


def plain_layout(x_title: str, y_title: str) -> dict:
    """Return the layout shared by all figures: no template, no background, legend on top, margins for a phone."""
    axis: dict = {"zeroline": False, "automargin": True, "fixedrange": True}
    return {
        "template": "none",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 52, "r": 12, "t": 12, "b": 48},
        "legend": {"orientation": "h", "y": 1.02, "x": 0, "yanchor": "bottom"},
        "hovermode": "closest",
        "xaxis": axis | {"title": {"text": x_title, "font": {"size": 13}}},
        "yaxis": axis | {"title": {"text": y_title, "font": {"size": 13}}},
    }


def metric_label(results: dict) -> str:
    """Return the title of the value axis, such as `accuracy, %`."""
    word = metric_word(metric_of(results))
    return word if "×" in word else f"{word}, %"


def _flow(figure: go.Figure, results: dict, name: str, entry: dict, color: str) -> None:
    """Add a horizontal line for a flow, whose quality does not depend on θ."""
    ends = [entry | {"share": share} for share in (0.0, 1.0)]
    _curve(figure, results, name, ends, color, "longdash", markers=False)


def _curve(figure, results, name, entries, color, dash, band=True, markers=True) -> None:
    x = [in_percent(entry["share"]) for entry in entries]
    if band:
        low, high = ([in_percent(entry["ci"][end]) for entry in entries] for end in (0, 1))
        figure.add_scatter(
            x=x + x[::-1],
            y=low + high[::-1],
            fill="toself",
            fillcolor=palette.transparent(color, BAND_OPACITY),
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            legendgroup=name,
            showlegend=False,
            name=f"{name}, 95%",
        )
    figure.add_scatter(
        x=x,
        y=[in_percent(entry[metric_of(results)]) for entry in entries],
        mode="lines+markers" if markers else "lines",
        line={"color": color, "dash": dash, "width": 2.5 if name == "routed" else 1.8},
        marker={"size": 6 if name == "routed" else 4},
        name=name,
        legendgroup=name,
        **_hover(results, name, entries),
    )


def _mark(figure: go.Figure, results: dict, name: str, entry: dict, symbol: str, color: str) -> None:
    value = entry[metric_of(results)]
    figure.add_scatter(
        x=[in_percent(entry["share"])],
        y=[in_percent(value)],
        error_y=error_bar([entry], metric_of(results)) | {"thickness": 1.5},
        mode="markers",
        marker={"symbol": symbol, "size": 14, "color": color, "line": {"width": 1.5, "color": palette.QUIET}},
        name=name,
        **_hover(results, name, [entry]),
    )


def error_bar(entries: list[dict], key: str) -> dict:
    """Return plotly's error bars from the value under `key` to the ends of its interval, multiplied by 100."""
    up = [in_percent(entry["ci"][1] - entry[key]) for entry in entries]
    down = [in_percent(entry[key] - entry["ci"][0]) for entry in entries]
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "width": 4}


def _hover(results: dict, name: str, entries: list[dict]) -> dict:
    lines = []
    for entry in entries:
        theta = f"θ = {entry['theta']:.3f}<br>" if "theta" in entry else ""
        share = "" if name in FLOWS else f"{percent(entry['share'])} of tokens<br>"
        lines.append(f"<b>{name}</b><br>{theta}{share}{with_interval(metric_of(results), entry)}")
    return {"hovertext": lines, "hoverinfo": "text"}


def _at_share(routed: dict, baseline: dict) -> dict:
    """Return a baseline's entry with θ and share of the routed entry that it is compared with."""
    return baseline | {"theta": routed["theta"], "share": routed["share"]}


def _decision(results: dict) -> str:
    entry = default_entry(results)
    return f"default, θ = {entry['theta']:.3f}" if "theta" in entry else f"default, {results['default_policy']}"
