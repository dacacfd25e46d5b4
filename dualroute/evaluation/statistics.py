"""Scores of rows, and the statistics of them that results report: means, and the area under the ROC curve."""

import unicodedata
from functools import lru_cache
from typing import Any

import numpy as np
from rouge_score.rouge_scorer import RougeScorer
from sklearn.metrics import roc_auc_score

from dualroute.rows.answers import token_f1
from dualroute.rows.corpus import Corpus, RoutedRows
from dualroute.tasks import Example

ROUGE = ("rouge1", "rouge2", "rougeL")  # F1 of common words, common pairs of words, longest common subsequence
TEXT_METRICS = ("exact_match", *ROUGE)


def text_scores(text: str, references: tuple[str, ...]) -> dict[str, float]:
    """Return {metric: score in [0, 1]} for `TEXT_METRICS`; the best of several references counts.

    An exact match ignores case, accents and spaces, which tokenizers lose. ROUGE (Lin 2004, as in `rouge_score`)
    compares stemmed words.
    """
    by_reference = [_scorer().score(reference, text) for reference in references]
    rouge = {name: max(scores[name].fmeasure for scores in by_reference) for name in ROUGE}
    return {"exact_match": float(_plain(text) in map(_plain, references))} | rouge


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in letters if not (c.isspace() or unicodedata.combining(c)))


@lru_cache
def _scorer() -> RougeScorer:
    return RougeScorer(ROUGE, use_stemmer=True)


NO_RANKING = 0.5  # area assigned to a resample in which only one class occurs


class MeanOfRows:
    """The mean of the rows' scores, under the name `metric`: here the share of correct rows."""

    counts_rows = True  # scores that are all 0 or 1 are a count of correct rows

    def __init__(self, metric: str):
        self.metric = metric

    def scores(self, rows: RoutedRows, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """Return one score (N,) per row for weights κ, ρ (M,) of the direct and of the context part."""
        return rows.score(kappa, rho)

    def grade(self, labels: np.ndarray, rows: list[Example]) -> np.ndarray:
        """Return the score (N,) of each label (N,) that a baseline predicts: here whether it is correct."""
        return labels == np.array([row.label for row in rows])

    def scores_from_answers(self, correct: np.ndarray, margins: np.ndarray | None) -> np.ndarray:
        """Return the scores (N,) of a baseline from its grades (N,) and, for two classes, its margins (N,)."""
        return correct

    def value(self, scores: np.ndarray) -> float:
        """Return the statistic of scores (N,), or its mean over K draws of scores (K,N)."""
        return float(np.mean(scores))

    def extra_metrics(self, scores: np.ndarray) -> dict:
        """Return further {metric: value} of the same decisions."""
        return {}

    def resampled(self, counts: np.ndarray, scores: np.ndarray, draw: np.ndarray) -> np.ndarray:
        """Return the statistic (R,) of R resamples.

        counts  (R,N) how often each row occurs in each resample
        scores  (K,N) of K draws
        draw    (R,) which draw each resample uses
        """
        means = counts @ scores.astype(np.float32).T / np.float64(scores.shape[1])
        return means[np.arange(len(means)), draw]

    def better(self, scores: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return (N,) bool: rows that are answered better with `scores` than with `others`."""
        return scores > others


class AreaUnderCurve(MeanOfRows):
    """Area under the ROC curve: the probability that a row of the second class ranks above one of the first.

    Ties count half (Mann-Whitney). Scores are margins (N,): the logit of the second class minus that of the first.
    Resamples reuse one sorted ranking and weight its rows.
    positive  (N,) bool, rows of the second class
    Raises ValueError if all rows are of one class.
    """

    counts_rows = False

    def __init__(self, positive: np.ndarray):
        super().__init__("auc")
        self.positive = np.asarray(positive, dtype=bool)
        if self.positive.all() or not self.positive.any():
            raise ValueError("all rows are of one class: there is no ranking to measure")

    def scores(self, rows: Corpus, kappa, rho):
        return rows.margins(kappa, rho)

    def scores_from_answers(self, correct, margins):
        if margins is None:
            raise ValueError("the area under the curve needs margins, and so two classes")
        second = np.asarray(correct, dtype=bool) == self.positive  # a baseline may order the classes differently
        return margins if np.mean((margins > 0) == second) >= 1 / 2 else -margins

    def value(self, scores):
        return float(np.mean([roc_auc_score(self.positive, of_draw) for of_draw in np.atleast_2d(scores)]))

    def extra_metrics(self, scores):
        """Return the accuracy of the same decisions."""
        return {"accuracy": round(float(np.mean((np.asarray(scores) > 0) == self.positive)), 6)}

    def resampled(self, counts, scores, draw):
        areas = np.empty(len(counts))
        for k in range(len(scores)):
            of_draw_k = draw == k
            areas[of_draw_k] = self._areas(counts[of_draw_k], scores[k])
        return areas

    def better(self, scores, others):
        return np.where(self.positive, scores > others, scores < others)

    def _areas(self, counts: np.ndarray, margins: np.ndarray) -> np.ndarray:
        """Return the areas (R,) of resamples; a positive row in a tie ranks above half of the negatives of the tie."""
        others = np.flatnonzero(~self.positive)
        others = others[np.argsort(margins[others], kind="stable")]
        below = np.zeros((len(counts), len(others) + 1), np.float32)  # integers, exact in float32 up to 2^24
        np.cumsum(counts[:, others], axis=1, out=below[:, 1:])
        places = [np.searchsorted(margins[others], margins[self.positive], side) for side in ("left", "right")]
        beaten = sum(below[:, place] for place in places) / 2 if (places[0] < places[1]).any() else below[:, places[0]]
        weights = counts[:, self.positive]
        above = (weights * beaten).sum(1, dtype=np.float64)
        pairs = weights.sum(1, dtype=np.float64) * below[:, -1]
        return np.where(pairs > 0, above / np.maximum(pairs, 1), NO_RANKING)


class TokenF1(MeanOfRows):
    """The mean token F1 of answers; a score of exactly 1 is an exact match (`rows.answers`)."""

    def __init__(self):
        super().__init__("f1")

    def grade(self, labels, rows):
        """Return the best token F1 against the row's label and its other references."""
        return np.array(
            [
                max(token_f1(answer, correct) for correct in (row.label, *row.references))
                for answer, row in zip(labels, rows, strict=True)
            ]
        )

    def extra_metrics(self, scores):
        """Return the share of exact matches."""
        return {"exact_match": round(float(np.mean(np.asarray(scores) >= 1)), 6)}


class GenerationMetric(MeanOfRows):
    """The mean score of generated texts by one metric, with the means by the other metrics as extra."""

    def __init__(self, metric: str):
        super().__init__(metric)
        self._others: list[tuple[np.ndarray, dict]] = []  # scores, and the other means of the same texts

    def scores(self, rows: Any, kappa, rho):  # a GenerationCorpus, whose module imports this one
        by_metric = rows.scores(kappa, rho)
        self._remember(by_metric)
        return by_metric[self.metric]

    def grade(self, labels, rows):
        by_row = [text_scores(text, (row.label, *row.references)) for text, row in zip(labels, rows, strict=True)]
        by_metric = {name: np.array([scores[name] for scores in by_row]) for name in TEXT_METRICS}
        self._remember(by_metric)
        return by_metric[self.metric]

    def extra_metrics(self, scores):
        """Return the means by the other metrics for the texts of one decision."""
        return next((others for earlier, others in self._others if earlier is scores), {})

    def _remember(self, by_metric: dict[str, np.ndarray]) -> None:
        others = {name: round(float(np.mean(by_metric[name])), 6) for name in TEXT_METRICS if name != self.metric}
        self._others.append((by_metric[self.metric], others))


def make_statistic(metric: str, rows: RoutedRows) -> MeanOfRows:
    """Return the statistic `metric` of `rows`: `f1`, one of `TEXT_METRICS`, `auc`, or the name of a mean.

    Raises ValueError for `auc` if there are not two classes.
    """
    if metric == "f1":
        return TokenF1()
    if metric in TEXT_METRICS:
        return GenerationMetric(metric)
    if metric != "auc":
        return MeanOfRows(metric)
    if not isinstance(rows, Corpus):
        raise ValueError("the area under the curve needs rows with classes")
    if len(rows.bias) != 2:
        raise ValueError(f"the area under the curve needs two classes, not {len(rows.bias)}")
    return AreaUnderCurve(rows.labels == 1)
