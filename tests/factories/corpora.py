"""Corpora made of numbers: random contributions, gates with ties, rows of different lengths, some without a context."""

import numpy as np

from dualroute.rows.answers import ReferenceAnswers
from dualroute.rows.corpus import Corpus, SpanCorpus


def routed(rows: int, flows: int, seed: int, most: int = 9, coarse: bool = False) -> tuple[np.random.Generator, dict]:
    """The fields that all corpora share. `coarse`: gates are tenths, so that many are equal, 0 and 1 among them."""
    draw = np.random.default_rng(seed)
    lengths = draw.integers(1, most + 1, rows)
    gates = draw.dirichlet(np.ones(flows), lengths.sum())
    if coarse:
        opened = draw.integers(0, 11, lengths.sum()) / 10
        gates = np.stack([1 - opened, *([opened / (flows - 1)] * (flows - 1))], -1)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return draw, {"gates": gates, "starts": starts, "has_context": draw.uniform(size=rows) < 0.8}


def make_corpus(rows=60, classes=4, flows=2, seed=0, **options) -> Corpus:
    draw, shared = routed(rows, flows, seed, **options)
    tokens = len(shared["gates"])
    return Corpus(
        **shared,
        direct=draw.normal(size=(tokens, classes)),
        read=2 * draw.normal(size=(tokens, classes)),
        bias=draw.normal(size=classes),
        labels=draw.integers(0, classes, rows),
    )


def make_span_corpus(rows=12, flows=2, seed=0, longest=3, **options) -> SpanCorpus:
    draw, shared = routed(rows, flows, seed, most=12, **options)
    tokens = len(shared["gates"])
    answers = np.empty(rows, dtype=object)
    for row, length in enumerate(np.diff(np.append(shared["starts"], tokens))):
        words = [f"w{i % 5}" for i in range(length)]
        places = tuple((3 * i, 3 * i + 2) for i in range(length))
        answers[row] = ReferenceAnswers(" ".join(words), places, (f"w{row % 5} w{(row + 1) % 5}", "w3"))
    return SpanCorpus(
        **shared,
        direct=draw.normal(size=(tokens, 2)),
        read=2 * draw.normal(size=(tokens, 2)),
        bias=draw.normal(size=2),
        answers=answers,
        longest=longest,
    )
