"""Requests beside the queue: few run at once, a full line refuses, and nothing runs for a visitor who has left."""

import asyncio
import threading

import pytest

from dualroute.app.direct import Line


async def here() -> bool:
    return False


async def gone() -> bool:
    return True


def test_no_more_run_at_once_than_the_limit():
    running, most, lock, both = 0, 0, threading.Lock(), threading.Barrier(2)

    def work() -> dict:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        both.wait(10)  # passes only where two run at the same time
        with lock:
            running -= 1
        return {}

    async def visitors() -> list:
        line = Line(2, 10)
        return await asyncio.gather(*(line.run(work, here) for _ in range(6)))

    assert asyncio.run(visitors()) == [{}] * 6
    assert most == 2


def test_each_gets_its_own_answer():
    async def visitors() -> list:
        line = Line(2, 50)
        return await asyncio.gather(*(line.run(lambda i=i: {"id": i}, here) for i in range(40)))

    assert asyncio.run(visitors()) == [{"id": i} for i in range(40)]


def test_a_full_line_refuses_and_goes_on():
    free = threading.Event()

    async def visitors() -> None:
        line = Line(1, 1)
        first = asyncio.create_task(line.run(lambda: {"free": free.wait(10)}, here))
        await asyncio.sleep(0)
        second = asyncio.create_task(line.run(dict, here))
        await asyncio.sleep(0)
        with pytest.raises(ValueError, match="too many visitors"):
            await line.run(dict, here)
        free.set()
        assert await first == {"free": True}
        assert await second == {}
        assert await line.run(dict, here) == {}

    asyncio.run(visitors())


def test_nothing_runs_for_a_visitor_who_left():
    ran = []

    async def visitors() -> None:
        line = Line(1, 5)
        assert await line.run(lambda: ran.append(1) or {}, gone) is None
        assert await line.run(dict, here) == {}

    asyncio.run(visitors())
    assert not ran


def test_a_failure_frees_its_place():
    def fail() -> dict:
        raise KeyError

    async def visitors() -> None:
        line = Line(1, 5)
        for _ in range(3):
            with pytest.raises(KeyError):
                await line.run(fail, here)
        assert await line.run(dict, here) == {}

    asyncio.run(visitors())
