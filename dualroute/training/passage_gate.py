"""Runs that train and measure a gate of a language model on a data set of questions."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dualroute.evaluation.gate_study import gate_study
from dualroute.evaluation.passage_gates import evaluate_gate
from dualroute.families.context_lm.embedded import EMBEDDED, HUB_ID
from dualroute.families.context_lm.family import ContextLM
from dualroute.families.context_lm.gate_fit import FitSettings, choose_threshold, fit, predict
from dualroute.families.context_lm.gate_rows import (
    RIGHT,
    Measured,
    Question,
    measure_rows,
    measuring_rows,
    training_rows,
)
from dualroute.families.context_lm.loading import CONFIG, find_model, model_sha256, read_parts, write_gate
from dualroute.families.context_lm.routers import RouterConfig, TrainedGate
from dualroute.numerals import percent
from dualroute.rows.gate_study import KIND, write_gate_study
from dualroute.tables import cell_text, read_table
from dualroute.tasks.base import find_split
from dualroute.trace.policies import TWO_FLOWS

COLUMNS = ("x", "h", "label")
PLACE = re.compile(r"\{([xh])\}")  # of a column in a frame
MOST_HELD_OUT = 300  # rows
Report = Callable[[str, int, int], None]  # what is measured, rows that are done, all rows


@dataclass(frozen=True)
class Frame:
    """The texts of a row around its columns: `{h}` and `{x}` stand for them, and the label is the answer."""

    prompt: str = "{h}"
    passage: str = "{x}"


def read_questions(file: Path, most: int = 0, seed: int = 0, frame: Frame | None = None) -> list[Question]:
    """Return the questions of a data file.

    most   limit of the rows, drawn at random; 0: all
    frame  prompt and passage of all rows; by default h is the prompt and x the passage
    Raises FileNotFoundError, or ValueError for a table that cannot be read.
    """
    table = read_table(file, COLUMNS)
    table.log_notes()
    questions = [_question(record, frame or Frame()) for record in table.records]
    questions = [one for one in questions if all((one.prompt.strip(), one.passage.strip(), one.answer.strip()))]
    if most and len(questions) > most:
        chosen = np.random.default_rng(seed).permutation(len(questions))[:most]
        questions = [questions[place] for place in sorted(chosen.tolist())]
    if not questions:
        raise ValueError(f"{file.name} has no row with a passage, a question and an answer")
    return questions


def train_gate(
    model_name: str,
    data: Path,
    out: Path,
    kind: str = "mlp",
    full: bool = True,
    price: float = 0.0,
    share: float = 0.5,
    most: int = 240,
    settings: FitSettings | None = None,
    cache: Path | None = None,
    report: Report = lambda words, done, of: None,
    instruction: str = "",
    frame: Frame | None = None,
) -> dict[str, Any]:
    """Train a gate on the `train` file of a folder, choose θ on its `validation` file, and store both in `out`.

    most   limit of the rows to train on; a quarter of it, and 300, limit those on which θ is chosen
    share  of the tokens that read on right passages of the validation rows, at the θ that is chosen
    instruction  the instruction that stands after every prompt
    frame        prompt and passage of all rows; by default h and x
    Returns what `training` in the checkpoint's config says.
    """
    settings, frame = settings or FitSettings(), frame or Frame()
    parts = read_parts(find_model(model_name), model_name)
    parts["instruction"] = instruction
    model = ContextLM(**parts)
    train = training_rows(read_questions(find_split(data, "train"), most, settings.seed, frame), settings.seed)
    held_out = read_questions(find_split(data, "validation"), min(max(2, most // 4), MOST_HELD_OUT), frame=frame)
    held_out = training_rows(held_out, settings.seed)
    measured = measure_rows(model, train, cache, lambda done: report("training rows", done, len(train)))
    validation = measure_rows(model, held_out, cache, lambda done: report("validation rows", done, len(held_out)))
    config = RouterConfig(kind, full, _state_size(measured), price=price)
    gate = choose_threshold(fit(measured, config, settings), validation.of(RIGHT), share)
    training = {
        "data": data.name,
        "rows": len(train),
        "tokens": len(measured.direct),
        "validation_rows": len(held_out),
        "share": share,
        "frame": vars(frame),
        "settings": vars(settings),
    }
    base = {"name": model_name, "weights_sha256": model_sha256(model_name, find_model(model_name))}
    also = [HUB_ID] if model_name == EMBEDDED else []
    told = {"template": model.layout.template, "instruction": instruction}
    write_gate(out, gate, base | told | {"also": also}, training)
    return training


def measure_gate(
    checkpoint: Path,
    data: Path,
    most: int = 60,
    cache: Path | None = None,
    report: Report = lambda words, done, of: None,
    rows_out: Path | None = None,
) -> dict[str, Any]:
    """Return the results of a trained gate on a data file, see `evaluate_gate`; every question has three passages.

    rows_out  file to write the rows to, for other thresholds; they hold no texts
    """
    model = ContextLM.load(checkpoint, checkpoint.name)
    if not isinstance(model.gate, TrainedGate):
        raise ValueError(f"{checkpoint.name} holds no trained gate")
    questions = read_questions(data, most, frame=frame_of(checkpoint))
    rows = measuring_rows(questions)
    measured = measure_rows(model, rows, cache, lambda done: report("rows", done, len(rows)))
    gates = predict(model.gate, measured)
    results = evaluate_gate(measured, gates, model.gate.threshold)
    named = {"kind": KIND, "checkpoint": checkpoint.name, "revision": model.revision, "router": model.gate.name}
    named |= {"full": model.gate.full, "data": data.name, "flows": list(TWO_FLOWS)}
    if rows_out:
        ids = [questions[row.question].id or f"question {row.question + 1}" for row in rows]
        head = named | {"folder": data.resolve().parent.name, "default_threshold": model.gate.threshold}
        write_gate_study(rows_out, gate_study(measured, gates, ids, head))
    return named | results


def frame_of(checkpoint: Path) -> Frame:
    """Return prompt and passage of the rows that a gate was trained on."""
    training = json.loads((checkpoint / CONFIG).read_text(encoding="utf-8"))["training"]
    return Frame(**training["frame"])


def lines_of(results: dict[str, Any]) -> Sequence[str]:
    """Return results as lines for a terminal: one for each group of rows."""
    lines = []
    for name, group in results["groups"].items():
        chosen = group["chosen"]
        lines.append(
            f"{name}: nll {chosen['nll']:.3f} with {percent(chosen['share'], 0)} of the tokens reading "
            f"(direct {group['direct']['nll']:.3f}, merged {group['merged']['nll']:.3f}; at this share random "
            f"{chosen['random']['nll']:.3f}, entropy {chosen['entropy']:.3f}, divergence {chosen['divergence']:.3f}, "
            f"oracle {chosen['oracle']:.3f})"
        )
    return lines


def _question(record: dict[str, Any], frame: Frame) -> Question:
    cells = {column: cell_text(record[column], column) for column in COLUMNS}
    prompt, passage = (PLACE.sub(lambda found: cells[found[1]], part) for part in (frame.prompt, frame.passage))
    article = cell_text(record.get("passage_id"), "passage_id").rpartition("-")[0]
    return Question(prompt, passage, cells["label"], article, cell_text(record.get("id"), "id"))


def _state_size(measured: Measured) -> int:
    """D, from the number of features of a full router."""
    return (measured.features.shape[1] - RouterConfig("linear", True, 1).features + 2) // 2
