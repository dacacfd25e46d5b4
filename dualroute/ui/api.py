"""The endpoints for programs: plain names, typed arguments, JSON text out."""

import json

import gradio as gr

from dualroute.ui import handlers
from dualroute.ui.messages import as_message
from dualroute.ui.tabs.inspect import ATTRIBUTE, MODEL


@as_message
def trace(task: str, x: str, h: str, policy: str, threshold: float, overrides: str) -> str:
    """Route one input and return the whole trace as JSON text (read it with `Trace.from_json`).

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        policy: threshold, weighted_threshold, soft, direct or merged; select or context with three flows
        threshold: θ, from 0 to 1
        overrides: JSON object of flipped tokens, for instance {"3": "direct"}; may be empty
    """
    return handlers.trace_record(task, x, h, policy, threshold, _object(overrides))


@as_message
def attribute(task: str, x: str, h: str, policy: str, threshold: float, overrides: str) -> str:
    """Attribute the prediction and the gates of one input to the tokens of both texts; JSON text.

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        policy: threshold, weighted_threshold, soft, direct or merged; select or context with three flows
        threshold: θ, from 0 to 1
        overrides: JSON object of flipped tokens; may be empty
    """
    request = {
        "checkpoint": task,
        "x": x,
        "h": h,
        "policy": policy,
        "threshold": threshold,
        "overrides": _object(overrides),
    }
    return json.dumps(handlers.attribute(request))


def add_api() -> None:
    """Both endpoints, in the queue like everything else."""
    gr.api(trace, api_name="trace", **MODEL)
    gr.api(attribute, api_name="attribute", **ATTRIBUTE)


def _object(text: str | dict) -> dict:
    try:
        value = json.loads(text or "{}") if isinstance(text or "", str) else text
    except json.JSONDecodeError as error:
        raise ValueError(f"overrides is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError("overrides must be a JSON object of token number and flow")
    return value
