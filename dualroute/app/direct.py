"""Requests of the page that take a moment and change nothing: one POST, one answer, beside the framework's queue.

A queue answers through a stream of events and draws its component anew. What a visitor waits for, such as the trace of
a text that was just typed, does without both. Nothing of a visitor is kept between two requests.
"""

import json
from collections.abc import Callable

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dualroute.app.components import answer_request
from dualroute.app.contracts import MAX_PICTURE

ADDRESS = "/dualroute/"
AT_ONCE = 2  # models that run for these requests at the same time
MOST_WAITING = 64
MOST_BYTES = 2 * MAX_PICTURE + 1_000_000  # a picture as text, and its texts
BUSY = "too many visitors are waiting; try again in a moment"

Handler = Callable[[dict], dict]


def direct_routes(handlers: dict[str, Handler]) -> list[Route]:
    """A route for each handler, `/dualroute/NAME`, which share one limit. They answer as `answer_request` does."""
    line = Line(AT_ONCE, MOST_WAITING)
    return [Route(ADDRESS + name, _endpoint(handler, line), methods=["POST"]) for name, handler in handlers.items()]


class Line:
    """Lets `at_once` handlers run at the same time, each in a thread; `most` others wait."""

    def __init__(self, at_once: int, most: int):
        self._at_once, self._most, self._waiting = at_once, most, 0
        self._limiter: anyio.CapacityLimiter | None = None  # belongs to the loop in which the first request comes

    async def run(self, work: Callable[[], dict], left: Callable) -> dict | None:
        """What `work` returns; None where the visitor left while waiting, so that nothing is computed for nobody.

        Raises ValueError where the line is full.
        """
        if self._waiting >= self._most:
            raise ValueError(BUSY)
        self._limiter = self._limiter or anyio.CapacityLimiter(self._at_once)
        self._waiting += 1
        try:
            await self._limiter.acquire()
        finally:
            self._waiting -= 1
        try:
            # The thread belongs to the limit of this line already.
            return None if await left() else await run_sync(work, limiter=anyio.CapacityLimiter(1))
        finally:
            self._limiter.release()


def _endpoint(handler: Handler, line: Line):
    async def endpoint(request: Request) -> Response:
        try:
            data = json.loads(await _body(request))
        except ValueError as error:
            return _json({"error": f"a request is JSON of at most {MOST_BYTES:,} bytes: {error}"}, 400)
        try:
            result = await line.run(lambda: answer_request(handler, data), request.is_disconnected)
        except ValueError as error:
            identity = data.get("id") if isinstance(data, dict) else None
            return _json({"id": identity, "error": str(error)}, 503)
        return Response(status_code=499) if result is None else _json(result, 200)

    return endpoint


def _json(result: dict, status: int) -> Response:
    """As ASCII: a text may hold half of a surrogate pair."""
    return Response(json.dumps(result), status, media_type="application/json")


async def _body(request: Request) -> bytes:
    """The body. Raises ValueError for one that is too large, without reading it to its end."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise ValueError("it is too large")
        parts.append(part)
    return b"".join(parts)
