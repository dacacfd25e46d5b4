"""Traces made of numbers, for comparing Python's arithmetic with the page's. No model."""

from dataclasses import replace

import numpy as np

from dualroute.inputs import to_url
from dualroute.trace.record import Generation, Trace, TraceSpec

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
        probs=np.full(classes, 1 / max(1, classes), np.float32),
        spec=SPEC,
    )


def make_spans(tokens=12, context=5, longest=4, **options) -> Trace:
    """A passage whose answer is a span of at most `longest` words; a character beyond U+FFFF stands in it."""
    made = make_trace(tokens, context, classes=2, **options)
    words = ["\U0001f945", *(f"word{t}" for t in range(1, tokens))]
    starts = np.cumsum([0, *(len(word) + 1 for word in words[:-1])])
    scores = np.zeros((tokens, 2), np.float32)
    return replace(
        made,
        x=" ".join(words),
        tokens=tuple(words),
        offsets=tuple((int(start), int(start) + len(word)) for start, word in zip(starts, words, strict=True)),
        labels=("start", "end"),
        logits=scores,
        probs=scores,
        readout="span",
        spec=replace(SPEC, max_answer_length=longest, x_name="passage", h_name="question"),
    )


def make_items(items=9, **options) -> Trace:
    """A history of films with long names."""
    names = tuple(
        f"The very long name of film number {s} and its sequel ({1950 + s}): {1 + s % 5}" for s in range(items)
    )
    made = make_trace(context=items, classes=2, **options)
    return replace(
        made, context_tokens=names, h="\n".join(names), spec=replace(SPEC, context="items", h_name="history")
    )


def make_picture(side=8, **options) -> Trace:
    """A picture of side × side patches."""
    pixels = np.add.outer(np.arange(64), np.arange(64))[..., None] * np.asarray([2, 1, 0.5])
    made = make_trace(context=side * side, **options)
    names = tuple(f"row {s // side + 1}, column {s % side + 1}" for s in range(side * side))
    image = to_url(pixels.astype(np.uint8))
    return replace(made, context_tokens=names, h="", image=image, spec=replace(SPEC, context="image", h_name="picture"))


def make_written(tokens=8, context=8, **options) -> Trace:
    """A text of four pieces, written by looking at the tokens."""
    made = make_trace(tokens, context, classes=0, **options)
    draw = np.random.default_rng(1)
    written = Generation(
        tokens=("small", "up", "##turn", "ends"),
        text="small upturn ends",
        attention=draw.dirichlet(np.ones(tokens), 4).astype(np.float32),
        copied=draw.uniform(size=4).astype(np.float32),
        probs=draw.uniform(size=4).astype(np.float32),
        alternatives={"direct": "small rise", "merged": "small upturn ends early"},
    )
    spec = replace(SPEC, context="backward", h_name="words after it")
    return replace(made, readout="generation", generation=written, labels=(), spec=spec)
