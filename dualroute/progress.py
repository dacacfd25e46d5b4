"""Long work, watched from outside: passes through the model are counted as they are made, and can be the last.

Whoever watches hands in a function; the engine calls `passed` before every pass. What the function raises ends the
work there, so a visitor's cancel takes effect within one pass and not at the end of a method.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_WATCHER: ContextVar[Callable[[float], None] | None] = ContextVar("watcher", default=None)


class Stopped(BaseException):  # as KeyboardInterrupt: nothing on the way may take it for a failure
    """Nobody waits for the result any more."""


@contextmanager
def watching(watcher: Callable[[float], None]) -> Iterator[None]:
    """Within this block, in this thread, `watcher` is told the rows of every pass; it may raise `Stopped`."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def passed(rows: float) -> None:
    """So many rows are about to go through the model."""
    watcher = _WATCHER.get()
    if watcher is not None:
        watcher(rows)
