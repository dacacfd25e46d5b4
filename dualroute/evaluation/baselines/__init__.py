"""Baselines on the same rows: simpler models that a task lists by name in `Task.baselines`."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tqdm.auto import tqdm

from dualroute.data.splits import Splits
from dualroute.evaluation.baselines import factorisation, simple
from dualroute.evaluation.baselines.simple import BaselineAnswers
from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.tasks import Example

STRENGTHS = simple.STRENGTHS

# name -> function of (training rows, rows to answer) that returns answers, or None if it can learn nothing from them
KINDS: dict[str, Callable[[Splits, list[Example]], BaselineAnswers | None]] = {
    "majority": simple.majority,
    "most_frequent_of_x": simple.most_frequent_of_x,
    "majority_of_x": simple.majority_of_x,
    "tfidf_x": simple.tfidf(lambda row: row.x),
    "tfidf_h": simple.tfidf(lambda row: row.h),
    "tfidf_xh": simple.tfidf(lambda row: f"{row.x}\n{row.h}"),
    "factorisation": factorisation.factorisation,
    "nearest_sentence": simple.nearest_sentence,
    "first_words": simple.first_words,
    "random_span": simple.random_span,
    "nearest_label": simple.nearest_label,
}
PICTURED = {"nearest_picture": simple.nearest_picture}  # functions that also take the archive of the pictures
USUAL = ("tfidf_x", "tfidf_h", "tfidf_xh")


def baselines(
    splits: Splits,
    rows: list[Example],
    bootstrap: RowBootstrap,
    names: Iterable[str] = USUAL,
    images: Path | None = None,
) -> dict:
    """Return {name: {<metric>, ci, training_rows, …}} of baselines trained on `splits.train`, for `rows`.

    names   of KINDS or PICTURED
    images  archive or folder of the pictures
    Hyperparameters are chosen on `splits.validation`. A baseline that can learn nothing from the training rows is left
    out. Raises KeyError for an unknown name.
    """
    results, statistic = {}, bootstrap.statistic
    for name in tqdm(names, desc="baselines", unit="model"):
        answers = PICTURED[name](splits, rows, images) if name in PICTURED else KINDS[name](splits, rows)
        if answers:
            scores = statistic.scores_from_answers(statistic.grade(answers.labels, rows), answers.margins)
            results[name] = bootstrap.estimate(scores) | answers.choices | {"training_rows": len(splits.train)}
    return results
