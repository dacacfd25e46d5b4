"""Routing as figures: the routing of any trace, and the flow of one logit, every exact term of it as a ribbon.

The page draws them from `frontend/src/core/flow_links.ts`. They run from the token itself (`own`) and from the context
tokens to the words of x, and from there to `for` or `against` the class, by sign. A word's inflow equals its outflow:
Σ|terms| on both sides. The pieces of a word share a node, and so do small words; none is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import numpy as np

from dualroute import report as palette
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.outcome import Outcome
from dualroute.trace.record import Trace
from dualroute.trace.replay import require_trace

MOST_CONTEXT, MOST_WORDS = 8, 12  # largest numbers of nodes
LEAST_SHARE = 0.012  # of all terms together; smaller words share a node

Answer = int | tuple[int, int]  # a class, or the first and the last token of a span


@dataclass(frozen=True)
class Ribbon:
    """A size `value` > 0 from node to node. Nodes: own, c<s>, c+ (the rest), t<t>, t+ (the rest), for, against.

    s and t are the first tokens of words.
    """

    source: str
    target: str
    positive: bool
    value: float


def flow_ribbons(trace: Trace, outcome: Outcome, answer: Answer) -> list[Ribbon]:
    """Return the ribbons of the score of `answer`, a class index or a span: it is `Σ for − Σ against + bias`."""
    terms = _terms(trace, outcome, answer)
    sizes = np.abs(terms)
    least = LEAST_SHARE * sizes.sum()
    tokens = _names("t", trace.tokens, sizes.sum(1), MOST_WORDS, least)
    sources = ["own", *_names("c", trace.context_tokens, sizes[:, 1:].sum(0), MOST_CONTEXT, least)]
    sums: dict[tuple[str, str, bool], float] = {}
    for t, s in zip(*np.nonzero(terms), strict=True):
        positive = bool(terms[t, s] > 0)
        for source, target in ((sources[s], tokens[t]), (tokens[t], "for" if positive else "against")):
            key = (source, target, positive)
            sums[key] = sums.get(key, 0.0) + float(sizes[t, s])
    return [Ribbon(*key, value) for key, value in sums.items()]


def _terms(trace: Trace, outcome: Outcome, answer: Answer) -> np.ndarray:
    """Return (T,1+S) contributions: each token's own and its S reads; for a span the start's and the end's alone."""
    own = outcome.kappa[:, None] * trace.direct_contributions.astype(np.float64)  # (T,C)
    contributions = own[:, None]  # (T,1+S,C)
    if trace.context_contributions is not None:
        read = outcome.rho[:, None, None] * trace.context_contributions.astype(np.float64)  # (T,S,C)
        contributions = np.concatenate([contributions, read], axis=1)
    if not isinstance(answer, tuple):
        return contributions[..., answer]
    terms = np.zeros(contributions.shape[:2])
    for output, token in enumerate(answer):
        terms[token] += contributions[token, :, output]
    return terms


def flow_figure(trace: Trace, outcome: Outcome | None = None, label: str | None = None):
    """Return the flow figure of a class or answer, by default the predicted one, as a `plotly.graph_objects.Figure`.

    Raises ValueError for a generated text, which is no sum of contributions.
    """
    import plotly.graph_objects as go

    require_trace(trace)
    if not isinstance(trace.ledger, SumOfLogits):
        raise ValueError("a written text is no sum of contributions; there is no flow picture of it")
    outcome = outcome or trace.replay()
    answer: Any = outcome.answer if label is None else trace.labels.index(label)  # no text: those have no ledger
    ribbons = flow_ribbons(trace, outcome, answer)
    label = label or outcome.label
    nodes = sorted({node for ribbon in ribbons for node in (ribbon.source, ribbon.target)}, key=_rank)
    sankey = go.Sankey(
        node={
            "label": [_title(trace, node, label) for node in nodes],
            "color": [_color(node) for node in nodes],
            "pad": 11,
            "thickness": 12,
        },
        link={
            "source": [nodes.index(ribbon.source) for ribbon in ribbons],
            "target": [nodes.index(ribbon.target) for ribbon in ribbons],
            "value": [ribbon.value for ribbon in ribbons],
            "color": [palette.transparent(_ribbon_color(ribbon), 0.45) for ribbon in ribbons],
        },
    )
    return go.Figure(sankey, layout={"template": "none", "margin": {"l": 8, "r": 8, "t": 12, "b": 12}})


def routing_figure(trace: Trace):
    """One heat map for each layer, routes by tokens, as a `plotly.graph_objects.Figure`."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    routing, places = trace.routing, list(range(len(trace.tokens)))
    titles = [f"weight of each route, layer {layer}" for layer in routing.layers]
    figure = make_subplots(rows=trace.n_layers, cols=1, shared_xaxes=True, subplot_titles=titles)
    for layer, weights in enumerate(routing.dense_weights):
        heat = go.Heatmap(z=weights.T, x=places, y=list(routing.routes), zmin=0, zmax=1, colorscale="Cividis")
        figure.add_trace(heat, row=layer + 1, col=1)
    figure.update_traces(showscale=False)
    figure.update_xaxes(
        tickmode="array", tickvals=places, ticktext=[token.replace("<", "&lt;") for token in trace.tokens]
    )
    return figure.update_layout(template="none", margin={"l": 90, "r": 10, "t": 40, "b": 60})


def _names(prefix: str, tokens: Sequence[str], sizes: np.ndarray, most: int, least: float) -> list[str]:
    """Return each token's node: its word's own for the `most` largest above `least`, else one of all other words.

    A single other word has its own too.
    """
    starts = np.maximum.accumulate([0 if t and token.startswith("##") else t for t, token in enumerate(tokens)] or [0])
    whole = np.bincount(starts[: len(tokens)], sizes, len(tokens))
    order = [int(i) for i in np.lexsort((np.arange(len(whole)), -whole)) if whole[i] > 0]
    large = [i for i in order[:most] if whole[i] > least]
    own = set(order if len(order) == len(large) + 1 else large)
    return [f"{prefix}{start}" if start in own else f"{prefix}+" for start in starts[: len(tokens)].tolist()]


def _rank(node: str) -> int:
    fixed = {"own": -1, "c+": 9_999, "t+": 29_999, "for": 40_000, "against": 40_001}
    return fixed[node] if node in fixed else int(node[1:]) + (0 if node[0] == "c" else 10_000)


def _title(trace: Trace, node: str, label: str) -> str:
    fixed = {
        "own": f"the {trace.segment.name} itself",
        "c+": f"rest of the {trace.spec.h_name}",
        "t+": f"rest of the {trace.segment.name}",
        "for": f"for {_plain(label)}",
        "against": f"against {_plain(label)}",
    }
    if node in fixed:
        return fixed[node]
    tokens, start = (trace.tokens if node[0] == "t" else trace.context_tokens), int(node[1:])
    pieces = takewhile(lambda token: token.startswith("##"), tokens[start + 1 :])
    return _plain("".join([tokens[start], *(piece.removeprefix("##") for piece in pieces)]))


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")  # plotly reads <b> and the like as markup


def _color(node: str) -> str:
    fixed = {"own": palette.DIRECT, "for": palette.FOR, "against": palette.AGAINST}
    return fixed.get(node, palette.MERGED if node[0] == "c" else palette.QUIET)


def _ribbon_color(ribbon: Ribbon) -> str:
    if not ribbon.positive:
        return palette.AGAINST
    return palette.FOR if ribbon.target == "for" else _color(ribbon.source)
