"""Rankings of a text's words: by attributions, by what the model itself weighs, and by what knows no model."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from dualroute.interpret.methods import METHODS, SCORE, find_method
from dualroute.training.kept_scores import KeptScores
from dualroute.training.marked_rows import MarkedRow
from dualroute.training.word_odds import WordOdds

ATTRIBUTION, MODEL, CONTROL = "attribution", "model", "control"
DRAWS = 20  # of the random order


@dataclass(frozen=True)
class Ranker:
    """One way to score the N words of a row.

    kind    what it is: an `attribution`, a weight in the `model`, or a `control` that knows no model
    signed  whether a score says in which direction a word pushed
    of      (row, target) -> scores (N,), or (K,N) for K draws
    """

    name: str
    title: str
    kind: str
    signed: bool
    of: Callable[[MarkedRow, str], np.ndarray]


def rankers(scores: KeptScores, methods: Iterable[str], odds: WordOdds, seed: int = 0) -> list[Ranker]:
    """Those of `methods`, and all others. Raises ValueError for a method that attributes no answers."""
    random = np.random.default_rng(seed)
    return [
        *(_attribution(scores, name) for name in methods),
        Ranker("gate", "Gate", MODEL, False, lambda row, target: per_word(row, 1 - row.trace.flow_gates[-1][:, 0])),
        Ranker("pooling", "Pooling weight", MODEL, False, lambda row, target: total(row, row.trace.pooling)),
        Ranker(
            "frequency",
            "Word's log-odds in training",
            CONTROL,
            True,
            lambda row, target: odds.scores(row.texts, row.label, row.against),
        ),
        Ranker("random", "Random", CONTROL, False, lambda row, target: random.random((DRAWS, len(row.words)))),
    ]


def attributing() -> tuple[str, ...]:
    """The methods that attribute answers, but for those that no trained model here has a use for."""
    return tuple(name for name, method in METHODS.items() if SCORE in method.targets and name != "deep_lift")


def total(row: MarkedRow, values: np.ndarray) -> np.ndarray:
    """(N,) of values (T,) of tokens: a word has the sum of its pieces."""
    return np.array([values[first:end].sum() for first, end in row.groups])


def per_word(row: MarkedRow, values: np.ndarray) -> np.ndarray:
    """(N,) likewise, but the mean of its pieces."""
    return np.array([values[first:end].mean() for first, end in row.groups])


def _attribution(scores: KeptScores, name: str) -> Ranker:
    method = find_method(name)
    if SCORE not in method.targets:
        raise ValueError(f"{name} attributes no answers; choose among {', '.join(attributing())}")
    return Ranker(name, method.title, ATTRIBUTION, method.signed, lambda row, target: scores(name, row.trace, target))
