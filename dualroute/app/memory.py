"""Memory goes back to the system after long work, so that a page that has run for a day is no larger than on its first.

A process keeps what it has freed, in blocks that later work of other shapes does not fit. glibc has one heap for
each of many threads and raises the size from which blocks are mapped, and given back, by themselves. Kernels that
oneDNN has made for the shapes of earlier texts are kept too; their number is limited here, before torch is loaded.
"""

import ctypes
import gc
import os
import threading
import time

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # of glibc's malloc.h
MAPPED = 4 << 20  # bytes from which a block is mapped by itself: states of a batch of long texts, not of single rows
ARENAS = 2
KERNELS = "512"  # each some 10 to 100 kB
SECONDS = 1.0  # between two times that memory is given back

_LOCK = threading.Lock()
_last = 0.0
_later: threading.Timer | None = None  # what gives back after a run that ended soon after another


def limit_heaps() -> bool:
    """Set how memory is kept, before threads start; return whether this system has such settings."""
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", KERNELS)
    mallopt = _libc("mallopt")
    return mallopt is not None and bool(mallopt(M_MMAP_THRESHOLD, MAPPED) and mallopt(M_ARENA_MAX, ARENAS))


def freeze() -> None:
    """Leave what is in memory by now, modules and models, out of all later collections of garbage.

    A search through their hundreds of thousands of objects stops every thread for a third of a second.
    """
    gc.collect()
    gc.freeze()


def give_back() -> bool:
    """Return freed memory to the system, now or, within `SECONDS` of the last time, after them; return whether now."""
    global _last, _later
    with _LOCK:
        wait = _last + SECONDS - time.monotonic()
        if wait > 0:
            if _later is None:
                _later = threading.Timer(wait, give_back)
                _later.daemon = True
                _later.start()
            return False
        _last, _later = time.monotonic(), None
    gc.collect()
    trim = _libc("malloc_trim")
    if trim is not None:
        trim(0)
    return True


def _libc(name: str):
    """A function of the C library; None where it has no such one."""
    try:
        return getattr(ctypes.CDLL(None), name, None)
    except (OSError, TypeError):
        return None
