"""A trace as a table: for pandas, and as plain text for a terminal."""

from typing import Any

import numpy as np

from dualroute.trace.answers import NextTokens, Span, Written
from dualroute.trace.outcome import Outcome, RoutesTaken
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay, routes_taken


def trace_frame(trace: Trace):
    """The table of `Trace.to_frame` as a pandas DataFrame, one row per routed token."""
    import pandas as pd

    return pd.DataFrame(columns_of(trace))


def trace_text(trace: Trace) -> str:
    """The same table as plain text, under a line that gives the answer."""
    columns = {name: list(map(_cell, values)) for name, values in columns_of(trace).items()}
    widths = {name: max(map(len, (name, *cells))) for name, cells in columns.items()}
    rows = [columns, *(dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))]
    lines = ["  ".join((name if row is columns else row[name]).ljust(widths[name]) for name in columns) for row in rows]
    return "\n".join([_headline(trace), *(line.rstrip() for line in lines), *(f"Note: {note}" for note in trace.notes)])


def columns_of(trace: Trace) -> dict[str, Any]:
    """{column: T values}. Gates and flows where the routes are flows, the weights of all layers' routes elsewhere."""
    if trace.routing.scores is None or trace.routing.indices is not None:
        return {"token": trace.tokens} | _routes(trace)
    taken = replay(trace) if trace.replayable else routes_taken(trace)
    routed = {"token": trace.tokens, "gate": trace.gates, "flow": taken.flows_taken}
    match trace.answer:
        case Written(attention=attention):
            return routed | {"attention": attention.sum(0)}
        case NextTokens():
            return routed | _probabilities(trace, taken)
        case Span():
            return routed | {"pooling": trace.sums.pooling} | _span_contributions(trace, taken)
    return routed | {"pooling": trace.sums.pooling} | _contributions(trace, taken, taken.label_index)


def _routes(trace: Trace) -> dict[str, list[str]]:
    """For each layer, the routes of each token, the heaviest first."""
    dense, names = trace.routing.dense_weights, trace.routing.routes
    order = np.argsort(-dense, axis=-1, kind="stable")
    return {
        layer: [
            " ".join(names[r] for r in row if weights[r] > 0) for row, weights in zip(ranks, layer_weights, strict=True)
        ]
        for layer, ranks, layer_weights in zip(trace.routing.layers, order, dense, strict=True)
    }


def _probabilities(trace: Trace, taken: RoutesTaken) -> dict[str, np.ndarray]:
    by_route = dict(zip(taken.routes, trace.ledger.probs.T, strict=True))
    return {f"probability_{name}": values for name, values in by_route.items()} | {"probability": taken.probs}


def _span_contributions(trace: Trace, outcome: Outcome) -> dict[str, Any]:
    first, last = outcome.span
    answer = {"answer": [first <= token <= last for token in range(len(trace.tokens))]}
    starts, ends = (_contributions(trace, outcome, i, f"{name}_") for i, name in enumerate(trace.labels))
    return starts | ends | answer


def _contributions(trace: Trace, outcome: Outcome, output: int, prefix: str = "") -> dict[str, np.ndarray]:
    own = outcome.kappa * trace.direct_contributions[:, output]
    read = outcome.rho * trace.read_contributions[:, output]
    columns = {"direct_contribution": own, "context_contribution": read, "contribution": own + read}
    return {prefix + name: values for name, values in columns.items()}


def _headline(trace: Trace) -> str:
    spec = trace.spec
    made = f"{spec.checkpoint} ({spec.revision}), {spec.policy}" + (
        f" at θ = {spec.threshold:g}" if spec.threshold is not None else ""
    )
    if isinstance(trace.answer, Written):
        return f"{made}: {trace.answer.text}"
    if not trace.replayable:
        return made
    outcome = replay(trace)
    return f"{made}: {outcome.label} ({100 * outcome.probability:.1f} %)"


def _cell(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float | np.floating) else str(value)
