"""Rankings of a text's words: by attributions, by weights inside the model, and by controls that know no model."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dualroute.attribute.methods import METHODS, SCORE, find_method
from dualroute.studies.jsonl_store import AttributionStore
from dualroute.studies.marked_rows import MarkedRow
from dualroute.tasks import Example
from dualroute.trace.granularity import WORD

PRIOR = 2.0  # pseudo-count of texts with each word, divided between the labels in proportion to their frequency


class WordOdds:
    """Log-odds of labels by word, from the number of training texts of each label in which the word occurs.

    A control: an explanation should agree with people better than word counts do.
    """

    def __init__(self, rows: Iterable[Example]):
        self.texts: Counter = Counter()
        self.counts: dict[str, Counter] = {}
        for row in rows:
            self.texts[row.label] += 1
            self.counts.setdefault(row.label, Counter()).update(set(words_in(row.x)))

    def scores(self, words: Sequence[str], label: str, other: str) -> np.ndarray:
        """Return the log-odds (N,) of `label` against `other` for each word, minus the log-odds without any word.

        They are 0 for a word that occurs in no training text. Raises ValueError for a label of no training text.
        """
        for name in (label, other):
            if not self.texts[name]:
                raise ValueError(
                    f"no training text has the label {name!r}; labels are {', '.join(map(str, self.texts))}"
                )
        rate = self.texts[label] / (self.texts[label] + self.texts[other])
        return np.array([self._log_odds(word, label, other, rate) for word in words])

    def _log_odds(self, text: str, label: str, other: str, rate: float) -> float:
        word = next(iter(words_in(text)), "")
        counts = self.counts[label][word] + PRIOR * rate, self.counts[other][word] + PRIOR * (1 - rate)
        return math.log(counts[0] / counts[1]) - math.log(rate / (1 - rate))


def words_in(text: str) -> list[str]:
    """Return the words and signs of `text` in lower case, split as for attributions to words."""
    return WORD.findall(text.lower())


ATTRIBUTION, MODEL, CONTROL = "attribution", "model", "control"
DRAWS = 20  # of the random ranking


@dataclass(frozen=True)
class Ranker:
    """A way to score the N words of a row.

    kind    `attribution`; `model`, a weight inside the model; or `control`, which knows no model
    signed  whether the sign of a score is the direction of the word's effect
    score   (row, target) -> scores (N,), or (K,N) for K draws
    """

    name: str
    title: str
    kind: str
    signed: bool
    score: Callable[[MarkedRow, str], np.ndarray]


def rankers(store: AttributionStore, methods: Iterable[str], odds: WordOdds, seed: int = 0) -> list[Ranker]:
    """Return the rankers of `methods`, of the model and of the controls.

    Raises ValueError for a method that cannot attribute answers.
    """
    random = np.random.default_rng(seed)
    return [
        *(_attribution(store, name) for name in methods),
        Ranker("gate", "Gate", MODEL, False, lambda row, target: mean_by_word(row, 1 - row.trace.flow_gates[-1][:, 0])),
        Ranker("pooling", "Pooling weight", MODEL, False, lambda row, target: sum_by_word(row, row.trace.pooling)),
        Ranker(
            "frequency",
            "Word's log-odds in training",
            CONTROL,
            True,
            lambda row, target: odds.scores(row.texts, row.label, row.against),
        ),
        Ranker("random", "Random", CONTROL, False, lambda row, target: random.random((DRAWS, len(row.words)))),
    ]


def answer_methods() -> tuple[str, ...]:
    """Return the names of the methods that can attribute answers."""
    return tuple(name for name, method in METHODS.items() if SCORE in method.targets)


def sum_by_word(row: MarkedRow, values: np.ndarray) -> np.ndarray:
    """Return the sum (N,) of values (T,) over the tokens of each word."""
    return np.array([values[first:end].sum() for first, end in row.groups])


def mean_by_word(row: MarkedRow, values: np.ndarray) -> np.ndarray:
    """Return the mean (N,) of values (T,) over the tokens of each word."""
    return np.array([values[first:end].mean() for first, end in row.groups])


def _attribution(store: AttributionStore, name: str) -> Ranker:
    method = find_method(name)
    if SCORE not in method.targets:
        raise ValueError(f"{name} cannot attribute answers; choose one of {', '.join(answer_methods())}")
    return Ranker(
        name, method.title, ATTRIBUTION, method.signed, lambda row, target: store.scores(name, row.trace, target)
    )
