"""Slow work is done once: who asks for the same at the same time waits for it, who asks later gets what was kept.

Attributions for all visitors: what several ask for at the same time is computed once and kept for a while.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from dualroute.app.models import get_router
from dualroute.progress import Cancelled, report_forward
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace
from dualroute.trace.replay import held_route
from dualroute.trace.targets import parse_target

MOST_RESULTS = 128  # results; an attribution of two targets to 500 words takes some 10 kB


class Once:
    """Results by the content they were made from, the least recently used left out beyond `limit`.

    One instance serves all visitors and threads:

        results = Once()
        found = results.get(attribution_key(trace, targets, method, **parameters), lambda: attribute_many(…))
        found = [replace(one, spec=trace.spec) for one in found]  # made, perhaps, at another θ with the same route

    What is kept is shared, so its arrays cannot be written to. A failure is told to all who wait for it, and the next
    to ask tries again. `work` must not ask for its own key.
    """

    def __init__(self, limit: int = MOST_RESULTS):
        if limit < 1:
            raise ValueError(f"at least 1 result must be kept, not {limit}")
        self.limit = limit
        self._lock = threading.Lock()
        self._futures: OrderedDict[Hashable, Future] = OrderedDict()

    def __len__(self) -> int:
        return len(self._futures)

    def __contains__(self, key: Hashable) -> bool:
        """Whether a result is there at once."""
        with self._lock:
            future = self._futures.get(key)
        return future is not None and future.done()

    def get(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """What `work()` gives, or gave before for the same key."""
        with self._lock:
            future = self._futures.get(key)
            ours = future is None
            if ours:
                future = self._futures[key] = Future()
            self._futures.move_to_end(key)
        if ours:
            self._do(key, work, future)
        return future.result()

    def _do(self, key: Hashable, work: Callable[[], Any], future: Future) -> None:
        try:
            result = _read_only(work())
        except BaseException as error:
            with self._lock:
                del self._futures[key]
            future.set_exception(error)
        else:
            future.set_result(result)
            with self._lock:
                self._forget()

    def _forget(self) -> None:
        """Down to the limit; what is still being made stays."""
        done = [key for key, future in self._futures.items() if future.done()]
        for key in done[: max(0, len(self._futures) - self.limit)]:
            del self._futures[key]


def attribution_key(trace: Trace, targets: Sequence[str], method: str, **parameters) -> Hashable:
    """What an attribution depends on: model, texts, what the targets stand for, the route they hold, parameters.

    θ, policy and flips are in it by what they lead to, so that moving θ without a token changing its flow asks for
    nothing new; gates alone do not even depend on the route. Parameters are numbers, strings, and tuples of them.
    Raises ValueError for a target that `parse_target` refuses, TypeError for a parameter that cannot be hashed.
    """
    parsed = tuple(parse_target(trace, target) for target in targets)
    spec = trace.spec
    made_from = (spec.checkpoint, spec.revision, spec.backbone, trace.x, trace.h, trace.image)
    written = trace.generation.tokens if trace.generation else ()
    route = () if all(target.is_gate for target in parsed) else tuple(part.tobytes() for part in held_route(trace))
    key = (made_from, written, parsed, route, method, tuple(sorted(parameters.items())))
    hash(key)
    return key


def _read_only(result: Any) -> Any:
    """The same, with every array in it, also in tuples, lists and records, closed to writing."""
    if isinstance(result, np.ndarray):
        result.flags.writeable = False
    elif isinstance(result, list | tuple):
        for part in result:
            _read_only(part)
    elif is_dataclass(result):
        for field in fields(result):
            _read_only(getattr(result, field.name))
    return result


KEPT = Once()  # by content


def attributions_of(trace: Trace, targets: Sequence[str], method: str, **parameters) -> list[Attribution]:
    """One attribution for each target, as `attribute_many` of the trace's own checkpoint gives them, and its errors.

    Who waits for another visitor's work that is cancelled begins it anew. Raises Cancelled where this one cancelled.
    """
    key = attribution_key(trace, targets, method, **parameters)
    while True:
        try:
            found = KEPT.get(key, lambda: _made(trace, targets, method, parameters))
            return [replace(one, spec=trace.spec) for one in found]  # made, perhaps, at another θ with the same route
        except Cancelled:
            report_forward(0)  # ends here if this visitor cancelled


def _made(trace: Trace, targets: Sequence[str], method: str, parameters: dict) -> tuple[Attribution, ...]:
    return get_router(trace.spec.checkpoint).attribute_many(trace, tuple(targets), method=method, **parameters)
