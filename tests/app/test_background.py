"""Work in the background: its results in order, signs of life, and an end as soon as nobody waits."""

import threading
import time

import pytest

from dualroute.app.components import in_background
from dualroute.progress import report_forward

SOON = 30  # seconds a test waits before it fails; a shared machine may be slow


def wait_until(condition) -> bool:
    end = time.monotonic() + SOON
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_results_come_in_order_with_the_passes_so_far():
    def work():
        yield {"n": 1}
        report_forward(3)
        yield {"n": 2}

    found = list(in_background(work()))
    assert [one["n"] for one in found] == [1, 2]
    assert found[-1]["passes"] == 3


def test_signs_of_life_repeat_the_last_result():
    go_on = threading.Event()

    def work():
        yield {"n": 1}
        report_forward(2)
        assert go_on.wait(SOON)
        yield {"n": 2}

    results = in_background(work(), beat=0.01)
    assert next(results)["n"] == 1
    assert wait_until(lambda: next(results) == {"n": 1, "passes": 2})
    go_on.set()
    assert {"n": 2, "passes": 2} in list(results)


def test_closing_stops_the_work_at_its_next_pass():
    passes, ended = [], threading.Event()

    def work():
        try:
            yield {}
            while True:
                report_forward(1)
                passes.append(1)
                time.sleep(0.001)
        finally:
            ended.set()

    results = in_background(work(), beat=0.01)
    next(results)
    assert wait_until(lambda: len(passes) > 2)
    results.close()
    assert ended.wait(SOON)
    count = len(passes)
    time.sleep(0.1)
    assert len(passes) == count


def test_what_the_work_raises_is_raised_to_who_waits():
    def work():
        yield {}
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        list(in_background(work()))


def test_works_beside_each_other_count_their_own_passes():
    def work(rows):
        for _ in range(3):
            report_forward(rows)
            yield {}

    one, other = in_background(work(1)), in_background(work(10))
    assert [list(one)[-1]["passes"], list(other)[-1]["passes"]] == [3, 30]
