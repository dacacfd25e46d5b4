"""The words among which each position of a text chooses, with their probability on every route."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dualroute.trace.reading import check_names, check_probabilities, read_array, read_object, read_texts


@dataclass(frozen=True, eq=False)
class Candidates:
    """Words of T positions, K in all; those of a position stand together, in the order of their numbers.

    Every word that is the likeliest of the whole vocabulary at some mixture of two routes is among them, so that the
    greedy choice is exact at any weights.

    words   K texts, as people read them
    ids     (K,) int32, their numbers in the vocabulary
    counts  (T,) int32, how many words each position has
    probs   (K,R) float32, the probability of each word on each of R routes
    given   (T,) int32, the numbers of the tokens that the text has
    Raises ValueError where the parts do not fit each other.
    """

    words: tuple[str, ...]
    ids: np.ndarray
    counts: np.ndarray
    probs: np.ndarray
    given: np.ndarray

    def __post_init__(self) -> None:
        words = len(self.words)
        if self.counts.shape != self.given.shape or self.ids.shape != (words,) or len(self.probs) != words:
            raise ValueError(f"the candidates have {words} words, but {len(self.ids)} ids and {len(self.probs)} probs")
        if self.counts.min(initial=1) < 1 or self.counts.sum() != words:
            raise ValueError(f"the candidates of {len(self.counts)} positions must be {words} words, one or more each")

    @property
    def starts(self) -> np.ndarray:
        """(T,) where the words of each position start."""
        return np.cumsum(self.counts) - self.counts

    def chosen(self, weights: np.ndarray) -> np.ndarray:
        """(T,) the likeliest word of each position, an index of `words`, at weights (T,R) of the routes.

        Of two words of equal probability the one with the smaller number in the vocabulary.
        """
        mixed = (np.repeat(weights, self.counts, axis=0) * self.probs.astype(np.float64)).sum(1)
        bounds = zip(self.starts.tolist(), self.counts.tolist(), strict=True)
        return np.array([start + int(np.argmax(mixed[start : start + count])) for start, count in bounds], dtype=int)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Candidates":
        """The candidates of a parsed JSON object. Raises ValueError for anything else, naming what is wrong."""
        data = read_object(data, "candidates")
        check_names(data, ("words", "ids", "counts", "probs", "given"), "the candidates")
        probs = read_array(data["probs"], "probs")
        check_probabilities(probs, "probs")
        numbers = {name: read_array(data[name], name, np.int32) for name in ("ids", "counts", "given")}
        return cls(words=read_texts(data["words"], "words"), probs=probs, **numbers)
