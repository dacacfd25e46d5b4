"""The page's only way to models: loaded once, shared by all visitors, never changed."""

import threading
from functools import lru_cache

_LOCK = threading.Lock()


def get_router(name: str):
    """The `DualRouter` called `name`; a second visitor waits for the first one's loading instead of loading again."""
    with _LOCK:
        return _load(name)


def preload(names: list[str]) -> threading.Thread:
    """Load in the background and run each once, so that the first visitor does not pay for it."""
    thread = threading.Thread(target=_warm, args=(names,), daemon=True, name="preload")
    thread.start()
    return thread


@lru_cache(maxsize=8)
def _load(name: str):
    from dualroute.api import load

    return load(name)


def _warm(names: list[str]) -> None:
    for name in names:
        router = get_router(name)
        router.attribute_many(router.trace("warm up", "the first run is the slowest"))
