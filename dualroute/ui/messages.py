"""Errors that are meant for a visitor."""

import logging
from collections.abc import Callable
from functools import wraps

import gradio as gr

_LOG = logging.getLogger(__name__)


def as_message(handler: Callable) -> Callable:
    """A ValueError or OSError is told to the visitor as a message, without a traceback in the log."""

    @wraps(handler)
    def wrapped(*args, **kwargs):
        try:
            return handler(*args, **kwargs)
        except (ValueError, OSError) as error:
            raise gr.Error(_sentence(str(error)), print_exception=False) from error

    return wrapped


def answered(handler: Callable[[dict], dict], request: dict) -> dict:
    """The handler's payload, or why there is none: a component waits for an answer and must get one."""
    known = {name: request.get(name) for name in ("id", "key")} if isinstance(request, dict) else {}
    try:
        return known | handler(request) | {"id": known.get("id")}
    except (ValueError, OSError) as error:
        return known | {"error": str(error)}
    except Exception:
        _LOG.exception("no answer to a request of the page")
        return known | {"error": "something went wrong on the server"}


def _sentence(text: str) -> str:
    """As a sentence, and as text: the page draws messages as HTML, and a message may quote what was sent."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
