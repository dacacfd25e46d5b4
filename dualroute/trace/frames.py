"""A trace as a table: for pandas, and as plain text for a terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dualroute import require
from dualroute.numerals import percent
from dualroute.trace.answers import Span, Written
from dualroute.trace.decision import Decision
from dualroute.trace.ledger import MixtureOfProbabilities
from dualroute.trace.outcome import Outcome
from dualroute.trace.policies import WITH_THRESHOLD, is_flows
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay, routes_taken
from dualroute.values import one_line

if TYPE_CHECKING:
    import pandas as pd  # pyright: ignore[reportMissingTypeStubs]

Columns = dict[str, Sequence[Any] | np.ndarray]


def trace_frame(trace: Trace) -> "pd.DataFrame":
    """The table of `Trace.to_frame` as a pandas DataFrame, one row per routed token."""
    require("pandas")
    import pandas as pd  # pyright: ignore[reportMissingTypeStubs]

    return pd.DataFrame(columns_of(trace))


def trace_text(trace: Trace) -> str:
    """The same table as plain text, under a line that gives the answer."""
    columns = [[name, *map(_cell, values)] for name, values in columns_of(trace).items()]
    widths = [max(map(len, cells)) for cells in columns]
    rows = ((cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in zip(*columns, strict=True))
    lines = ("  ".join(row).rstrip() for row in rows)
    return "\n".join([_headline(trace), *lines, *(f"Note: {note}" for note in trace.notes)])


def trace_line(trace: Trace) -> str:
    """One line: the task, the numbers of tokens, the answer, the decision and the checkpoint."""
    spec, context = trace.spec, len(trace.context_tokens)
    sizes = f"{len(trace.tokens)} tokens" + (f" and {context} of the {spec.h_name}" if context else "")
    answer = trace.answer.text if isinstance(trace.answer, Written) else answer_words(replay(trace))
    parts = (sizes, one_line(answer), decision_words(spec.decision), f"checkpoint {spec.checkpoint} ({spec.revision})")
    return f"{spec.task}: {', '.join(filter(None, parts))}"


def answer_words(outcome: Outcome) -> str:
    """For instance: Sports (91.2%)."""
    return f"{outcome.label} ({percent(outcome.probability)})"


def decision_words(decision: Decision) -> str:
    """For instance: threshold at θ = 0.5, 2 overrides; empty for a decision that leaves all open."""
    flips, unread = len(decision.overrides or {}), len(decision.ignored or ())
    with_theta = decision.threshold is not None and decision.policy in WITH_THRESHOLD
    policy = f"{decision.policy or ''}{f' at θ = {decision.threshold:g}' if with_theta else ''}"
    counted = [f"{flips} override{'s' if flips > 1 else ''}"] if flips else []
    return ", ".join(filter(None, [policy, *counted, f"{unread} unread" if unread else ""]))


def columns_of(trace: Trace) -> Columns:
    """{column: T values}. Gates and flows where the routes are flows, the routes of every layer elsewhere."""
    if trace.routing.scores is None or not is_flows(trace.flows):
        return {"token": trace.tokens, **_routes(trace)}
    routes = replay(trace) if trace.replayable else routes_taken(trace)
    columns: Columns = {"token": trace.tokens, "gate": trace.gates, "flow": routes.flows_taken}
    if isinstance(trace.answer, Written):
        columns["attention"] = trace.answer.attention.sum(0)
    return columns | (_answer_columns(trace, routes) if isinstance(routes, Outcome) else {})


def _routes(trace: Trace) -> Columns:
    """For each layer, the routes of each token, the heaviest first."""
    layers = zip(trace.routing.layers, trace.routing.dense_weights, strict=True)
    return {name: [_routes_used(trace.flows, row) for row in weights] for name, weights in layers}


def _routes_used(names: Sequence[str], weights: np.ndarray) -> str:
    order: list[int] = np.argsort(-weights, kind="stable").tolist()
    return " ".join(names[route] for route in order if weights[route] > 0)


def _answer_columns(trace: Trace, outcome: Outcome) -> Columns:
    """What each token adds to the answer; for a given text, each token's probability on every route."""
    if isinstance(trace.ledger, MixtureOfProbabilities):
        by_route = dict(zip(outcome.routes, trace.ledger.probs.T, strict=True))
        return {f"probability_{name}": values for name, values in by_route.items()} | {"probability": outcome.probs}
    columns: Columns = {"pooling": trace.pooling}
    if not isinstance(trace.answer, Span):
        return columns | _contributions(trace, outcome, outcome.class_index)
    first, last = outcome.span_ends
    for output, name in enumerate(trace.labels):
        columns |= _contributions(trace, outcome, output, f"{name}_")
    return columns | {"answer": [first <= token <= last for token in range(len(trace.tokens))]}


def _contributions(trace: Trace, outcome: Outcome, output: int, prefix: str = "") -> Columns:
    own = outcome.kappa * trace.direct_contributions[:, output]
    read = outcome.rho * trace.read_contributions[:, output]
    columns = {"direct_contribution": own, "context_contribution": read, "contribution": own + read}
    return {prefix + name: values for name, values in columns.items()}


def _headline(trace: Trace) -> str:
    spec = trace.spec
    origin = f"{spec.checkpoint} ({spec.revision})" + ("" if spec.policy is None else f", {spec.policy}")
    origin += "" if spec.threshold is None else f" at θ = {spec.threshold:g}"
    if isinstance(trace.answer, Written):
        return f"{origin}: {trace.answer.text}"
    return f"{origin}: {answer_words(replay(trace))}"


def _cell(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float | np.floating) else str(value)
