"""Answers that a language model writes under a gate, beside either flow alone and random reading.

Each answer is written greedily, token by token, and is compared with the right one: by token F1 and exact match as in
SQuAD (Rajpurkar et al. 2016), or by ROUGE-L (Lin 2004) for answers of a sentence.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.evaluation.statistics import MeanOfRows, text_scores
from dualroute.families.context_lm.family import ContextLM
from dualroute.families.context_lm.gate_rows import GROUPS, GateRow
from dualroute.rows.answers import token_f1
from dualroute.trace.decision import Decision
from dualroute.values import known

FLOWS = ("direct", "merged", "routed", "random")
METRICS = {"f1": ("exact_match", "f1"), "rougeL": ("rougeL",)}  # {what is asked for: what is measured}
MOST_TOKENS = 20


@dataclass(frozen=True)
class _Written:
    """A written answer, how many tokens it has, and how many of them read the passage."""

    text: str
    tokens: int
    reading: int


def evaluate_writing(
    model: ContextLM,
    rows: Sequence[GateRow],
    metric: str = "f1",
    most_tokens: int = MOST_TOKENS,
    seed: int = 0,
    cache: Path | None = None,
    report: Callable[[int, int], None] = lambda done, of: None,
) -> dict[str, Any]:
    """Return the scores of written answers by group of rows and flow, with intervals over the questions.

    rows    a row for each question and group, such as `measuring_rows` returns
    metric  `f1`, with exact match, or `rougeL`
    cache   folder in which the texts are kept, so that a run that was cut short goes on; None keeps none
    report  called with the number of answers that are written, and of all
    Random reading lets each token read with the share of the tokens that read under the gate in the group.
    """
    metrics = METRICS[known(metric, METRICS, "metric")]
    groups = [group for group in GROUPS if any(row.group == group for row in rows)]
    of_group = {group: [row for row in rows if row.group == group] for group in groups}
    questions = len(of_group[groups[0]])
    total, done = questions * (1 + len(groups) * (len(FLOWS) - 1)), 0

    texts = _Texts(model, most_tokens, cache)

    def write(row: GateRow, decision: Decision | None) -> _Written:
        nonlocal done
        written = texts.write(row, decision)
        report(done := done + 1, total)
        return written

    generator = np.random.default_rng(seed)
    direct = [write(row, Decision("direct")) for row in of_group[groups[0]]]
    answers: dict[str, dict[str, list[_Written]]] = {}
    for group, part in of_group.items():
        written = {"direct": direct, "merged": [write(row, Decision("merged")) for row in part]}
        written["routed"] = [write(row, None) for row in part]
        drawn = generator.random((questions, most_tokens)) < _share(written["routed"])
        written["random"] = [write(row, _reading(reads)) for row, reads in zip(part, drawn, strict=True)]
        answers[group] = written
    right = [row.answer for row in of_group[groups[0]]]
    scores = {
        group: {flow: _scores(texts, right, metrics) for flow, texts in written.items()}
        for group, written in answers.items()
    }
    if len(groups) > 1:
        scores["mixture"] = {
            flow: {name: np.mean([scores[group][flow][name] for group in groups], axis=0) for name in metrics}
            for flow in FLOWS
        }
        answers["mixture"] = {flow: [one for group in groups for one in answers[group][flow]] for flow in FLOWS}
    bootstraps = {name: RowBootstrap(questions, seed, statistic=MeanOfRows(name)) for name in metrics}
    return {
        "metrics": list(metrics),
        "rows": questions,
        "most_tokens": most_tokens,
        "groups": {group: _entries(part, answers[group], bootstraps) for group, part in scores.items()},
    }


class _Texts:
    """Texts that a model wrote, kept in a file if there is a folder for it. Gates share those that no gate decides."""

    def __init__(self, model: ContextLM, most_tokens: int, folder: Path | None):
        self._model, self._most = model, most_tokens
        self._file = None if folder is None else folder / "written-answers.jsonl"
        self._kept: dict[str, _Written] = {}
        if self._file is not None and self._file.is_file():
            for line in self._file.read_text(encoding="utf-8").splitlines():
                key, *written = json.loads(line)
                self._kept[key] = _Written(*written)

    def write(self, row: GateRow, decision: Decision | None) -> _Written:
        """Return the answer to a row; no decision: as the gate and its θ say."""
        key = self._key(row, decision)
        if key not in self._kept:
            model = self._model
            done = model.write(row.prompt, row.passage, decision, max_tokens=self._most).run()
            self._kept[key] = written = _Written(done.text, len(done.tokens), sum(one.rho > 0 for one in done.tokens))
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                with self._file.open("a", encoding="utf-8") as opened:
                    opened.write(json.dumps([key, *astuple(written)]) + "\n")
        return self._kept[key]

    def _key(self, row: GateRow, decision: Decision | None) -> str:
        """The digest of what a text depends on."""
        model = self._model
        parts = [model.base, model.layout.template, model.layout.instruction, self._most, row.prompt, row.passage]
        parts += [model.revision, model.gate.threshold] if decision is None else [decision.to_dict()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _reading(reads: np.ndarray) -> Decision:
    """A decision under which the tokens that are marked (T,) read."""
    return Decision("direct").with_overrides(dict.fromkeys(np.flatnonzero(reads).tolist(), "merged"))


def _scores(texts: list[_Written], right: list[str], metrics: tuple[str, ...]) -> dict[str, np.ndarray]:
    """{metric: (N,) scores}; F1 is exactly 1 for an exact match alone."""
    if "f1" not in metrics:
        return {
            "rougeL": np.array([text_scores(one.text, (answer,))["rougeL"] for one, answer in _pairs(texts, right)])
        }
    f1 = np.array([token_f1(one.text, answer) for one, answer in _pairs(texts, right)])
    return {"exact_match": (f1 >= 1).astype(float), "f1": f1}


def _pairs(texts: list[_Written], right: list[str]):
    return zip(texts, right, strict=True)


def _entries(
    scores: dict[str, dict[str, np.ndarray]], answers: dict[str, list[_Written]], bootstraps: dict[str, RowBootstrap]
) -> dict[str, Any]:
    """{flow: share of the tokens that read, and each metric}, and what routing gains `against` the other flows."""
    entries: dict[str, Any] = {}
    for flow, by_metric in scores.items():
        means = {name: bootstrap.estimate(by_metric[name]) for name, bootstrap in bootstraps.items()}
        entries[flow] = {"share": _share(answers[flow]), **means}
    entries["against"] = {
        flow: {name: one.difference(scores["routed"][name], scores[flow][name]) for name, one in bootstraps.items()}
        for flow in scores
        if flow != "routed"
    }
    return entries


def _share(answers: list[_Written]) -> float:
    return sum(one.reading for one in answers) / max(sum(one.tokens for one in answers), 1)
