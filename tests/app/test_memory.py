"""What the page keeps is bounded in bytes, and what it frees goes back to the system."""

import gc
import subprocess
import sys
import weakref
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from dualroute.app import memory, models
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


def test_of_two_ends_in_a_row_the_second_is_given_back_a_little_later(monkeypatch):
    times, timers, clock = [], [], [100.0]

    class Timer:
        def __init__(self, wait, function):
            timers.append((wait, function))

        def start(self):
            pass

    monkeypatch.setattr(memory, "_libc", lambda name: lambda pad: times.append(name))
    monkeypatch.setattr(memory, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(memory, "threading", SimpleNamespace(Timer=Timer))
    monkeypatch.setattr(memory, "_last", 0.0)
    monkeypatch.setattr(memory, "_later", None)
    assert memory.give_back()
    clock[0] += 0.25 * memory.SECONDS
    assert not memory.give_back()
    assert not memory.give_back()  # one is waiting already
    ((wait, later),) = timers
    assert wait == pytest.approx(0.75 * memory.SECONDS)
    clock[0] += wait + 1e-9
    assert later()
    assert times == ["malloc_trim"] * 2
    assert memory._later is None


def test_what_is_loaded_is_left_out_of_later_collections(monkeypatch):
    class Loaded:
        pass

    loaded = Loaded()
    monkeypatch.setattr(models, "get_router", lambda name: pytest.fail("nothing was named"))
    try:
        assert gc.is_tracked(loaded)
        models.preload([]).join()
        assert gc.get_freeze_count() > 0
        assert not any(one is loaded for one in gc.get_objects())
        later = Loaded()
        later.itself, gone = later, weakref.ref(later)
        del later
        gc.collect()
        assert gone() is None  # garbage that came afterwards is still found
    finally:
        gc.unfreeze()


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
after = process.memory_info().rss
assert full - before > 150e6
assert after - before < 0.3 * (full - before), (before, full, after)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_system_without_these_settings_is_left_alone(monkeypatch):
    monkeypatch.setattr(memory, "_libc", lambda name: None)
    monkeypatch.setattr(memory, "_last", -1e9)
    monkeypatch.setattr(memory, "_later", None)
    assert not memory.limit_heaps()
    assert memory.give_back()
