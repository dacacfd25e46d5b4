"""Progress of long work: the engine reports every pass through the model, and a listener may cancel the work.

A listener is a function that gets the rows of each pass before it runs. What it raises ends the work there, so a
visitor's cancel takes effect within one pass and not at the end of a method.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LISTENER: ContextVar[Callable[[float], None] | None] = ContextVar("listener", default=None)


class Cancelled(BaseException):  # a BaseException, as KeyboardInterrupt is: `except Exception` must not catch it
    """Raised by a listener when nobody waits for the result any more."""


@contextmanager
def progress_reported_to(listener: Callable[[float], None]) -> Iterator[None]:
    """Within this block, in this thread, call `listener` with the rows of every pass; it may raise `Cancelled`."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def report_forward(rows: float) -> None:
    """Report that `rows` rows are about to go through the model."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(rows)
