"""How much oftener a word stands in texts of one label than of another: the least an explanation has to beat."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from dualroute.interpret.granularity import WORD
from dualroute.tasks import Example

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
