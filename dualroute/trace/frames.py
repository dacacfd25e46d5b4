"""A trace as a table of pandas, one row per token."""

import numpy as np

from dualroute.trace.record import Trace
from dualroute.trace.replay import Outcome, replay, route


def trace_frame(trace: Trace):
    """The table of `Trace.to_frame`, whatever the answer is."""
    import pandas as pd

    if trace.generation:
        return pd.DataFrame(_written(trace))
    outcome = replay(trace)
    routed = {"token": trace.tokens, "gate": trace.gates, "flow": outcome.flows_taken, "pooling": trace.pooling}
    return pd.DataFrame(routed | (_to_class if outcome.span is None else _to_span)(trace, outcome))


def _written(trace: Trace) -> dict:
    looked = trace.generation.attention.sum(0)
    return {"token": trace.tokens, "gate": trace.gates, "flow": route(trace).flows_taken, "attention": looked}


def _to_class(trace: Trace, outcome: Outcome) -> dict[str, np.ndarray]:
    return _contributions(trace, outcome, outcome.label_index)


def _to_span(trace: Trace, outcome: Outcome) -> dict:
    (start, end), (first, last) = trace.labels, outcome.span
    answer = {"answer": [first <= token <= last for token in range(len(trace.tokens))]}
    return _contributions(trace, outcome, 0, f"{start}_") | _contributions(trace, outcome, 1, f"{end}_") | answer


def _contributions(trace: Trace, outcome: Outcome, output: int, prefix: str = "") -> dict[str, np.ndarray]:
    own = outcome.kappa * trace.direct_contributions[:, output]
    read = outcome.rho * trace.read_contributions[:, output]
    named = {"direct_contribution": own, "context_contribution": read, "contribution": own + read}
    return {prefix + name: values for name, values in named.items()}
