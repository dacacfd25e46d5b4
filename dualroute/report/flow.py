"""The flow picture: every exact term of one logit as a ribbon. `assets/js/flow_links.js` draws the same on the page.

Ribbons run from the token itself (`own`) and from the context tokens to the tokens of x, and on to `for` or
`against` the class, by sign. What flows into a token flows out of it: Σ|terms| on both sides. Small tokens are
put together, never left out.
"""

from dataclasses import dataclass

import numpy as np

from dualroute import report as palette
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.outcome import Outcome
from dualroute.trace.record import Trace

MOST_CONTEXT, MOST_TOKENS, LEAST_SHARE = 10, 20, 0.006


Answer = int | tuple[int, int]  # a class, or the first and the last token of a span


@dataclass(frozen=True)
class Ribbon:
    """|value| > 0 from node to node. Nodes: own, c<s>, c+ (the rest), t<t>, t+ (the rest), for, against."""

    source: str
    target: str
    positive: bool
    value: float


def flow_ribbons(trace: Trace, outcome: Outcome, answer: Answer) -> list[Ribbon]:
    """Ribbons of the score of `answer`, a class's index or a span: `Σ for − Σ against + bias` is that score."""
    terms = _terms(trace, outcome, answer)
    sizes = np.abs(terms)
    tokens = _names("t", sizes.sum(1), MOST_TOKENS, sizes.sum())
    sources = ["own", *_names("c", sizes[:, 1:].sum(0), MOST_CONTEXT, sizes.sum())]
    sums: dict[tuple[str, str, bool], float] = {}
    for t, s in zip(*np.nonzero(terms), strict=True):
        positive = bool(terms[t, s] > 0)
        for link in ((sources[s], tokens[t]), (tokens[t], "for" if positive else "against")):
            sums[(*link, positive)] = sums.get((*link, positive), 0.0) + float(sizes[t, s])
    return [Ribbon(*key, value) for key, value in sums.items()]


def _terms(trace: Trace, outcome: Outcome, answer: Answer) -> np.ndarray:
    """(T,1+S) what each token gave by itself, and what it read; of a span, its first token's start, its last's end."""
    own = outcome.kappa[:, None] * trace.direct_contributions.astype(np.float64)  # (T,C)
    every = own[:, None]  # (T,1+S,C)
    if trace.context_contributions is not None:
        read = outcome.rho[:, None, None] * trace.context_contributions.astype(np.float64)  # (T,S,C)
        every = np.concatenate([every, read], axis=1)
    if not isinstance(answer, tuple):
        return every[..., answer]
    terms = np.zeros(every.shape[:2])
    for end, token in enumerate(answer):
        terms[token] += every[token, :, end]
    return terms


def flow_figure(trace: Trace, outcome: Outcome | None = None, label: str | None = None):
    """The picture as a `plotly.graph_objects.Figure` for a notebook; by default of the predicted class or answer.

    Raises ValueError for a written text, which no contributions add up to.
    """
    import plotly.graph_objects as go

    if not isinstance(trace.ledger, SumOfLogits):
        raise ValueError("a written text is no sum of contributions; there is no flow picture of it")
    outcome = outcome or trace.replay()
    ribbons = flow_ribbons(trace, outcome, outcome.answer if label is None else trace.labels.index(label))
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


def _names(prefix: str, sizes: np.ndarray, most: int, total: float) -> list[str]:
    """Node of every token: its own if it is among the largest, else the common one."""
    order = [i for i in np.lexsort((np.arange(len(sizes)), -sizes)) if sizes[i] > LEAST_SHARE * total]
    kept = set(order[:most])
    return [f"{prefix}{i}" if i in kept else f"{prefix}+" for i in range(len(sizes))]


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
    token = (trace.tokens if node[0] == "t" else trace.context_tokens)[int(node[1:])]
    return _plain(token)


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")  # plotly reads <b> and the like as markup


def _color(node: str) -> str:
    fixed = {"own": palette.DIRECT, "for": palette.FOR, "against": palette.AGAINST}
    return fixed.get(node, palette.MERGED if node[0] == "c" else palette.QUIET)


def _ribbon_color(ribbon: Ribbon) -> str:
    if not ribbon.positive:
        return palette.AGAINST
    return palette.FOR if ribbon.target == "for" else _color(ribbon.source)
