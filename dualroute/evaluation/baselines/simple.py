"""Baselines that count labels.

Baselines that answer with what a training row says.

Baselines that find an answer in a passage without a model.

Baselines that look at pictures without having learned to.

What bags of words reach: TF-IDF and logistic regression.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from dualroute.data.splits import Splits
from dualroute.evaluation.baselines.base import Answers, of_margins, two_classes
from dualroute.inputs import Pictures
from dualroute.tasks import Example

PRIOR_ROWS = 2  # of labels in the proportion of all rows, so that one row alone does not decide


def majority(splits: Splits, rows: list[Example]) -> Answers:
    """The most frequent label of the training rows, whatever is asked."""
    (label, _), *_ = Counter(row.label for row in splits.train).most_common()
    classes = two_classes(row.label for row in splits.train)
    margins = np.full(len(rows), 2.0 * (label == classes[1]) - 1) if classes else None
    return Answers(np.full(len(rows), label), margins)


def most_frequent_of_x(splits: Splits, rows: list[Example]) -> Answers:
    """The most frequent label of the training rows with the same x; of all rows where there are none."""
    counts = defaultdict(Counter)
    for row in splits.train:
        counts[row.x][row.label] += 1
    overall = sum(counts.values(), Counter())
    return Answers(np.array([counts.get(row.x, overall).most_common(1)[0][0] for row in rows], dtype=object))


def majority_of_x(splits: Splits, rows: list[Example]) -> Answers | None:
    """The label that the same group, or without groups the same x, most often has in the training rows."""
    classes = two_classes(row.label for row in splits.train)
    if not classes:
        return None
    found = defaultdict(list)
    for row in splits.train:
        found[_key(row)].append(row.label == classes[1])
    share = np.mean([row.label == classes[1] for row in splits.train])

    def preferred(row: Example) -> float:
        labels = found.get(_key(row), [])
        return (sum(labels) + PRIOR_ROWS * share) / (len(labels) + PRIOR_ROWS) - 0.5

    return of_margins(np.array([preferred(row) for row in rows]), classes)


def _key(row: Example) -> str:
    return row.group or row.x


MOST_LABEL_FEATURES = 50_000


def nearest_label(splits: Splits, rows: list[Example]) -> Answers:
    """The label of the training row whose x is most like this one, by the cosine of their TF-IDF."""
    vectorizer = TfidfVectorizer(sublinear_tf=True, max_features=MOST_LABEL_FEATURES)
    known = vectorizer.fit_transform(row.x for row in splits.train)
    nearest = [int((known @ row.T).toarray().argmax()) for row in vectorizer.transform(row.x for row in rows)]
    return Answers(np.array([splits.train[i].label for i in nearest], dtype=object))


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def nearest_sentence(splits: Splits, rows: list[Example]) -> Answers:
    """The sentence of x that is most like h, by the cosine of their TF-IDF; of equals the first."""
    sentences = [_SENTENCE_END.split(row.x) for row in rows]
    vectorizer = TfidfVectorizer(sublinear_tf=True).fit(sentence for of_row in sentences for sentence in of_row)
    asked = vectorizer.transform(row.h for row in rows)
    chosen = [
        of_row[int((vectorizer.transform(of_row) @ question.T).toarray().argmax())]
        for of_row, question in zip(sentences, asked, strict=True)
    ]
    return Answers(np.array(chosen, dtype=object))


def first_words(splits: Splits, rows: list[Example]) -> Answers:
    """The first words of x, whatever is asked; as many as an answer in the training rows has, in the median."""
    return _windows(splits, rows, lambda words, length: 0)


def random_span(splits: Splits, rows: list[Example]) -> Answers:
    """As many words of x, from a random one on."""
    draw = np.random.default_rng(0)
    return _windows(splits, rows, lambda words, length: int(draw.integers(max(1, len(words) - length + 1))))


def _windows(splits: Splits, rows: list[Example], start: Callable[[list[str], int], int]) -> Answers:
    length = max(1, int(np.median([len(row.label.split()) for row in splits.train])))
    chosen = []
    for row in rows:
        words = row.x.split()
        begin = start(words, length)
        chosen.append(" ".join(words[begin : begin + length]))
    return Answers(np.array(chosen, dtype=object), chosen={"words": length})


SIZE = 16  # pixels along a side: enough for shapes and colours, too few for a shift of one pixel to matter


def nearest_picture(splits: Splits, rows: list[Example], images: Path) -> Answers | None:
    """The label of the training picture with the nearest pixels, among those with the same x where there are some."""
    train = [row for row in splits.train if row.image]
    if not train:
        return None
    pictures = Pictures(images)

    def pixels(some: list[Example]) -> np.ndarray:
        return np.stack([pictures.pixels(row.image, SIZE).ravel().astype(np.float32) for row in some])

    known, blank = pixels(train), np.full(3 * SIZE**2, 255, np.float32)
    groups = {x: np.array([i for i, row in enumerate(train) if row.x == x]) for x in {row.x for row in train}}
    labels = np.empty(len(rows), dtype=object)
    for i, row in enumerate(rows):
        own = pixels([row])[0] if row.image else blank
        near = groups.get(row.x, np.arange(len(train)))
        labels[i] = train[near[np.square(known[near] - own).sum(1).argmin()]].label
    return Answers(labels)


STRENGTHS = (1.0, 4.0, 16.0)  # C of the logistic regression, the inverse of its regularisation
MOST_FEATURES = 100_000  # the most frequent words and pairs; rarer ones cost minutes and change nothing


def of(text: Callable[[Example], str]) -> Callable[[Splits, list[Example]], Answers | None]:
    """The baseline that sees `text` of a row. It has nothing to learn where that is empty in all training rows.

    The strength C is the one of `STRENGTHS` that is most accurate on the validation rows; without any the middle one.
    """

    def answer(splits: Splits, rows: list[Example]) -> Answers | None:
        return _classify(splits, rows, text) if any(text(row).strip() for row in splits.train) else None

    return answer


def _classify(splits: Splits, rows: list[Example], text) -> Answers:
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", max_features=MOST_FEATURES
    )
    features = vectorizer.fit_transform(map(text, splits.train))

    def fit(strength: float) -> LogisticRegression:
        return LogisticRegression(C=strength, max_iter=1000).fit(features, [row.label for row in splits.train])

    def answers(model: LogisticRegression, part: list[Example], strength: float) -> Answers:
        seen = vectorizer.transform(map(text, part))
        margins = model.decision_function(seen) if len(model.classes_) == 2 else None
        return Answers(model.predict(seen), margins, {"strength": strength})

    if not splits.validation:
        strength = STRENGTHS[len(STRENGTHS) // 2]
        return answers(fit(strength), rows, strength)
    models = [fit(strength) for strength in STRENGTHS]
    truth = np.array([row.label for row in splits.validation])
    right = [np.mean(answers(model, splits.validation, 0).labels == truth) for model in models]
    best = int(np.argmax(right))
    return answers(models[best], rows, STRENGTHS[best])
