"""Answers in x over a whole data set: every θ for the cost of one forward pass."""

from dataclasses import dataclass

import numpy as np

from dualroute.interpret.corpus import RoutedRows
from dualroute.interpret.spans import best_spans


@dataclass(frozen=True, eq=False)
class SpanCorpus(RoutedRows):
    """Rows with an answer to find.

    direct  (M,2) D;  read (M,2) K summed over the context: start and end
    bias    (2,)
    answers (N,) of `Answers`, what is right
    longest longest span, in tokens
    """

    direct: np.ndarray
    read: np.ndarray
    bias: np.ndarray
    answers: np.ndarray
    longest: int

    def _parts(self, tokens, rows):
        of_tokens, of_rows = super()._parts(tokens, rows)
        of_tokens |= {"direct": self.direct[tokens], "read": self.read[tokens]}
        return of_tokens, of_rows | {"answers": self.answers[rows]}

    def spans(self, kappa: np.ndarray, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """First and last token of each row's answer, (N,) each, counted within the row; the rule of `best_span`."""
        scores = self.bias + kappa[:, None] * self.direct + rho[:, None] * self.read
        first, last = best_spans(scores, (self.starts + self.lengths)[self.row_of_token], self.longest)
        summed = scores[first, 0] + scores[last, 1]
        highest = np.maximum.reduceat(summed, self.starts)
        among_best = np.flatnonzero(summed == highest[self.row_of_token])
        best = among_best[np.searchsorted(among_best, self.starts)]  # the first of each row
        return best - self.starts, last[best] - self.starts

    def score(self, kappa, rho):
        """Token F1 of each row's answer: 1.0 for an exact match and nothing else, see `answers.token_f1`."""
        found = zip(self.answers, *(part.tolist() for part in self.spans(kappa, rho)), strict=True)
        return np.array([answers.grade(first, last) for answers, first, last in found])
