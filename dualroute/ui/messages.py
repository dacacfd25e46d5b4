"""Errors that are meant for a visitor."""

from collections.abc import Callable
from functools import wraps

import gradio as gr


def as_message(handler: Callable) -> Callable:
    """A ValueError or OSError is told to the visitor as a message, without a traceback in the log."""

    @wraps(handler)
    def wrapped(*args, **kwargs):
        try:
            return handler(*args, **kwargs)
        except (ValueError, OSError) as error:
            raise gr.Error(_sentence(str(error)), print_exception=False) from error

    return wrapped


def _sentence(text: str) -> str:
    """As a sentence, and as text: the page draws messages as HTML, and a message may quote what was sent."""
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
