"""Rows that are sent, measured under a checkpoint."""

from dualroute.checkpoints import Checkpoint
from dualroute.interpret.trace import Trace
from dualroute.paths import assets_dir
from dualroute.tasks import TASKS, Example
from dualroute.ui import handlers
from dualroute.ui.model_store import evaluate_rows, get_router
from dualroute.ui.own_rows import MOST_ROWS, check_answers, check_labels
from dualroute.ui.programs.checks import known_only

MOST_THRESHOLDS = 50


def evaluated(name: str, rows: list[dict], thresholds: list[float]) -> dict:
    """A checkpoint measured on rows {x, h, label}: direct, merged and each θ, with 95 % intervals and random gates.

    thresholds  the checkpoint's own if empty. Raises ValueError, naming row or limit, for what cannot be measured
    """
    router = get_router(handlers.known(name))
    config, chosen = router.model.config, [_threshold(theta) for theta in thresholds]
    if len(chosen) > MOST_THRESHOLDS:
        raise ValueError(f"at most {MOST_THRESHOLDS} thresholds are taken, not {len(chosen)}")
    if config.readout == "generation" or config.context == "image":
        raise ValueError(f"rows of {name} cannot be sent: its answer is written, or its context is a picture")
    examples = _examples(rows)
    labels = tuple(config.label_names)
    check_answers(examples) if config.readout == "span" else check_labels(examples, labels)
    traces = [_traced(router, number, row) for number, row in enumerate(examples, 1)]
    metric = TASKS[_task(name)].metric
    found = evaluate_rows(traces, examples, metric, chosen or [float(config.threshold)])
    return {"checkpoint": name, "revision": router.revision, "metric": metric, "n": len(examples)} | found


def _threshold(value) -> float:
    if value is None:
        raise ValueError("the threshold must be a number from 0 to 1, not null")
    return handlers.number(value)


def _examples(rows: list[dict]) -> list[Example]:
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        raise ValueError(f"rows must be a list of 1 to {MOST_ROWS} objects with x, h and label")
    return [_example(number, row) for number, row in enumerate(rows, 1)]


def _example(number: int, row: dict) -> Example:
    if not isinstance(row, dict):
        raise ValueError(f"row {number} must be an object with x, h and label")
    known_only(row, ("x", "h", "label"), f"row {number}")
    for name in ("x", "label"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise ValueError(f"row {number} has no {name}")
    if not isinstance(row.get("h", ""), str):
        raise ValueError(f"the h of row {number} must be text")
    return Example(x=row["x"], h=row.get("h", ""), label=row["label"].strip(), id=str(number))


def _traced(router, number: int, row: Example) -> Trace:
    try:
        return router.trace(row.x, row.h)
    except ValueError as error:
        raise ValueError(f"row {number}: {error}") from error


def _task(name: str) -> str:
    return Checkpoint.read(assets_dir() / "checkpoints" / name).config["task"]
