"""The endpoints for programs, which are also the tools of MCP: plain names, typed arguments, JSON text out."""

import json
import math

import gradio as gr

from dualroute.app.attribute.handlers import attribute_by, read_job
from dualroute.app.components import ATTRIBUTION_QUEUE, MODEL_QUEUE, as_plain_message
from dualroute.app.contracts import read_request
from dualroute.app.memory import give_back
from dualroute.app.models import get_router, trace_from_request
from dualroute.app.requests import CompareRequest, EvaluateRequest, ReplayRequest, ViewRequest
from dualroute.app.thresholds.rows import task_of, trace_rows
from dualroute.compare.views import Comparison, View
from dualroute.tasks import Example
from dualroute.trace.decision import Decision
from dualroute.trace.outcome import Outcome
from dualroute.trace.record import Trace
from dualroute.trace.replay import replay as replay_trace

JsonList = str | list  # parsed, or as JSON text
JsonObject = str | dict


@as_plain_message
def trace(
    task: str, x: str, h: str = "", policy: str = "", threshold: float | None = None, overrides: JsonObject = ""
) -> str:
    """Route one input and return the whole trace as JSON text (read it with `Trace.from_json`).

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        policy: threshold, weighted_threshold, soft, direct or merged; with three flows select, context; empty: its own
        threshold: θ, from 0 to 1; null: the checkpoint's own
        overrides: JSON object of flipped tokens, for instance {"3": "direct"}; may be empty
    """
    request = read_request(ViewRequest, _view(task, x, h, policy, threshold, overrides))
    return trace_from_request(request).to_json()


@as_plain_message
def replay(task: str, x: str, h: str = "", decisions: JsonList = "[{}]") -> str:
    """What many decisions lead to for one input, exactly, from one forward pass; JSON text, one object for each.

    An object holds answer, probability, flows and shares; of a class logits and probabilities, of a span its ends.

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        decisions: JSON list of up to 1,000 objects with policy, threshold, overrides {"3": "direct"}, ignored [0, 4],
            the context tokens that are not read; what one leaves out is the checkpoint's own
    """
    data = {"checkpoint": task, "x": x, "h": h, "decisions": parse_json(decisions, list, "decisions")}
    request = read_request(ReplayRequest, data)
    traced = trace_from_request(request)
    return to_json([_replayed(traced, n, decision.decision) for n, decision in enumerate(request.decisions)])


@as_plain_message
def compare(
    task: str,
    x: str,
    h: str = "",
    policy: str = "",
    threshold: float | None = None,
    overrides: JsonObject = "",
    other: JsonObject = "{}",
) -> str:
    """Compare two views, A and B: both outcomes, every answer's probability, the tokens, and a sentence; JSON text.

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        policy: threshold, weighted_threshold, soft, direct or merged; with three flows select, context; empty: its own
        threshold: θ, from 0 to 1; null: the checkpoint's own
        overrides: JSON object of flipped tokens, for instance {"3": "direct"}; may be empty
        other: JSON object of what differs in B: checkpoint, x, h, image, policy, threshold, overrides, ignored
    """
    data = _view(task, x, h, policy, threshold, overrides) | {"other": parse_json(other, dict, "other")}
    pair = _compared(read_request(CompareRequest, data))
    records = pair.to_frame().to_dict("records")
    return to_json(
        {
            "sentence": pair.sentence,
            "a": _view_record(pair.a),
            "b": _view_record(pair.b),
            "answers": {name: [_or_null(a), _or_null(b)] for name, (a, b) in pair.answers.items()},
            "tokens": [{name: _or_null(value) for name, value in record.items()} for record in records],
        }
    )


@as_plain_message
def attribute(
    task: str,
    x: str,
    h: str = "",
    policy: str = "",
    threshold: float | None = None,
    overrides: JsonObject = "",
    targets: JsonList = '["prediction", "gate"]',
    methods: JsonObject = '{"integrated_gradients": {}}',
    baseline: str = "pad",
    granularity: str = "token",
    seed: int = 0,
) -> str:
    """Attribute answers and gates of one input to the tokens of both texts; JSON text.

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        policy: threshold, weighted_threshold, soft, direct or merged; with three flows select, context; empty: its own
        threshold: θ, from 0 to 1; null: the checkpoint's own
        overrides: JSON object of flipped tokens, for instance {"3": "direct"}; may be empty
        targets: JSON list of one or two of prediction, prediction:LABEL, gate, gate:3 and others the page names
        methods: JSON object of methods and their parameters, for instance {"integrated_gradients": {"max_steps": 50}}
        baseline: what stands for an absent word: pad, mask, zero or mean
        granularity: whether token, word or sentence gets a score of its own
        seed: of methods that draw at random
    """
    data = _view(task, x, h, policy, threshold, overrides)
    data |= {"targets": parse_json(targets, list, "targets"), "methods": parse_json(methods, dict, "methods")}
    job = read_job(data | {"baseline": baseline, "granularity": granularity, "seed": seed})
    found = [one.to_dict() for name in job.request.methods for one in attribute_by(job, name)]
    give_back()
    tokens = {"tokens": list(job.trace.tokens), "context_tokens": list(job.trace.context_tokens)}
    return to_json(tokens | {"attributions": found})


@as_plain_message
def evaluate(task: str, rows: JsonList, thresholds: JsonList = "[]") -> str:
    """Measure a checkpoint on rows: direct, merged and each θ with 95% intervals, beside random gates; JSON text.

    Args:
        task: name of a checkpoint, for instance news
        rows: JSON list of up to 300 objects with x, h and label
        thresholds: JSON list of up to 50 θs from 0 to 1; empty: the checkpoint's own
    """
    data = {"checkpoint": task, "rows": parse_json(rows, list, "rows")}
    data["thresholds"] = parse_json(thresholds, list, "thresholds")
    return to_json(_evaluated(read_request(EvaluateRequest, data)))


def add_api() -> None:
    """Add all endpoints, in the page's queues. MCP calls its tools by the functions' names."""
    gr.api(trace, api_name="trace", **MODEL_QUEUE)
    gr.api(replay, api_name="replay", **MODEL_QUEUE)
    gr.api(compare, api_name="compare", **MODEL_QUEUE)
    gr.api(attribute, api_name="attribute", **ATTRIBUTION_QUEUE)
    gr.api(evaluate, api_name="evaluate", **ATTRIBUTION_QUEUE)


def parse_json(text, kind: type, name: str):
    """Parse the JSON text of an object (`dict`) or a list; empty text is an empty one, a parsed value is returned.

    Raises ValueError for any other text.
    """
    try:
        value = json.loads(text) if isinstance(text, str) and text.strip() else (text or kind())
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{name} is not JSON: {error}") from error
    if not isinstance(value, kind):
        raise ValueError(f"{name} must be a JSON {'object' if kind is dict else 'list'}, not {type(value).__name__}")
    return value


def _view(task, x, h, policy, threshold, overrides) -> dict:
    """The arguments that most endpoints share, as a `ViewRequest` has them."""
    decision = {"policy": policy, "threshold": threshold, "overrides": parse_json(overrides, dict, "overrides")}
    return {"checkpoint": task, "x": x, "h": h} | decision


def _replayed(traced: Trace, number: int, decision: Decision) -> dict:
    try:
        outcome = replay_trace(traced, decision)
    except ValueError as error:
        raise ValueError(f"decision {number}: {error}") from error
    return _outcome_record(outcome, traced)


def _compared(request: CompareRequest) -> Comparison:
    """A is the request, B differs in what `other` sets; A's overrides do not hold for other tokens, so B drops them."""
    other = request.other
    if not other.model_fields_set:
        raise ValueError("say what differs in the other view: checkpoint, x, h, image, policy, threshold or overrides")
    moved = {"overrides": {}} if {"x", "checkpoint"} & other.model_fields_set else {}
    changes = {name: getattr(other, name) for name in other.model_fields_set - {"ignored"}}
    changed = request.model_copy(update=moved | changes)
    return Comparison(
        View(trace_from_request(request)), View(trace_from_request(changed), ignored=tuple(other.ignored or ()))
    )


def _view_record(view: View) -> dict:
    spec, outcome = view.trace.spec, view.outcome
    record = {"x": view.trace.x, "h": view.trace.h, "checkpoint": spec.checkpoint, "revision": spec.revision}
    if isinstance(outcome, Outcome):
        return record | _outcome_record(outcome, view.trace)
    record |= {"policy": outcome.policy, "threshold": outcome.threshold}
    return record | {"answer": view.answer, "flows": list(outcome.flows_taken)}


def _outcome_record(outcome: Outcome, traced: Trace) -> dict:
    """A decision and its outcome: answer, probability, flows; for classes all logits, for a span its two ends."""
    record = {
        "policy": outcome.policy,
        "threshold": outcome.threshold,
        "overrides": {str(token): flow for token, flow in outcome.overrides.items()},
        "ignored": list(outcome.ignored),
        "answer": outcome.label,
        "probability": _or_null(outcome.probability),
        "tie": outcome.tie,
        "flows": list(outcome.flows_taken),
        "shares": outcome.shares,
    }
    if outcome.span is not None:
        return record | {"span": list(outcome.span)}
    numbers = {"logits": outcome.logits, "probabilities": outcome.probs}
    return record | {key: dict(zip(traced.labels, map(float, values), strict=True)) for key, values in numbers.items()}


def _evaluated(request: EvaluateRequest) -> dict:
    """Direct, merged and each θ, with 95% intervals and random gates; no thresholds: the checkpoint's own."""
    sent = enumerate(request.rows, 1)
    rows = [Example(x=row.x, h=row.h, label=row.label.strip(), id=str(number)) for number, row in sent]
    traces = list(trace_rows(request.checkpoint, rows))
    from dualroute.evaluation.routing import RoutingEvaluation
    from dualroute.rows.corpus import corpus_from_traces

    router, metric = get_router(request.checkpoint), task_of(request.checkpoint).metric
    corpus = corpus_from_traces(traces, [row.label for row in rows])
    summary = RoutingEvaluation(corpus, metric=metric).summary(request.thresholds or [traces[0].spec.threshold])
    head = {"checkpoint": request.checkpoint, "revision": router.revision, "metric": metric, "n": len(rows)}
    return head | summary


def _or_null(value):
    """None for nan, which JSON does not have; any other value as it is."""
    return None if isinstance(value, float) and math.isnan(value) else value


def to_json(value) -> str:
    """JSON text; arrays as lists, nan and infinities as null."""
    import orjson

    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS).decode()
