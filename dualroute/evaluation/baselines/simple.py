"""Baselines without a neural network: label counts, nearest rows, sentences and pictures, and TF-IDF regressions."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from dualroute.data.splits import Splits
from dualroute.inputs import Pictures
from dualroute.tasks import Example

PRIOR_ROWS = 2  # rows with labels in the proportion of all rows, added so that a single row does not decide


@dataclass(frozen=True, eq=False)
class BaselineAnswers:
    """BaselineAnswers of a baseline for N rows.

    labels   (N,) predicted labels
    margins  (N,) preference for the second of two classes, sorted by name; None for other numbers of classes
    choices  hyperparameters chosen on the validation rows, for the results
    """

    labels: np.ndarray
    margins: np.ndarray | None = None
    choices: dict = field(default_factory=dict)


def answers_from_margins(margins: np.ndarray, classes: list[str], **choices) -> BaselineAnswers:
    """Return answers for two classes, sorted by name, by the sign of margins (N,)."""
    return BaselineAnswers(np.where(np.asarray(margins) > 0, classes[1], classes[0]), np.asarray(margins), choices)


def two_classes(labels) -> list[str] | None:
    """Return the two classes that occur, sorted; None for any other number of classes."""
    classes = sorted(set(labels))
    return classes if len(classes) == 2 else None


def majority(splits: Splits, rows: list[Example]) -> BaselineAnswers:
    """Answer with the most frequent label of the training rows."""
    (label, _), *_ = Counter(row.label for row in splits.train).most_common()
    classes = two_classes(row.label for row in splits.train)
    margins = np.full(len(rows), 2.0 * (label == classes[1]) - 1) if classes else None
    return BaselineAnswers(np.full(len(rows), label), margins)


def most_frequent_of_x(splits: Splits, rows: list[Example]) -> BaselineAnswers:
    """Answer with the most frequent label of the training rows with the same x, or of all rows if there are none."""
    counts = defaultdict(Counter)
    for row in splits.train:
        counts[row.x][row.label] += 1
    overall = sum(counts.values(), Counter())
    return BaselineAnswers(np.array([counts.get(row.x, overall).most_common(1)[0][0] for row in rows], dtype=object))


def majority_of_x(splits: Splits, rows: list[Example]) -> BaselineAnswers | None:
    """Answer with the most frequent label of the training rows of the same group.

    A row without a group is compared with rows of the same x. Returns None unless there are two classes.
    """
    classes = two_classes(row.label for row in splits.train)
    if not classes:
        return None
    is_second = defaultdict(list)
    for row in splits.train:
        is_second[_key(row)].append(row.label == classes[1])
    share = float(np.mean([row.label == classes[1] for row in splits.train]))

    def preferred(row: Example) -> float:
        labels = is_second.get(_key(row), [])
        return (sum(labels) + PRIOR_ROWS * share) / (len(labels) + PRIOR_ROWS) - 0.5

    return answers_from_margins(np.array([preferred(row) for row in rows]), classes)


def _key(row: Example) -> str:
    return row.group or row.x


MOST_LABEL_FEATURES = 50_000


def nearest_label(splits: Splits, rows: list[Example]) -> BaselineAnswers:
    """Answer with the label of the training row whose x is most similar, by the cosine of TF-IDF vectors."""
    vectorizer = TfidfVectorizer(sublinear_tf=True, max_features=MOST_LABEL_FEATURES)
    vectors: Any = vectorizer.fit_transform(row.x for row in splits.train)
    queries: Any = vectorizer.transform(row.x for row in rows)
    nearest = [int((vectors @ row.T).toarray().argmax()) for row in queries]
    return BaselineAnswers(np.array([splits.train[i].label for i in nearest], dtype=object))


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def nearest_sentence(splits: Splits, rows: list[Example]) -> BaselineAnswers:
    """Answer with the sentence of x that is most similar to h by the cosine of TF-IDF vectors; the first of equals."""
    by_row = [_SENTENCE_END.split(row.x) for row in rows]
    vectorizer: Any = TfidfVectorizer(sublinear_tf=True)
    vectorizer.fit(sentence for sentences in by_row for sentence in sentences)
    questions = vectorizer.transform(row.h for row in rows)
    answers = [
        sentences[int((vectorizer.transform(sentences) @ question.T).toarray().argmax())]
        for sentences, question in zip(by_row, questions, strict=True)
    ]
    return BaselineAnswers(np.array(answers, dtype=object))


def first_words(splits: Splits, rows: list[Example]) -> BaselineAnswers:
    """Answer with the first words of x, as many as the median answer of the training rows has."""
    return _windows(splits, rows, lambda words, length: 0)


def random_span(splits: Splits, rows: list[Example]) -> BaselineAnswers:
    """Answer with as many consecutive words of x, from a random position."""
    draw = np.random.default_rng(0)
    return _windows(splits, rows, lambda words, length: int(draw.integers(max(1, len(words) - length + 1))))


def _windows(splits: Splits, rows: list[Example], start: Callable[[list[str], int], int]) -> BaselineAnswers:
    length = max(1, int(np.median([len(row.label.split()) for row in splits.train])))
    answers = []
    for row in rows:
        words = row.x.split()
        begin = start(words, length)
        answers.append(" ".join(words[begin : begin + length]))
    return BaselineAnswers(np.array(answers, dtype=object), choices={"words": length})


SIZE = 16  # pixels per side: enough for shapes and colours, and coarse enough to ignore a shift by one original pixel


def nearest_picture(splits: Splits, rows: list[Example], images: Path | None) -> BaselineAnswers | None:
    """Answer with the label of the training picture whose pixels are nearest, among rows with the same x if any.

    Returns None if no training row has a picture.
    """
    train = [row for row in splits.train if row.image]
    if not train:
        return None
    if images is None:
        raise ValueError("the training rows name pictures; name their archive or folder")
    pictures = Pictures(images)

    def pixels(some: list[Example]) -> np.ndarray:
        return np.stack([pictures.pixels(row.image, SIZE).ravel().astype(np.float32) for row in some])

    train_pixels, blank = pixels(train), np.full(3 * SIZE**2, 255, np.float32)
    groups = {x: np.array([i for i, row in enumerate(train) if row.x == x]) for x in {row.x for row in train}}
    labels = np.empty(len(rows), dtype=object)
    for i, row in enumerate(rows):
        own = pixels([row])[0] if row.image else blank
        near = groups.get(row.x, np.arange(len(train)))
        labels[i] = train[near[np.square(train_pixels[near] - own).sum(1).argmin()]].label
    return BaselineAnswers(labels)


STRENGTHS = (1.0, 4.0, 16.0)  # C of the logistic regression, the inverse of its regularisation
MOST_FEATURES = 100_000  # most frequent words and pairs of words; rarer ones cost minutes and change nothing


def tfidf(text: Callable[[Example], str]) -> Callable[[Splits, list[Example]], BaselineAnswers | None]:
    """Return the baseline that classifies `text` of a row by TF-IDF and logistic regression.

    The strength C is the one of `STRENGTHS` with the highest accuracy on the validation rows, or the middle one without
    such rows. The baseline learns nothing, and returns None, if the text is empty in all training rows.
    """

    def answer(splits: Splits, rows: list[Example]) -> BaselineAnswers | None:
        return _classify(splits, rows, text) if any(text(row).strip() for row in splits.train) else None

    return answer


def _classify(splits: Splits, rows: list[Example], text) -> BaselineAnswers:
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", max_features=MOST_FEATURES
    )
    features = vectorizer.fit_transform(map(text, splits.train))

    def fit(strength: float) -> LogisticRegression:
        return LogisticRegression(C=strength, max_iter=1000).fit(features, [row.label for row in splits.train])

    def answers(model: LogisticRegression, part: list[Example], strength: float) -> BaselineAnswers:
        vectors = vectorizer.transform(map(text, part))
        margins = model.decision_function(vectors) if len(model.classes_) == 2 else None
        return BaselineAnswers(np.asarray(model.predict(vectors)), margins, {"strength": strength})

    if not splits.validation:
        strength = STRENGTHS[len(STRENGTHS) // 2]
        return answers(fit(strength), rows, strength)
    models = [fit(strength) for strength in STRENGTHS]
    truth = np.array([row.label for row in splits.validation])
    accuracies = [np.mean(answers(model, splits.validation, 0).labels == truth) for model in models]
    best = int(np.argmax(accuracies))
    return answers(models[best], rows, STRENGTHS[best])
