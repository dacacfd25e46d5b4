"""What bags of words reach: TF-IDF and logistic regression on x, on h and on both."""

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from tqdm.auto import tqdm

from dualroute.tasks import Example
from dualroute.training.bootstrap import RowBootstrap
from dualroute.training.rows import Splits

STRENGTHS = (1.0, 4.0, 16.0)  # C of the logistic regression, the inverse of its regularisation
MOST_FEATURES = 100_000  # the most frequent words and pairs; rarer ones cost minutes and change nothing
INPUTS = {
    "tfidf_x": lambda row: row.x,
    "tfidf_h": lambda row: row.h,
    "tfidf_xh": lambda row: f"{row.x}\n{row.h}",
}


def baselines(splits: Splits, rows: list[Example], bootstrap: RowBootstrap) -> dict:
    """{name: {accuracy, ci, strength, training_rows}} on `rows`, trained on `splits.train`.

    The strength C is the one of `STRENGTHS` that is most accurate on `splits.validation`; without such rows the
    middle one. An input that is empty in all training rows is left out.
    """
    results = {}
    for name, text in tqdm(INPUTS.items(), desc="baselines", unit="model"):
        if any(text(row).strip() for row in splits.train):
            correct, strength = _classify(splits, rows, text)
            chosen = {"strength": strength, "training_rows": len(splits.train)}
            results[name] = bootstrap.estimate(correct) | chosen
    return results


def _classify(splits: Splits, rows: list[Example], text) -> tuple[np.ndarray, float]:
    """Which of `rows` are predicted rightly, (N,) bool, and the strength chosen."""
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", max_features=MOST_FEATURES
    )
    features = vectorizer.fit_transform(map(text, splits.train))

    def fit(strength: float) -> LogisticRegression:
        return LogisticRegression(C=strength, max_iter=1000).fit(features, [row.label for row in splits.train])

    def correct(model: LogisticRegression, part: list[Example]) -> np.ndarray:
        return model.predict(vectorizer.transform(map(text, part))) == np.array([row.label for row in part])

    if not splits.validation:
        strength = STRENGTHS[len(STRENGTHS) // 2]
        return correct(fit(strength), rows), strength
    models = [fit(strength) for strength in STRENGTHS]
    best = int(np.argmax([np.mean(correct(model, splits.validation)) for model in models]))
    return correct(models[best], rows), STRENGTHS[best]
