"""Agreement of explanations with the words that people marked, on a data set: the results JSON.

All rankings of one question are measured on the same rows and with the same resamples. How a ranking chooses words is
tuned for each ranking on other rows.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from dualroute.api import DualRouter
from dualroute.data.splits import training_rows
from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.evaluation.statistics import MeanOfRows
from dualroute.measures.agreement import Choice, auprc, best_choice, character_f1, chosen_spans, f1, iou, iou_f1, marked
from dualroute.studies.jsonl_store import AttributionStore
from dualroute.studies.marked_rows import Marked, MarkedRow, read_marked
from dualroute.studies.rankings import ATTRIBUTION, Ranker, WordOdds, answer_methods, rankers
from dualroute.tasks import get_task, rationales_of
from dualroute.tasks.base import Question, find_split

MEASURES = ("auprc", "f1", "iou", "iou_f1", "character_f1")


def agreement(row: MarkedRow, part: Marked, selected: np.ndarray, ranked: float = np.nan) -> dict[str, float]:
    """Return {measure: value} of the selected words (N,) bool of one row.

    ranked  value of the first measure, `auprc`, which needs scores
    """
    spans = chosen_spans(row.words, selected)
    numbers = ranked, f1(selected, part.words), iou(selected, part.words), iou_f1(selected, part.parts)
    return dict(zip(MEASURES, (*numbers, character_f1(spans, part.marks.words)), strict=True))


def annotator_agreement(rows: list[MarkedRow], parts: list[Marked], bootstrap: RowBootstrap) -> dict | None:
    """Return the agreement of single annotators with the joint marks, averaged for each row; None if unknown.

    Annotators choose words without ranking them, so there is no `auprc`.
    """
    if not all(part.marks.people for part in parts):
        return None
    means = []
    for row, part in zip(rows, parts, strict=True):
        values = [_annotator(row, part, spans) for spans in part.marks.people]
        means.append({name: np.mean([value[name] for value in values]) for name in MEASURES[1:]})
    return {name: bootstrap.estimate(np.array([mean[name] for mean in means])) for name in MEASURES[1:]}


def _annotator(row: MarkedRow, part: Marked, spans) -> dict[str, float]:
    """Return the agreement of one annotator: characters as they were marked, words that those characters cover."""
    selected = marked(row.words, spans, row.trace.x)
    return agreement(row, part, selected) | {"character_f1": character_f1(spans, part.marks.words)}


ROWS, VALIDATION_ROWS = 300, 100
RIVALS = ("frequency", "random")  # controls that every ranking is compared with


def plausibility(
    router: DualRouter,
    data: Path,
    methods: Iterable[str] | None = None,
    rows: int = ROWS,
    validation_rows: int = VALIDATION_ROWS,
    seed: int = 0,
    store: Path | None = None,
) -> dict:
    """Return how well rankings of words agree with people, ready for JSON and without any text.

    data     folder with `train`, `validation` and `test` files: for word counts, for tuning and for measuring
    methods  names of attribution methods; by default all that can attribute answers
    rows, validation_rows  limits of the rows, which are chosen by a hash of their content
    store    file for the attributions of every row, from which a later run resumes
    Raises ValueError for a task without marked words, a method that cannot attribute answers, or fewer than one row.
    """
    if min(rows, validation_rows) < 1:
        raise ValueError(f"rows and validation rows must be positive, not {rows} and {validation_rows}")
    rationales = rationales_of(router.model.config.task)
    task = get_task(router.model.config.task)
    odds = WordOdds(training_rows(task, data, task.training.get("extra", ())))
    attributions = AttributionStore(router, seed, store)
    ranked = rankers(attributions, answer_methods() if methods is None else methods, odds, seed)
    held_out = read_marked(router, task, find_split(data, "validation"), validation_rows, seed)
    test_rows = read_marked(router, task, find_split(data, "test"), rows, seed)
    _attribute(ranked, rationales.questions, held_out + test_rows)
    return {
        "kind": "plausibility",
        "task": task.name,
        "checkpoint": Path(router.checkpoint).name,
        "revision": router.revision,
        "seed": seed,
        "rows": len(test_rows),
        "validation_rows": len(held_out),
        "words": sum(len(row.words) for row in test_rows),
        "accuracy": float(np.mean([row.trace.replay().label == row.label for row in test_rows])),
        "seconds": {r.name: round(attributions.seconds(r.name), 4) for r in ranked if r.kind == ATTRIBUTION},
        "questions": [_question(question, ranked, held_out, test_rows, seed) for question in rationales.questions],
    }


def _attribute(ranked: list[Ranker], questions: tuple[Question, ...], rows: list[MarkedRow]) -> None:
    """Compute all attributions row by row, so that progress is visible and a smaller run can reuse the store."""
    for row in tqdm(rows, desc="attribute", unit="row"):
        for target in {question.target.format(label=row.label) for question in questions}:
            for ranker in ranked:
                if ranker.kind == ATTRIBUTION:
                    ranker.score(row, target)


def _question(question: Question, ranked: list[Ranker], held_out: list[MarkedRow], rows: list[MarkedRow], seed) -> dict:
    bootstrap = RowBootstrap(len(rows), seed, statistic=MeanOfRows("value"))
    entries, scored = [], {}
    for ranker in ranked:
        choice = _choice(question, ranker, held_out)
        scored[ranker.name] = _over_rows([_measure(question, ranker, row, choice) for row in rows])
        about = {"name": ranker.name, "title": ranker.title, "kind": ranker.kind, "choice": vars(choice)}
        entries.append(about)
    for entry in entries:
        own = scored[entry["name"]]
        entry |= {name: bootstrap.estimate(own[name]) for name in MEASURES}
        for rival in RIVALS:
            entry[f"minus_{rival}"] = {name: bootstrap.difference(own[name], scored[rival][name]) for name in MEASURES}
    parts = [row.marked[question.name] for row in rows]
    return {
        "name": question.name,
        "title": question.title,
        "target": question.target,
        "signed": question.signed,
        "metric": question.metric,
        "marked_share": float(np.mean(np.concatenate([part.words for part in parts]))),
        "people": annotator_agreement(rows, parts, bootstrap),
        "methods": entries,
    }


def _choice(question: Question, ranker: Ranker, held_out: list[MarkedRow]) -> Choice:
    """Return the best way to choose words of this ranking on the held-out rows; of several draws the first is used."""
    rankings = [_scores(question, ranker, row)[0] for row in held_out]
    return best_choice(rankings, [row.marked[question.name].words for row in held_out])


def _scores(question: Question, ranker: Ranker, row: MarkedRow) -> np.ndarray:
    """Return the scores (K,N) of K draws."""
    scores = np.atleast_2d(ranker.score(row, question.target.format(label=row.label)))
    return scores if question.signed or not ranker.signed else np.abs(scores)


def _measure(question: Question, ranker: Ranker, row: MarkedRow, choice: Choice) -> dict[str, list[float]]:
    """Return {measure: K values, one per draw}."""
    part, values = row.marked[question.name], {name: [] for name in MEASURES}
    for scores in _scores(question, ranker, row):
        for name, value in agreement(row, part, choice(scores), auprc(scores, part.words)).items():
            values[name].append(value)
    return values


def _over_rows(by_row: list[dict[str, list[float]]]) -> dict[str, np.ndarray]:
    """Return {measure: (K,N)} of K draws and N rows."""
    return {name: np.array([row[name] for row in by_row]).T for name in MEASURES}
