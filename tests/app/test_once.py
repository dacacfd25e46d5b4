"""Work that several ask for is done once, and the key is what it depends on."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from dualroute.app.models import SingleFlightCache, attribution_key
from dualroute.trace.targets import parse_target

X, H = "the striker scored twice say report", "a report of the market say shares fell sharply"
TARGETS = ("prediction", "gate")


class Work:
    """Counts its calls, and each waits until it is let go."""

    def __init__(self, result="done", wait: bool = False):
        self.result, self.calls, self.begun, self.go = result, 0, threading.Event(), threading.Event()
        if not wait:
            self.go.set()

    def __call__(self):
        self.calls += 1
        self.begun.set()
        assert self.go.wait(10)
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def ask_together(once: SingleFlightCache, work: Work, people: int):
    """Futures of `people` who ask while the first one's work goes on."""
    pool = ThreadPoolExecutor(people)
    asked = [pool.submit(once.get, "key", work)]
    assert work.begun.wait(10)
    asked += [pool.submit(once.get, "key", work) for _ in range(people - 1)]
    work.go.set()
    pool.shutdown()
    return asked


def test_who_asks_at_the_same_time_waits_for_the_same_work():
    once, work = SingleFlightCache(), Work(wait=True)
    assert [asked.result() for asked in ask_together(once, work, 6)] == ["done"] * 6
    assert work.calls == 1
    assert "key" in once


def test_who_asks_later_gets_what_was_kept():
    once, work = SingleFlightCache(), Work()
    assert once.get("key", work) is once.get("key", work)
    once.get("another", work)
    assert work.calls == 2


def test_a_failure_is_reported_to_all_who_wait_and_not_kept():
    once, failing = SingleFlightCache(), Work(ValueError("no such class"), wait=True)
    for asked in ask_together(once, failing, 4):
        with pytest.raises(ValueError, match="no such class"):
            asked.result()
    assert "key" not in once
    assert len(once) == 0
    assert once.get("key", Work("better")) == "better"


def test_the_least_recently_used_is_left_out():
    once, work = SingleFlightCache(limit=2), Work()
    for key in ("a", "b", "a", "c"):
        once.get(key, work)
    assert ("a" in once, "b" in once, "c" in once, len(once)) == (True, False, True, 2)
    assert work.calls == 3


def test_what_is_being_made_is_never_left_out():
    once, slow = SingleFlightCache(limit=1), Work(wait=True)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(once.get, "slow", slow)
        assert slow.begun.wait(10)
        once.get("fast", Work())
        assert "slow" not in once  # not done yet
        slow.go.set()
        assert asked.result() == "done"
    assert once.get("slow", slow) == "done"
    assert (slow.calls, len(once)) == (1, 1)


def test_one_may_ask_for_another_key_within():
    once = SingleFlightCache()
    assert once.get("outer", lambda: once.get("inner", lambda: 3) + 1) == 4


def test_what_is_kept_cannot_be_changed(tiny_router):
    found = SingleFlightCache().get(
        "key", lambda: tiny_router.attribute_many(tiny_router.trace(X, H), TARGETS, n_steps=2)
    )
    with pytest.raises(ValueError, match="read-only"):
        found[0].scores[0] = 1
    assert isinstance(found, tuple)


def test_nothing_kept_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        SingleFlightCache(limit=0)


def key(router, policy="threshold", theta=0.5, overrides=None, targets=TARGETS, method="saliency", x=X, **parameters):
    trace = router.trace(x, H, policy, theta, overrides)
    return attribution_key(trace, [parse_target(trace, target) for target in targets], method, **parameters)


def test_the_key_holds_the_route_and_not_what_led_to_it(tiny_router):
    gates = np.sort(tiny_router.trace(X, H).gates)
    low, high = (gates[2] + np.array([0.25, 0.75]) * (gates[3] - gates[2])).tolist()
    assert key(tiny_router, theta=low) == key(tiny_router, theta=high) != key(tiny_router, theta=gates[3] + 1e-4)
    opened = {int(token): "merged" for token in range(len(gates))}
    assert key(tiny_router, overrides=opened) == key(tiny_router, "merged") != key(tiny_router, "soft")


def test_gates_do_not_depend_on_the_route(tiny_router):
    assert key(tiny_router, "direct", targets=["gate"]) == key(tiny_router, "merged", targets=["gate"])


def test_everything_else_the_result_depends_on_is_in_the_key(tiny_router):
    keys = [
        key(tiny_router),
        key(tiny_router, x=X + " rain"),
        key(tiny_router, targets=("prediction:Business", "gate")),
        key(tiny_router, targets=TARGETS[::-1]),
        key(tiny_router, method="lime"),
        key(tiny_router, baseline="mask"),
        key(tiny_router, baseline="mask", seed=1),
    ]
    trace = tiny_router.trace(X, H, "threshold", 0.5)
    targets = [parse_target(trace, target) for target in TARGETS]
    keys.append(attribution_key(replace(trace, spec=replace(trace.spec, revision="other")), targets, "saliency"))
    assert len(set(keys)) == len(keys)
    assert key(tiny_router, seed=1, baseline="mask") == keys[6]


def test_what_cannot_be_a_key_is_refused(tiny_router):
    with pytest.raises(TypeError, match="unhashable"):
        key(tiny_router, baseline_texts=["a", "b"])


def test_it_loads_neither_torch_nor_gradio():
    code = "import dualroute.app.models, sys; assert not {'torch', 'gradio', 'captum'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
