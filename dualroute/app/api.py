"""Arguments that are JSON text: read, or refused in words.

`/trace`: one input, token by token.

`/replay` and `/compare`: what would have happened otherwise, exactly and from one forward pass.

`/attribute` and `/evaluate`: why an input went its way, and how well many do.

The endpoints for programs: plain names, typed arguments, JSON text out; the same ones are the tools of MCP.
"""

import json

import gradio as gr

from dualroute.app import programs as replayed
from dualroute.app import programs as views
from dualroute.app.components import as_message
from dualroute.app.inspect import handlers
from dualroute.app.inspect.tab import ATTRIBUTE, MODEL
from dualroute.app.programs import attributions, evaluated


def parsed(text, kind: type, name: str):
    """An object (`dict`) or a list of JSON text; empty text is an empty one. Parsed already, it is taken as it is.

    Raises ValueError for anything else.
    """
    try:
        value = json.loads(text) if isinstance(text, str) and text.strip() else (text or kind())
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{name} is not JSON: {error}") from error
    if not isinstance(value, kind):
        raise ValueError(f"{name} must be a JSON {'object' if kind is dict else 'list'}, not {type(value).__name__}")
    return value


def view_of(task, x, h, policy, threshold, overrides) -> dict:
    """The arguments all endpoints share, as the handlers take them; an empty policy is the checkpoint's own."""
    flips = parsed(overrides, dict, "overrides")
    decision = {"policy": policy, "threshold": threshold, "overrides": flips}
    return {"checkpoint": task, "x": x, "h": h} | decision


def as_json(value) -> str:
    """JSON text; arrays as lists, what is not a number as null."""
    import orjson

    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS).decode()


@as_message
def trace(task: str, x: str, h: str = "", policy: str = "", threshold: float | None = None, overrides: str = "") -> str:
    """Route one input and return the whole trace as JSON text (read it with `Trace.from_json`).

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        policy: threshold, weighted_threshold, soft, direct or merged; with three flows select, context; empty: its own
        threshold: θ, from 0 to 1; null: the checkpoint's own
        overrides: JSON object of flipped tokens, for instance {"3": "direct"}; may be empty
    """
    return handlers.trace_record(task, x, h, policy, threshold, parsed(overrides, dict, "overrides"))


@as_message
def replay(task: str, x: str, h: str = "", decisions: str = "[{}]") -> str:
    """What many decisions lead to for one input, exactly, from one forward pass; JSON text, one object for each.

    An object holds answer, probability, flows and shares; of a class logits and probabilities, of a span its ends.

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        decisions: JSON list of up to 1,000 objects with policy, threshold, overrides {"3": "direct"}, ignored [0, 4],
            the context tokens that are not read; what one leaves out is the checkpoint's own
    """
    request = view_of(task, x, h, "", None, "")
    return as_json(replayed.replays(request, parsed(decisions, list, "decisions")))


@as_message
def compare(
    task: str,
    x: str,
    h: str = "",
    policy: str = "",
    threshold: float | None = None,
    overrides: str = "",
    other: str = "{}",
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
    return as_json(views.compared(view_of(task, x, h, policy, threshold, overrides), parsed(other, dict, "other")))


@as_message
def attribute(
    task: str,
    x: str,
    h: str = "",
    policy: str = "",
    threshold: float | None = None,
    overrides: str = "",
    targets: str = '["prediction", "gate"]',
    methods: str = '{"integrated_gradients": {}}',
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
    asked = {"targets": parsed(targets, list, "targets"), "methods": parsed(methods, dict, "methods")}
    asked |= {"baseline": baseline, "granularity": granularity, "seed": seed}
    return as_json(attributions(view_of(task, x, h, policy, threshold, overrides) | asked))


@as_message
def evaluate(task: str, rows: str, thresholds: str = "[]") -> str:
    """Measure a checkpoint on rows: direct, merged and each θ with 95 % intervals, beside random gates; JSON text.

    Args:
        task: name of a checkpoint, for instance news
        rows: JSON list of up to 300 objects with x, h and label
        thresholds: JSON list of up to 50 θs from 0 to 1; empty: the checkpoint's own
    """
    return as_json(evaluated(task, parsed(rows, list, "rows"), parsed(thresholds, list, "thresholds")))


def add_api() -> None:
    """All endpoints, in the queue like everything else. MCP calls its tools by the functions' names."""
    gr.api(trace, api_name="trace", **MODEL)
    gr.api(replay, api_name="replay", **MODEL)
    gr.api(compare, api_name="compare", **MODEL)
    gr.api(attribute, api_name="attribute", **ATTRIBUTE)
    gr.api(evaluate, api_name="evaluate", **ATTRIBUTE)
