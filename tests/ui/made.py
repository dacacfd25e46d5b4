"""Traces made of numbers, for comparing Python's arithmetic with the page's. No model."""

import numpy as np

from dualroute.interpret.trace import Trace, TraceSpec

SPEC = TraceSpec("made", "0", "news", "none", "mlp", "token", policy="threshold", threshold=0.5)


def make_trace(tokens=5, context=4, classes=3, flows=("direct", "merged"), seed=0, coarse=False) -> Trace:
    """Random contributions. `coarse`: multiples of a quarter, so that equal sizes and zeros occur and sums exact."""
    draw = np.random.default_rng(seed)

    def numbers(*shape):
        values = draw.integers(-3, 4, shape) / 4 if coarse else draw.normal(size=shape)
        return values.astype(np.float32)

    gates = draw.dirichlet(np.ones(len(flows)), tokens)
    return Trace(
        x=" ".join(f"x{t}" for t in range(tokens)),
        h=" ".join(f"h{s}" for s in range(context)),
        tokens=tuple(f"x{t}" for t in range(tokens)),
        context_tokens=tuple(f"h{s}" for s in range(context)),
        flows=flows,
        flow_gates=gates[None].astype(np.float32),
        pooling=np.full(tokens, 1 / tokens, np.float32),
        attention=np.full((tokens, context), 1 / max(1, context), np.float32),
        direct_contributions=numbers(tokens, classes),
        context_contributions=numbers(tokens, context, classes),
        bias=numbers(classes),
        labels=tuple("ABCDEF"[:classes]),
        logits=np.zeros(classes, np.float32),
        probs=np.full(classes, 1 / classes, np.float32),
        spec=SPEC,
    )
