"""What several requests of programs need checked, and how numbers reach JSON.

Decisions replayed from one trace.

Two views compared.

Rows that are sent, measured under a checkpoint.

Attributions of one input by several methods.
"""

import math

from dualroute.app.attribute.handlers import attributed
from dualroute.app.attribute.request import checked
from dualroute.app.inspect import handlers
from dualroute.app.models import evaluate_rows, get_router
from dualroute.app.thresholds.rows import MOST_ROWS, check_answers, check_labels
from dualroute.checkpoints import Checkpoint
from dualroute.compare.views import Comparison, View
from dualroute.paths import assets_dir
from dualroute.tasks import TASKS, Example
from dualroute.trace.outcome import Outcome
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay


def known_only(given: dict, names: tuple[str, ...], what: str) -> None:
    """Raises ValueError for a name that is none of `names`: a mistyped one must not go unnoticed."""
    unknown = [name for name in given if name not in names]
    if unknown:
        raise ValueError(f"{what} has no {str(unknown[0])!r:.40}; it has {', '.join(names)}")


def plain(value):
    """JSON knows no nan: null instead; what is no number stays."""
    return None if isinstance(value, float) and math.isnan(value) else value


MOST_DECISIONS = 1_000
DECISION = ("policy", "threshold", "overrides", "ignored")


def replays(request: dict, decisions: list[dict]) -> list[dict]:
    """One record of `outcome_record` for each decision, of one trace; `request` as for `handlers.attribute`.

    decisions  up to 1,000 of {policy, threshold, overrides, ignored}; what one leaves out is the request's
    Raises ValueError, naming the decision, for one that is none.
    """
    if not isinstance(decisions, list) or not 1 <= len(decisions) <= MOST_DECISIONS:
        raise ValueError(f"decisions must be a list of 1 to {MOST_DECISIONS:,} objects")
    trace = handlers.asked_for(request)
    return [_replayed(trace, number, decision) for number, decision in enumerate(decisions)]


def outcome_record(outcome: Outcome, trace: Trace) -> dict:
    """A decision and what it leads to: answer, probability, flows; of a class all logits, of a span its two ends."""
    found = {
        "policy": outcome.policy,
        "threshold": outcome.threshold,
        "overrides": {str(token): flow for token, flow in outcome.overrides.items()},
        "ignored": list(outcome.ignored),
        "answer": outcome.label,
        "probability": plain(outcome.probability),
        "tie": outcome.tie,
        "flows": list(outcome.flows_taken),
        "shares": outcome.shares,
    }
    if outcome.span is not None:
        return found | {"span": list(outcome.span)}
    names = trace.labels
    numbers = {"logits": outcome.logits, "probabilities": outcome.probs}
    return found | {key: dict(zip(names, map(float, values), strict=True)) for key, values in numbers.items()}


def _replayed(trace: Trace, number: int, decision: dict) -> dict:
    try:
        return outcome_record(replay(trace, *_decision(decision)), trace)
    except ValueError as error:
        raise ValueError(f"decision {number}: {error}") from error


def _decision(given: dict) -> tuple:
    """policy, threshold, overrides, ignored; None where nothing is said."""
    if not isinstance(given, dict):
        raise ValueError(f"must be an object, not {type(given).__name__}")
    known_only(given, DECISION, "a decision")
    overrides = given.get("overrides")
    ignored = given.get("ignored") or ()
    if not isinstance(ignored, list | tuple):
        raise ValueError("ignored must be a list of the context tokens that are not read")
    flips = None if overrides is None else handlers.overrides_of(overrides)
    return given.get("policy"), handlers.number(given.get("threshold")), flips, tuple(ignored)


def compared(request: dict, other: dict) -> dict:
    """A and B: both outcomes, the probability of every answer in each, the tokens and the sentence that tells it all.

    other  what differs in B: checkpoint, x, h, image, policy, threshold, overrides, ignored
    """
    if not isinstance(other, dict) or not other:
        raise ValueError("say what differs in the other view: checkpoint, x, h, image, policy, threshold or overrides")
    known_only(other, ("checkpoint", "x", "h", "image", *DECISION), "the other view")
    pair = Comparison(_view(request), _view(_changed(request, other)))
    answers = {name: [plain(a), plain(b)] for name, (a, b) in pair.answers.items()}
    records = pair.to_frame().to_dict("records")
    return {
        "sentence": pair.sentence,
        "a": _seen(pair.a),
        "b": _seen(pair.b),
        "answers": answers,
        "tokens": [{name: plain(value) for name, value in record.items()} for record in records],
    }


def _view(request: dict) -> View:
    ignored = request.get("ignored") or ()
    if not isinstance(ignored, list | tuple):
        raise ValueError("ignored must be a list of the context tokens that are not read")
    return View(handlers.asked_for(request), ignored=tuple(ignored))


def _changed(request: dict, other: dict) -> dict:
    """B's request. Another text has other tokens: flips of A's are not taken over."""
    moved = {"x", "checkpoint"} & set(other)
    return request | ({"overrides": {}, "ignored": ()} if moved else {}) | other


def _seen(view: View) -> dict:
    spec, made = view.trace.spec, {"x": view.trace.x, "h": view.trace.h}
    made |= {"checkpoint": spec.checkpoint, "revision": spec.revision}
    if view.trace.generation:
        taken = {"policy": view.outcome.policy, "threshold": view.outcome.threshold}
        return made | taken | {"answer": view.answer, "flows": list(view.outcome.flows_taken)}
    return made | outcome_record(view.outcome, view.trace)


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


def attributions(request: dict) -> dict:
    """{tokens, context_tokens, attributions}: one record for each target and method, as `Attribution.to_json` has it.

    request  as for the workbench, see `attribution_request.checked`. Raises ValueError as it does, and for a method's
    own parameters.
    """
    asked = checked(request)
    found = [attribution for name in asked.methods for attribution in attributed(asked, name)]
    return {
        "tokens": list(asked.trace.tokens),
        "context_tokens": list(asked.trace.context_tokens),
        "attributions": [attribution.to_dict() for attribution in found],
    }
