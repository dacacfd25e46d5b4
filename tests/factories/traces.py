"""Traces made of numbers. No model.

`flat_trace` and `changed` take a trace's parts by flat names (`tokens`, `flow_gates`, `direct_contributions`, …), the
form in which version 0.4 wrote them.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from dualroute.inputs import to_url
from dualroute.trace.answers import Span, Written
from dualroute.trace.decision import Decision
from dualroute.trace.ledger import SumOfLogits
from dualroute.trace.record import Trace
from dualroute.trace.routing import TraceSpec

SPEC = {"checkpoint": "made", "revision": "0", "task": "news", "backbone": "none", "router": "mlp"}
SPEC |= {"granularity": "token", "policy": "threshold", "threshold": 0.5}


def make_spec(policy="threshold", threshold=0.5, overrides=None, **changes) -> TraceSpec:
    names = {name: value for name, value in SPEC.items() if name not in ("policy", "threshold")}
    return TraceSpec(**names | changes, decision=Decision(policy, threshold, overrides or {}))


def flat_trace(spec: Mapping[str, Any] | None = None, **parts) -> Trace:
    """A trace of flat parts; `spec` changes some of SPEC."""
    return Trace.from_dict(parts | {"schema": 1, "spec": SPEC | dict(spec or {})})


def changed(trace: Trace, spec: Mapping[str, Any] | None = None, **parts) -> Trace:
    """The same trace with other parts, by their flat names."""
    return flat_trace(flat_spec(trace) | dict(spec or {}), **flat_parts(trace) | parts)


def with_own_answer(trace: Trace) -> Trace:
    """The same with the logits and probabilities that its contributions add up to, as a model gives them."""
    own = trace.replay()
    return changed(trace, logits=own.logits.astype(np.float32), probs=own.probs.astype(np.float32))


def flat_spec(trace: Trace) -> dict[str, Any]:
    names = [item.name for item in fields(trace.spec) if item.name not in ("decision", "family")]
    own = {name: getattr(trace.spec, name) for name in (*names, "policy", "threshold", "overrides")}
    own["x_name"] = trace.segment.name
    return own | ({"max_answer_length": trace.answer.longest} if isinstance(trace.answer, Span) else {})


def flat_parts(trace: Trace) -> dict[str, Any]:
    names = ("x", "h", "tokens", "context_tokens", "flows", "flow_gates", "labels", "notes", "offsets", "image")
    parts = {name: getattr(trace, name) for name in names}
    parts["attention"] = [] if trace.context is None else trace.context.attention
    nothing = {
        name: [] for name in ("pooling", "direct_contributions", "context_contributions", "bias", "logits", "probs")
    }
    if isinstance(trace.answer, Written):
        return parts | nothing | {"readout": "generation", "generation": vars(trace.answer)}
    sums = trace.ledger
    assert isinstance(sums, SumOfLogits)
    parts |= {"pooling": sums.pooling, "direct_contributions": sums.direct, "context_contributions": sums.context}
    parts |= {"bias": sums.bias, "logits": trace.logits, "probs": trace.probs}
    return parts | {"readout": "span" if isinstance(trace.answer, Span) else "classification"}


def make_trace(tokens=5, context=4, classes=3, flows=("direct", "merged"), seed=0, coarse=False) -> Trace:
    """Random contributions; `coarse`: multiples of a quarter, so that equal sizes and zeros occur."""
    draw = np.random.default_rng(seed)

    def numbers(*shape):
        values = draw.integers(-3, 4, shape) / 4 if coarse else draw.normal(size=shape)
        return values.astype(np.float32)

    gates = draw.dirichlet(np.ones(len(flows)), tokens)
    parts = {
        "x": " ".join(f"x{t}" for t in range(tokens)),
        "h": " ".join(f"h{s}" for s in range(context)),
        "tokens": tuple(f"x{t}" for t in range(tokens)),
        "context_tokens": tuple(f"h{s}" for s in range(context)),
        "flows": flows,
        "flow_gates": gates[None].astype(np.float32),
        "pooling": np.full(tokens, 1 / tokens, np.float32),
        "attention": np.full((tokens, context), 1 / max(1, context), np.float32),
        "direct_contributions": numbers(tokens, classes),
        "context_contributions": numbers(tokens, context, classes),
        "bias": numbers(classes),
        "labels": tuple("ABCDEF"[:classes]),
        "logits": np.zeros(classes, np.float32),
        "probs": np.full(classes, 1 / max(1, classes), np.float32),
    }
    return flat_trace(**parts)


def make_spans(tokens=12, context=5, longest=4, **options) -> Trace:
    """A passage whose answer is a span of at most `longest` words; a character beyond U+FFFF stands in it."""
    words = ["\U0001f945", *(f"word{t}" for t in range(1, tokens))]
    starts = np.cumsum([0, *(len(word) + 1 for word in words[:-1])])
    scores = np.zeros((tokens, 2), np.float32)
    parts = {
        "x": " ".join(words),
        "tokens": tuple(words),
        "offsets": tuple((int(start), int(start) + len(word)) for start, word in zip(starts, words, strict=True)),
        "labels": ("start", "end"),
        "logits": scores,
        "probs": np.full_like(scores, 1 / tokens),
        "readout": "span",
        "spec": {"max_answer_length": longest, "x_name": "passage", "h_name": "question"},
    }
    return changed(make_trace(tokens, context, classes=2, **options), **parts)


def make_items(items=9, **options) -> Trace:
    """A history of films with long names."""
    names = tuple(
        f"The very long name of film number {s} and its sequel ({1950 + s}): {1 + s % 5}" for s in range(items)
    )
    parts = {"context_tokens": names, "h": "\n".join(names), "spec": {"context": "items", "h_name": "history"}}
    return changed(make_trace(context=items, classes=2, **options), **parts)


def make_picture(side=8, **options) -> Trace:
    """A picture of side × side patches."""
    pixels = np.add.outer(np.arange(64), np.arange(64))[..., None] * np.asarray([2, 1, 0.5])
    names = tuple(f"row {s // side + 1}, column {s % side + 1}" for s in range(side * side))
    parts = {"context_tokens": names, "h": "", "image": to_url(pixels.astype(np.uint8))}
    return changed(make_trace(context=side * side, **options), {"context": "image", "h_name": "picture"}, **parts)


def make_written(tokens=8, context=8, **options) -> Trace:
    """A text of four pieces, written by looking at the tokens."""
    draw = np.random.default_rng(1)
    written = Written(
        tokens=("small", "up", "##turn", "ends"),
        text="small upturn ends",
        attention=draw.dirichlet(np.ones(tokens), 4).astype(np.float32),
        copied=draw.uniform(size=4).astype(np.float32),
        probs=draw.uniform(size=4).astype(np.float32),
        alternatives={"direct": "small rise", "merged": "small upturn ends early"},
    )
    spec = {"context": "backward", "h_name": "words after it"}
    parts = {"readout": "generation", "generation": vars(written), "labels": (), "spec": spec}
    return changed(make_trace(tokens, context, classes=0, **options), **parts)
