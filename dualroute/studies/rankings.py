"""How much oftener a word stands in texts of one label than of another: the least an explanation has to beat.

Rankings of a text's words: by attributions, by what the model itself weighs, and by what knows no model.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dualroute.attribute.methods import METHODS, SCORE, find_method
from dualroute.studies.jsonl_store import KeptScores
from dualroute.studies.marked_rows import MarkedRow
from dualroute.tasks import Example
from dualroute.trace.granularity import WORD

PRIOR = 2.0  # texts that every word is taken to have been seen in beforehand, at the labels' own rate


class WordOdds:
    """Counts, for every word, the training texts of each label it stands in."""

    def __init__(self, rows: Iterable[Example]):
        self.texts: Counter = Counter()
        self.seen: dict[str, Counter] = {}
        for row in rows:
            self.texts[row.label] += 1
            self.seen.setdefault(row.label, Counter()).update(set(words_in(row.x)))

    def scores(self, words: Sequence[str], label: str, other: str) -> np.ndarray:
        """(N,) log-odds of `label` against `other` given each word, less those of any text; 0 for a word never seen.

        Raises ValueError for a label that no training text has.
        """
        for name in (label, other):
            if not self.texts[name]:
                raise ValueError(f"no training text is {name!r}; there are {', '.join(map(str, self.texts))}")
        rate = self.texts[label] / (self.texts[label] + self.texts[other])
        return np.array([self._log_odds(word, label, other, rate) for word in words])

    def _log_odds(self, text: str, label: str, other: str, rate: float) -> float:
        word = next(iter(words_in(text)), "")
        counts = self.seen[label][word] + PRIOR * rate, self.seen[other][word] + PRIOR * (1 - rate)
        return math.log(counts[0] / counts[1]) - math.log(rate / (1 - rate))


def words_in(text: str) -> list[str]:
    """The words in lower case, signs too, as attributions by words have them."""
    return WORD.findall(text.lower())


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
    """The methods that attribute answers."""
    return tuple(name for name, method in METHODS.items() if SCORE in method.targets)


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
