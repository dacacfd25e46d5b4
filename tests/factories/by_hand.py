"""A trace of two tokens, two context tokens and two classes whose every number is exact in float32."""

import numpy as np
import pytest

from dualroute.trace.record import Trace
from factories.traces import flat_trace, make_spec

SPEC = {"checkpoint": "hand", "revision": "0123456789ab"}


@pytest.fixture
def trace() -> Trace:
    """Both gates are above θ: token 0 reads; token 1 would, and was flipped."""
    f = np.float32
    return flat_trace(
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
        spec=SPEC | {"overrides": {1: "direct"}},
    )


REPLAY_SPEC = make_spec(checkpoint="hand")


def replay_trace(gates=(0.9, 0.3), bias=(0.0, 0.5)) -> Trace:
    f = np.float32
    gates = np.asarray(gates, f)
    return flat_trace(
        x="a b",
        h="c d",
        tokens=("a", "b"),
        context_tokens=("c", "d"),
        flows=("direct", "merged"),
        flow_gates=np.stack([1 - gates, gates], -1)[None],
        pooling=np.asarray([0.5, 0.5], f),
        attention=np.full((2, 2), 0.5, f),
        direct_contributions=np.asarray([[1, 0], [0, 2]], f),
        context_contributions=np.asarray([[[1, 0], [2, 0]], [[0, 4], [0, -1]]], f),
        bias=np.asarray(bias, f),
        labels=("left", "right"),
        logits=np.zeros(2, f),
        probs=np.full(2, 0.5, f),
        spec={"checkpoint": "hand"},
    )


SPAN_SPEC = {"checkpoint": "tiny", "task": "qa", "backbone": "tiny", "max_answer_length": 2}


def span_trace(direct, context, gates, bias=(0.0, 0.0), **changes) -> Trace:
    direct, context = np.asarray(direct, np.float32), np.asarray(context, np.float32)
    length = len(direct)
    text = "rain fell sharply today"
    gates = np.asarray(gates, np.float32)
    values = {
        "x": text,
        "h": "when",
        "tokens": tuple(text.split()[:length]),
        "context_tokens": ("when",) * context.shape[1],
        "flows": ("direct", "merged"),
        "flow_gates": np.stack([1 - gates, gates], -1)[None],
        "pooling": np.ones(length, np.float32),
        "attention": np.ones(context.shape[:2], np.float32),
        "direct_contributions": direct,
        "context_contributions": context,
        "bias": np.asarray(bias, np.float32),
        "labels": ("start", "end"),
        "logits": np.zeros((length, 2), np.float32),
        "probs": np.full((length, 2), 1 / length, np.float32),
        "spec": SPAN_SPEC,
        "readout": "span",
        "offsets": ((0, 4), (5, 9), (10, 17), (18, 23))[:length],
    }
    return flat_trace(**values | changes)
