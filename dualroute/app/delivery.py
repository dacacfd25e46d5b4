"""How the page travels: its document compressed, and its files compressed once, kept, and named once for all.

The framework compresses every file anew for every visitor; what comes compressed it passes on. Streams of events go
through untouched: they would wait in a compressor's buffer.
"""

import gzip
from collections.abc import Collection
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUILT = "/assets/"  # the framework's own files, whose names change with their content
FOREVER = "public, max-age=31536000, immutable"
TEXTS = ("text/", "application/javascript", "application/json", "image/svg")
LEAST = 500  # bytes that are worth compressing
LEVEL = 6


@dataclass(frozen=True)
class File:
    """An answer as it is sent. headers: as ASGI has them."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


class Delivery:
    """Middleware before the framework's routes.

    files  paths of further files that never change under their address, such as `/gradio_api/file=/…/dualroute.js`
    early  addresses of the scripts and style sheets that the document needs at once: it names them in its head
    """

    def __init__(self, app: ASGIApp, files: Collection[str] = (), early: Collection[str] = ()):
        self._app = app
        self._document = GZipMiddleware(app, LEAST, LEVEL)
        self._files = frozenset(files)
        self._early = ", ".join(f"<{address}>; rel=preload; as={_kind(address)}" for address in early)
        self._kept: dict[str, File] = {}  # no more than there are files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return await self._app(scope, receive, send)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        headers = Headers(scope=scope)
        if path in ("", "/"):
            await self._document(scope, receive, self._with_early(send))
        elif (path.startswith(BUILT) or path in self._files) and "range" not in headers and _unpacks(headers):
            await self._send_file(path, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _with_early(self, send: Send) -> Send:
        async def announce(message: Message) -> None:
            if message["type"] == "http.response.start" and self._early:
                MutableHeaders(scope=message)["link"] = self._early
            await send(message)

        return announce

    async def _send_file(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._kept.get(path)
        if file is None:
            start, body = await _answer(self._app, scope, receive)
            if start["status"] != 200:
                await send(start)
                return await send({"type": "http.response.body", "body": body})
            file = await run_in_threadpool(_packed, MutableHeaders(scope=start), body)
            self._kept[path] = file
        await send({"type": "http.response.start", "status": 200, "headers": list(file.headers)})
        await send({"type": "http.response.body", "body": file.body})


async def _answer(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """The first message of an answer and its whole body."""
    start: Message = {}
    pieces: list[bytes] = []

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            pieces.append(message.get("body", b""))

    await app(scope, receive, collect)
    return start, b"".join(pieces)


def _packed(headers: MutableHeaders, body: bytes) -> File:
    headers["cache-control"] = FOREVER
    headers.add_vary_header("Accept-Encoding")
    if len(body) >= LEAST and headers.get("content-type", "").startswith(TEXTS):
        body = gzip.compress(body, 9)
        headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(body))
    return File(headers.raw, body)


def _unpacks(headers: Headers) -> bool:
    return "gzip" in headers.get("accept-encoding", "")


def _kind(address: str) -> str:
    return "style" if address.split("?")[0].endswith(".css") else "script"
