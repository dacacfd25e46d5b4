"""A run that lets a language model write answers under a trained gate, and scores them."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dualroute.evaluation.written_answers import evaluate_writing
from dualroute.families.context_lm.family import ContextLM
from dualroute.families.context_lm.gate_rows import GROUPS, measuring_rows
from dualroute.training.passage_gate import Report, frame_of, read_questions


def measure_writing(
    checkpoint: Path,
    data: Path,
    most: int = 60,
    written: int = 60,
    metric: str = "f1",
    groups: Sequence[str] = GROUPS,
    cache: Path | None = None,
    report: Report = lambda words, done, of: None,
) -> dict[str, Any]:
    """Return the scores of answers that the model writes under a trained gate, see `evaluate_writing`.

    most     limit of the questions, as for `measure_gate`;  written  how many of them, drawn at random
    groups   of passages to write beside
    """
    model = ContextLM.load(checkpoint, checkpoint.name)
    questions = read_questions(data, most, frame=frame_of(checkpoint))
    chosen = np.random.default_rng(0).permutation(len(questions))[:written]
    rows = [row for row in measuring_rows(questions) if row.question in chosen and row.group in groups]
    return evaluate_writing(model, rows, metric, cache=cache, report=partial(report, "written answers"))


def lines_of_writing(results: dict[str, Any]) -> Sequence[str]:
    """Return the scores as lines for a terminal: one for each group of rows and metric."""
    return [
        f"{name}, written: {metric} "
        + ", ".join(f"{flow} {entry[metric][metric]:.3f}" for flow, entry in group.items() if flow != "against")
        for name, group in results["groups"].items()
        for metric in results["metrics"]
    ]
