"""How far chosen words, and the words that single people marked, agree with what all of them marked in a row.

Do explanations point at the words people marked? Measured on a data set, for the results JSON.

All rankings of one question are of the same rows, and their intervals of the same resamples. What makes chosen words
of a ranking is chosen for each ranking on other rows.

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
from dualroute.studies.jsonl_store import KeptScores
from dualroute.studies.marked_rows import Marked, MarkedRow, read_marked
from dualroute.studies.rankings import ATTRIBUTION, Ranker, WordOdds, attributing, rankers
from dualroute.tasks import get_task
from dualroute.tasks.base import find_split
from dualroute.tasks.rationales import Question, rationales_of

MEASURES = ("auprc", "f1", "iou", "iou_f1", "character_f1")


def agreement(row: MarkedRow, part: Marked, chosen: np.ndarray, ranked: float = np.nan) -> dict[str, float]:
    """{measure: number} of chosen words (N,) bool of one row; `ranked` is the measure that needs scores."""
    spans = chosen_spans(row.words, chosen)
    numbers = ranked, f1(chosen, part.words), iou(chosen, part.words), iou_f1(chosen, part.parts)
    return dict(zip(MEASURES, (*numbers, character_f1(spans, part.marks.words)), strict=True))


def single_people(rows: list[MarkedRow], parts: list[Marked], bootstrap: RowBootstrap) -> dict | None:
    """What single annotators reach against the marks they helped to make: each row the mean of its own; None without.

    They choose words and rank none, so there is no area.
    """
    if not all(part.marks.people for part in parts):
        return None
    found = []
    for row, part in zip(rows, parts, strict=True):
        single = [_annotator(row, part, spans) for spans in part.marks.people]
        found.append({name: np.mean([one[name] for one in single]) for name in MEASURES[1:]})
    return {name: bootstrap.estimate(np.array([row[name] for row in found])) for name in MEASURES[1:]}


def _annotator(row: MarkedRow, part: Marked, spans) -> dict[str, float]:
    """Their characters as they marked them, their words as the marked ones are found."""
    chosen = marked(row.words, spans, row.trace.x)
    return agreement(row, part, chosen) | {"character_f1": character_f1(spans, part.marks.words)}


ROWS, VALIDATION_ROWS = 300, 100
RIVALS = ("frequency", "random")  # what a ranking has to beat


def plausibility(
    router: DualRouter,
    data: Path,
    methods: Iterable[str] | None = None,
    rows: int = ROWS,
    validation_rows: int = VALIDATION_ROWS,
    seed: int = 0,
    kept: Path | None = None,
) -> dict:
    """Everything about how well rankings of words agree with people, ready for JSON; no text is in it.

    data  folder with `train`, `validation` and `test` files; words are chosen on the second, measured on the third
    rows, validation_rows  at most so many of each, chosen by a hash of their content
    kept  file that keeps the attributions of every row, so that a further run goes on from there
    Raises ValueError for a task without marked words, a method that attributes no answers, or fewer than one row.
    """
    if min(rows, validation_rows) < 1:
        raise ValueError(f"at least one row of each is needed, not {rows} and {validation_rows}")
    task = get_task(router.model.config.task)
    rationales = rationales_of(task.name)
    odds = WordOdds(training_rows(task, data, task.training.get("extra", ())))
    scores = KeptScores(router, seed, kept)
    ranked = rankers(scores, attributing() if methods is None else methods, odds, seed)
    held_out = read_marked(router, rationales, find_split(data, "validation"), validation_rows, seed)
    measured = read_marked(router, rationales, find_split(data, "test"), rows, seed)
    _attribute(ranked, rationales.questions, held_out + measured)
    return {
        "kind": "plausibility",
        "task": task.name,
        "checkpoint": Path(router.checkpoint).name,
        "revision": router.revision,
        "seed": seed,
        "rows": len(measured),
        "validation_rows": len(held_out),
        "words": sum(len(row.words) for row in measured),
        "accuracy": float(np.mean([row.trace.replay().label == row.label for row in measured])),
        "seconds": {r.name: round(scores.seconds(r.name), 4) for r in ranked if r.kind == ATTRIBUTION},
        "questions": [_question(question, ranked, held_out, measured, seed) for question in rationales.questions],
    }


def _attribute(ranked: list[Ranker], questions: tuple[Question, ...], rows: list[MarkedRow]) -> None:
    """Row by row, so that the bar tells how long it takes and what is kept serves a smaller run."""
    for row in tqdm(rows, desc="attribute", unit="row"):
        for target in {question.target.format(label=row.label) for question in questions}:
            for ranker in ranked:
                if ranker.kind == ATTRIBUTION:
                    ranker.of(row, target)


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
        "people": single_people(rows, parts, bootstrap),
        "methods": entries,
    }


def _choice(question: Question, ranker: Ranker, held_out: list[MarkedRow]) -> Choice:
    """What makes chosen words of this ranking; of several draws the first shows it as well as any."""
    rankings = [_scores(question, ranker, row)[0] for row in held_out]
    return best_choice(rankings, [row.marked[question.name].words for row in held_out])


def _scores(question: Question, ranker: Ranker, row: MarkedRow) -> np.ndarray:
    """(K,N) of K draws."""
    scores = np.atleast_2d(ranker.of(row, question.target.format(label=row.label)))
    return scores if question.signed or not ranker.signed else np.abs(scores)


def _measure(question: Question, ranker: Ranker, row: MarkedRow, choice: Choice) -> dict[str, list[float]]:
    """{measure: K numbers, one per draw}."""
    part, found = row.marked[question.name], {name: [] for name in MEASURES}
    for scores in _scores(question, ranker, row):
        for name, value in agreement(row, part, choice(scores), auprc(scores, part.words)).items():
            found[name].append(value)
    return found


def _over_rows(found: list[dict[str, list[float]]]) -> dict[str, np.ndarray]:
    """(K,N) of each measure."""
    return {name: np.array([row[name] for row in found]).T for name in MEASURES}
