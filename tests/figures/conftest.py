"""A trace of two tokens, two context tokens and two classes whose every number is exact in float32."""

import numpy as np
import pytest

from dualroute.trace.record import Trace, TraceSpec

SPEC = TraceSpec("hand", "0123456789ab", "news", "none", "mlp", "token", policy="threshold", threshold=0.5)


@pytest.fixture
def trace() -> Trace:
    """Both gates are above θ: token 0 reads; token 1 would, and was flipped."""
    f = np.float32
    return Trace(
        x="red <b>",
        h="left right",
        tokens=("red", "<b>"),
        context_tokens=("left", "right"),
        flows=("direct", "merged"),
        flow_gates=np.asarray([[[0.25, 0.75], [0.25, 0.75]]], f),
        pooling=np.asarray([0.5, 0.5], f),
        attention=np.asarray([[0.75, 0.25], [0.5, 0.5]], f),
        direct_contributions=np.asarray([[1, -1], [0.5, 0.25]], f),
        context_contributions=np.asarray([[[0.5, 0], [-0.25, 2]], [[2, 1], [0, -1]]], f),
        bias=np.asarray([0.125, -0.5], f),
        labels=("A", "B"),
        logits=np.asarray([1.875, 0.75], f),
        probs=np.asarray([0.75, 0.25], f),
        spec=TraceSpec(**vars(SPEC) | {"overrides": {1: "direct"}}),
    )
