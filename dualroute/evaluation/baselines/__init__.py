"""What simpler means reach on the same rows. Which of them a task is compared with is the task's choice."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tqdm.auto import tqdm

from dualroute.data.splits import Splits
from dualroute.evaluation.baselines import factorisation, simple
from dualroute.evaluation.baselines.base import Answers
from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.tasks import Example

STRENGTHS = simple.STRENGTHS

# name -> (the training rows, the rows to answer) -> answers, or None where the training rows do not serve
KINDS: dict[str, Callable[[Splits, list[Example]], Answers | None]] = {
    "majority": simple.majority,
    "most_frequent_of_x": simple.most_frequent_of_x,
    "majority_of_x": simple.majority_of_x,
    "tfidf_x": simple.of(lambda row: row.x),
    "tfidf_h": simple.of(lambda row: row.h),
    "tfidf_xh": simple.of(lambda row: f"{row.x}\n{row.h}"),
    "factorisation": factorisation.factorisation,
    "nearest_sentence": simple.nearest_sentence,
    "first_words": simple.first_words,
    "random_span": simple.random_span,
    "nearest_label": simple.nearest_label,
}
PICTURED = {"nearest_picture": simple.nearest_picture}  # these also take the archive of the pictures
USUAL = ("tfidf_x", "tfidf_h", "tfidf_xh")


def baselines(
    splits: Splits,
    rows: list[Example],
    bootstrap: RowBootstrap,
    names: Iterable[str] = USUAL,
    images: Path | None = None,
) -> dict:
    """{name: {<metric>, ci, training_rows, …}} on `rows`, of `names` in KINDS or PICTURED, trained on `splits.train`.

    What is chosen, such as a strength, is chosen on `splits.validation`. A baseline that has nothing to learn from
    in the training rows is left out. Raises KeyError for an unknown name.
    """
    results, statistic = {}, bootstrap.statistic
    for name in tqdm(names, desc="baselines", unit="model"):
        given = (splits, rows, images) if name in PICTURED else (splits, rows)
        if answers := (KINDS | PICTURED)[name](*given):
            scores = statistic.of_answers(statistic.grade(answers.labels, rows), answers.margins)
            results[name] = bootstrap.estimate(scores) | answers.chosen | {"training_rows": len(splits.train)}
    return results
