"""Baselines that find an answer in a passage without a model."""

import re
from collections.abc import Callable

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from dualroute.tasks import Example
from dualroute.training.baseline_kinds.base import Answers
from dualroute.training.rows import Splits

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def nearest_sentence(splits: Splits, rows: list[Example]) -> Answers:
    """The sentence of x that is most like h, by the cosine of their TF-IDF; of equals the first."""
    sentences = [_SENTENCE_END.split(row.x) for row in rows]
    vectorizer = TfidfVectorizer(sublinear_tf=True).fit(sentence for of_row in sentences for sentence in of_row)
    asked = vectorizer.transform(row.h for row in rows)
    chosen = [
        of_row[int((vectorizer.transform(of_row) @ question.T).toarray().argmax())]
        for of_row, question in zip(sentences, asked, strict=True)
    ]
    return Answers(np.array(chosen, dtype=object))


def first_words(splits: Splits, rows: list[Example]) -> Answers:
    """The first words of x, whatever is asked; as many as an answer in the training rows has, in the median."""
    return _windows(splits, rows, lambda words, length: 0)


def random_span(splits: Splits, rows: list[Example]) -> Answers:
    """As many words of x, from a random one on."""
    draw = np.random.default_rng(0)
    return _windows(splits, rows, lambda words, length: int(draw.integers(max(1, len(words) - length + 1))))


def _windows(splits: Splits, rows: list[Example], start: Callable[[list[str], int], int]) -> Answers:
    length = max(1, int(np.median([len(row.label.split()) for row in splits.train])))
    chosen = []
    for row in rows:
        words = row.x.split()
        begin = start(words, length)
        chosen.append(" ".join(words[begin : begin + length]))
    return Answers(np.array(chosen, dtype=object), chosen={"words": length})
