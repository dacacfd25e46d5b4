"""Rows to train and to measure gates on: answers beside passages that fit and others that do not, as features.

Where a passage fits, reading helps; where it does not, reading mostly harms. A gate learns both from rows of which
about half have a passage that does not fit: of these half at random, half near ones, of the same article or else the
most similar by TF-IDF, without the answer in it. The features come from the frozen model, once, and are cached.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from dualroute.families.context_lm.flows import Beginning, begin, read_text
from dualroute.families.context_lm.gates import GATES
from dualroute.families.context_lm.inputs import Inputs, read_answer
from dualroute.families.context_lm.routers import features

if TYPE_CHECKING:
    from dualroute.families.context_lm.family import ContextLM

RIGHT, RANDOM, NEAR = "right", "random", "near"
GROUPS = (RIGHT, RANDOM, NEAR)
SHARES = (0.5, 0.25, 0.25)  # of the rows to train on


@dataclass(frozen=True)
class Question:
    """A prompt, an answer, and the passage that has the answer; `article` says which passages belong together.

    id  its name in its file
    """

    prompt: str
    passage: str
    answer: str
    article: str = ""
    id: str = ""


@dataclass(frozen=True)
class GateRow:
    """A prompt and an answer with one passage, of one of `GROUPS`; `question` numbers the question."""

    prompt: str
    passage: str
    answer: str
    group: str
    question: int


@dataclass(frozen=True, eq=False)
class Measured:
    """What the model says before each of N tokens of all rows.

    features        (N,F) float16, those of a full router
    direct, merged  (N,) log-probability of the token on either flow
    gates           {name: (N,)} of the gates without training
    rows            (N,) the row of each token
    groups          (R,) the group of each row;  questions  (R,) its question
    """

    features: np.ndarray
    direct: np.ndarray
    merged: np.ndarray
    gates: dict[str, np.ndarray]
    rows: np.ndarray
    groups: np.ndarray
    questions: np.ndarray

    @property
    def gains(self) -> np.ndarray:
        """(N,) by how much reading raises the log-probability of each token, in nats."""
        return self.merged - self.direct

    def of(self, *groups: str) -> "Measured":
        """Return the rows of some groups."""
        kept = np.flatnonzero(np.isin(self.groups, groups))
        tokens = np.isin(self.rows, kept)
        numbers = np.searchsorted(kept, self.rows[tokens])
        gates = {name: gate[tokens] for name, gate in self.gates.items()}
        parts = self.features[tokens], self.direct[tokens], self.merged[tokens]
        return Measured(*parts, gates, numbers, self.groups[kept], self.questions[kept])


def training_rows(questions: Sequence[Question], seed: int = 0) -> list[GateRow]:
    """Return one row for each question, its passage of a group that is drawn by `SHARES`."""
    drawn = np.random.default_rng(seed).choice(len(GROUPS), size=len(questions), p=SHARES)
    other = _other_passages(questions, seed)
    return [_row(questions, number, GROUPS[group], other) for number, group in enumerate(drawn.tolist())]


def measuring_rows(questions: Sequence[Question], seed: int = 0) -> list[GateRow]:
    """Return a row for each question and group."""
    other = _other_passages(questions, seed)
    return [_row(questions, number, group, other) for number in range(len(questions)) for group in GROUPS]


def measure_rows(
    model: "ContextLM",
    rows: Sequence[GateRow],
    cache: Path | None = None,
    report: Callable[[int], None] = lambda done: None,
) -> Measured:
    """Send all rows through both flows.

    cache   folder in which the features are kept, by the rows and the weights; None keeps none
    report  called with the number of rows that are done
    """
    file = None if cache is None else cache / f"gate-rows-{_key(model, rows)}.npz"
    if file is not None and file.is_file():
        return _read(file)
    parts: list[Any] = [None] * len(rows)
    order, beginning = sorted(range(len(rows)), key=lambda place: rows[place].passage), None
    for done, place in enumerate(order):
        inputs = model.read(rows[place].prompt, rows[place].passage)
        ids = inputs.merged.ids[: (inputs.merged.passage or (0, 0))[1]]
        if beginning is None or beginning.ids != ids:  # rows with the same passage share what the model makes of it
            beginning = begin(model.model, ids)
        parts[place] = _measure_row(model, rows[place].answer, inputs, beginning)
        report(done + 1)
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    columns["rows"] = np.repeat(np.arange(len(rows)), [len(part["direct"]) for part in parts])
    columns["groups"] = np.array([row.group for row in rows])
    columns["questions"] = np.array([row.question for row in rows])
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(part := file.with_suffix(".part"), "wb") as opened:
            np.savez(opened, allow_pickle=False, **columns)
        part.rename(file)
    return _measured(columns)


@torch.inference_mode()
def _measure_row(model: "ContextLM", answer: str, inputs: Inputs, beginning: Beginning) -> dict[str, np.ndarray]:
    ids = read_answer(model.layout, answer, model.end).ids
    flows = [
        read_text(model.model, inputs.direct, ids, hear=True),
        read_text(model.model, inputs.merged, ids, hear=True, beginning=beginning),
    ]
    of_token = torch.tensor(ids)[None, :, None]
    logs = [flow.logits.log_softmax(-1).gather(-1, of_token)[0, :, 0].numpy() for flow in flows]
    gates = {name: gate()(*flows)[0][0].numpy() for name, gate in GATES.items()}
    return {"features": features(*flows)[0].numpy().astype(np.float16), "direct": logs[0], "merged": logs[1], **gates}


def _other_passages(questions: Sequence[Question], seed: int) -> dict[str, list[str]]:
    """{group: for each question a passage that does not fit it, without the answer where one can be found}."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    passages = list(dict.fromkeys(one.passage for one in questions))
    articles = {one.passage: one.article for one in questions}
    if len(passages) < 2:
        raise ValueError("all rows have the same passage: there is none that does not fit")
    vectors = TfidfVectorizer().fit_transform(passages)
    generator = np.random.default_rng(seed)
    found: dict[str, list[str]] = {RANDOM: [], NEAR: []}
    for question in questions:
        place = passages.index(question.passage)
        similarity = (vectors @ vectors[place].T).toarray()[:, 0]
        same = np.array([bool(question.article) and articles[one] == question.article for one in passages])
        for group, order in ((RANDOM, generator.permutation(len(passages))), (NEAR, np.argsort(-(similarity + same)))):
            others = [passages[one] for one in order.tolist() if one != place]
            without = (one for one in others if question.answer.casefold() not in one.casefold())
            found[group].append(next(without, others[0]))
    return found


def _row(questions: Sequence[Question], number: int, group: str, other: dict[str, list[str]]) -> GateRow:
    one = questions[number]
    passage = one.passage if group == RIGHT else other[group][number]
    return GateRow(one.prompt, passage, one.answer, group, number)


def _key(model: "ContextLM", rows: Sequence[GateRow]) -> str:
    """The digest of what the features depend on."""
    parts = [model.base, model.layout.template, model.layout.instruction, [asdict(row) for row in rows]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _read(file: Path) -> Measured:
    with np.load(file) as stored:
        return _measured({name: stored[name] for name in stored.files})


def _measured(columns: dict[str, np.ndarray]) -> Measured:
    gates = {name: columns.pop(name) for name in GATES}
    return Measured(gates=gates, **columns)
