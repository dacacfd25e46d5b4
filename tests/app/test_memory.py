"""What the page keeps is bounded in bytes, and what it frees goes back to the system."""

import gc
import subprocess
import sys
import weakref
from dataclasses import dataclass

import numpy as np
import pytest

from dualroute.app import memory
from dualroute.app.models import SingleFlightCache, attribution_key, size_of
from dualroute.trace.targets import parse_target

linux = pytest.mark.skipif(sys.platform != "linux", reason="the settings are those of glibc")


@dataclass
class Pair:
    numbers: np.ndarray
    text: str


def test_the_size_counts_arrays_and_texts_at_every_depth():
    assert size_of((Pair(np.zeros(10), "abc"), [np.zeros(2, np.float32), b"12"], 7, None)) == 80 + 3 + 8 + 2


def test_results_are_kept_by_their_bytes():
    once = SingleFlightCache(limit=100, most_bytes=1000)
    for key in range(50):
        once.get(key, lambda: np.zeros(50))  # 400 bytes each
        assert once.bytes <= 1000
    assert (48 in once, 49 in once, len(once), once.bytes) == (True, True, 2, 800)


def test_a_result_above_the_limit_is_returned_and_not_kept():
    once = SingleFlightCache(most_bytes=100)
    assert len(once.get("large", lambda: np.zeros(50))) == 50
    assert (len(once), once.bytes) == (0, 0)


def test_a_failure_keeps_nothing_of_the_work_alive():
    class Tensor:
        pass

    held, once = [], SingleFlightCache()

    def work():
        large = Tensor()
        held.append(weakref.ref(large))
        raise ValueError("no such class")

    gc.disable()  # a cycle would be freed by a collection at some time, and until then hold what work held
    try:
        with pytest.raises(ValueError, match="no such class") as caught:
            once.get("key", work)
        del caught
        assert held[0]() is None
    finally:
        gc.enable()


def test_a_key_is_as_small_for_a_long_text(tiny_router):
    def of(x: str) -> tuple:
        trace = tiny_router.trace(x, "market shares")
        return attribution_key(trace, [parse_target(trace, "prediction")], "saliency")

    short, long = of("the striker scored"), of("the striker scored " * 2000)
    assert short != long
    assert len(repr(long)) < 2 * len(repr(short))


@linux
def test_freed_blocks_go_back_to_the_system():
    """In a process of its own: blocks below the size from which they are mapped, freed all but a few."""
    code = """
import psutil
from dualroute.app.memory import give_back, limit_heaps

assert limit_heaps()
process = psutil.Process()
before = process.memory_info().rss
kept = [bytearray(100_000) for _ in range(2000)]
full = process.memory_info().rss
kept = kept[::100]  # what remains stands between what was freed
assert give_back()
assert not give_back()  # not twice in a second
after = process.memory_info().rss
assert full - before > 150e6
assert after - before < 0.3 * (full - before), (before, full, after)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_system_without_these_settings_is_left_alone(monkeypatch):
    monkeypatch.setattr(memory, "_libc", lambda name: None)
    monkeypatch.setattr(memory, "_last", -memory.SECONDS)
    assert not memory.limit_heaps()
    assert memory.give_back()
