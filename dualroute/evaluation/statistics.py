"""How good a written text is, by the library's ROUGE (Lin 2004) and by equality. Every score lies in [0, 1].

What is made of the rows' scores: their mean, or, for a ranking, the area under its curve.
"""

import unicodedata
from functools import lru_cache

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from sklearn.metrics import roc_auc_score

from dualroute.rows.answers import token_f1
from dualroute.rows.corpus import RoutedRows
from dualroute.tasks import Example

ROUGE = ("rouge1", "rouge2", "rougeL")  # F of shared words, of pairs of words, of the longest common sequence
TEXT_METRICS = ("exact_match", *ROUGE)


def text_scores(text: str, references: tuple[str, ...]) -> dict[str, float]:
    """{metric: score} for `TEXT_METRICS`; of several references the one that is met best counts.

    An exact match is one apart from case, accents and spaces, which tokenizers lose; ROUGE compares stemmed words.
    """
    found = [_scorer().score(reference, text) for reference in references]
    rouge = {name: max(scores[name].fmeasure for scores in found) for name in ROUGE}
    return {"exact_match": float(_plain(text) in map(_plain, references))} | rouge


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in letters if not (c.isspace() or unicodedata.combining(c)))


@lru_cache
def _scorer() -> RougeScorer:
    return RougeScorer(ROUGE, use_stemmer=True)


NO_RANKING = 0.5  # the area of a resample with one class alone, which ranks nothing


class MeanOfRows:
    """Scores say how good each row's answer is; `metric` is what their mean is called."""

    counts_rows = True  # scores of 0 and 1 alone count wrong and right rows

    def __init__(self, metric: str):
        self.metric = metric

    def scores(self, rows: RoutedRows, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """(N,) one number per row, for weights (M,) of the direct and of the context part."""
        return rows.score(kappa, rho)

    def grade(self, labels: np.ndarray, rows: list[Example]) -> np.ndarray:
        """(N,) how right the labels that a baseline gives (N,) are: here whether each is the row's own."""
        return labels == np.array([row.label for row in rows])

    def of_answers(self, correct: np.ndarray, margins: np.ndarray | None) -> np.ndarray:
        """(N,) likewise, of what a baseline answers: whether it is right, and for two classes by which margin."""
        return correct

    def value(self, scores: np.ndarray) -> float:
        """Of scores (N,), or the mean of scores (K,N) of K draws."""
        return np.mean(scores)

    def beside(self, scores: np.ndarray) -> dict:
        """Further numbers that an entry shows."""
        return {}

    def resampled(self, counts: np.ndarray, scores: np.ndarray, draw: np.ndarray) -> np.ndarray:
        """(R,) of R resamples, in which the rows occur counts (R,N) times, of the draw (R,) of scores (K,N)."""
        means = counts @ scores.astype(np.float32).T / np.float64(scores.shape[1])
        return means[np.arange(len(means)), draw]

    def better(self, scores: np.ndarray, others: np.ndarray) -> np.ndarray:
        """(N,) bool, rows that `scores` answer better than `others`."""
        return scores > others


class AreaUnderCurve(MeanOfRows):
    """How often a row of the second class is put above one of the first; ties count half (Mann-Whitney).

    Scores are margins (N,), the logit of the second class less that of the first. positive (N,) bool: the rows of the
    second class. The area is no mean over rows, so resamples weigh the rows of a ranking that is sorted once.
    """

    counts_rows = False

    def __init__(self, positive: np.ndarray):
        super().__init__("auc")
        self.positive = np.asarray(positive, dtype=bool)
        if self.positive.all() or not self.positive.any():
            raise ValueError("all rows are of one class: there is no ranking to measure")

    def scores(self, rows, kappa, rho):
        return rows.margins(kappa, rho)

    def of_answers(self, correct, margins):
        if margins is None:
            raise ValueError("the area under the curve needs margins, and so two classes")
        second = np.asarray(correct, dtype=bool) == self.positive  # a baseline may order the classes otherwise
        return margins if np.mean((margins > 0) == second) >= 1 / 2 else -margins

    def value(self, scores):
        return np.mean([roc_auc_score(self.positive, of_draw) for of_draw in np.atleast_2d(scores)])

    def beside(self, scores):
        """The accuracy of the same decisions."""
        return {"accuracy": round(float(np.mean((np.asarray(scores) > 0) == self.positive)), 6)}

    def resampled(self, counts, scores, draw):
        areas = np.empty(len(counts))
        for k in range(len(scores)):
            chosen = draw == k
            areas[chosen] = self._areas(counts[chosen], scores[k])
        return areas

    def better(self, scores, others):
        return np.where(self.positive, scores > others, scores < others)

    def _areas(self, counts: np.ndarray, margins: np.ndarray) -> np.ndarray:
        """(R,) areas of resamples; the rows of a tie have half of the tie's negatives below them."""
        others = np.flatnonzero(~self.positive)
        others = others[np.argsort(margins[others], kind="stable")]
        below = np.zeros((len(counts), len(others) + 1), np.float32)  # whole numbers, exact in it up to 2^24
        np.cumsum(counts[:, others], axis=1, out=below[:, 1:])
        places = [np.searchsorted(margins[others], margins[self.positive], side) for side in ("left", "right")]
        beaten = sum(below[:, place] for place in places) / 2 if (places[0] < places[1]).any() else below[:, places[0]]
        weights = counts[:, self.positive]
        above = (weights * beaten).sum(1, dtype=np.float64)
        pairs = weights.sum(1, dtype=np.float64) * below[:, -1]
        return np.where(pairs > 0, above / np.maximum(pairs, 1), NO_RANKING)


class TokenF1(MeanOfRows):
    """The mean token F1 of answers, of which exactly 1 is said of an exact match alone (`interpret.answers`)."""

    def __init__(self):
        super().__init__("f1")

    def grade(self, labels, rows):
        """Token F1 against the row's label and its other references."""
        return np.array(
            [
                max(token_f1(answer, right) for right in (row.label, *row.references))
                for answer, row in zip(labels, rows, strict=True)
            ]
        )

    def beside(self, scores):
        """The share of exact matches."""
        return {"exact_match": round(float(np.mean(np.asarray(scores) >= 1)), 6)}


class OfTexts(MeanOfRows):
    """The mean score of written texts by one metric, and beside it by the others."""

    def __init__(self, metric: str):
        super().__init__(metric)
        self._others: list[tuple[np.ndarray, dict]] = []  # scores, and the means of the others for the same texts

    def scores(self, rows, kappa, rho):
        found = rows.scores(kappa, rho)
        self._note(found)
        return found[self.metric]

    def grade(self, labels, rows):
        found = [text_scores(text, (row.label, *row.references)) for text, row in zip(labels, rows, strict=True)]
        by_metric = {name: np.array([scores[name] for scores in found]) for name in TEXT_METRICS}
        self._note(by_metric)
        return by_metric[self.metric]

    def beside(self, scores):
        """The means by the other metrics, for the texts of one decision."""
        return next((others for known, others in self._others if known is scores), {})

    def _note(self, found: dict[str, np.ndarray]) -> None:
        others = {name: round(float(np.mean(found[name])), 6) for name in TEXT_METRICS if name != self.metric}
        self._others.append((found[self.metric], others))


def make_statistic(metric: str, rows: RoutedRows) -> MeanOfRows:
    """The statistic called `metric` on `rows`. Raises ValueError for an area where there are not two classes."""
    if metric == "f1":
        return TokenF1()
    if metric in TEXT_METRICS:
        return OfTexts(metric)
    if metric != "auc":
        return MeanOfRows(metric)
    if len(rows.bias) != 2:
        raise ValueError(f"the area under the curve is of two classes, not of {len(rows.bias)}")
    return AreaUnderCurve(rows.labels == 1)
