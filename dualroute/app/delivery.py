"""How the page travels: its document and its files are compressed once and kept.

The framework writes the document and compresses every file anew for every visitor; what comes compressed it passes on.
Streams of events go through untouched: they would wait in a compressor's buffer.
"""

import gzip
from asyncio import Event
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUILT = "/assets/"  # the framework's own files, whose names change with their content
FOREVER = "public, max-age=31536000, immutable"
TEXTS = ("text/", "application/javascript", "application/json", "image/svg")
LEAST = 500  # bytes that are worth compressing
LEVEL = 9
# What the framework reads of a request to write addresses into the document; other names of the server are few.
ORIGIN = ("host", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server", "x-direct-url")
MOST_DOCUMENTS = 8
OWN_QUERY = b"deep_link"  # the framework's links to a state of their own; this page has none


@dataclass(frozen=True)
class File:
    """An answer as it is sent. headers: as ASGI has them."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


class Delivery:
    """Middleware before the framework's routes.

    files  paths of further files that never change under their address, such as `/gradio_api/file=/…/dualroute.js`
    dress  what is done to the document's text once, before it is kept
    """

    def __init__(self, app: ASGIApp, files: Collection[str] = (), dress: Callable[[str], str] = str):
        self._app = app
        self._files = frozenset(files)
        self._dress = dress
        self._kept: dict[str, File] = {}  # no more than there are files
        self._documents: OrderedDict[Hashable, File] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return await self._app(scope, receive, send)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        headers = Headers(scope=scope)
        if path in ("", "/") and OWN_QUERY not in scope.get("query_string", b""):
            await self._send_document(scope, send)
        elif (path.startswith(BUILT) or path in self._files) and "range" not in headers and _unpacks(headers):
            await self._send_file(path, scope, send)
        else:
            await self._app(scope, receive, send)

    async def _send_document(self, scope: Scope, send: Send) -> None:
        """The document is the same for all visitors of one address; the framework would write it anew for each."""
        headers = Headers(scope=scope)
        key = (scope.get("scheme"), scope["path"], scope.get("root_path"), *map(headers.get, ORIGIN), _unpacks(headers))
        file = self._documents.get(key)
        if file is None:
            start, body = await _answer(self._app, scope)
            if start["status"] == 200:
                body = self._dress(body.decode()).encode()
            file = await run_in_threadpool(_document, MutableHeaders(scope=start), body, _unpacks(headers))
            if start["status"] != 200:
                return await _send(file, send, start["status"])
            self._documents[key] = file
            if len(self._documents) > MOST_DOCUMENTS:
                self._documents.popitem(last=False)
        await _send(file, send)

    async def _send_file(self, path: str, scope: Scope, send: Send) -> None:
        file = self._kept.get(path)
        if file is None:
            start, body = await _answer(self._app, scope)
            if start["status"] != 200:
                await send(start)
                return await send({"type": "http.response.body", "body": body})
            file = await run_in_threadpool(_packed, MutableHeaders(scope=start), body)
            self._kept[path] = file
        await _send(file, send)


async def _send(file: File, send: Send, status: int = 200) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(file.headers)})
    await send({"type": "http.response.body", "body": file.body})


async def _answer(app: ASGIApp, scope: Scope) -> tuple[Message, bytes]:
    """The first message of an answer and its whole body, also where the visitor has left: it is kept for others."""
    start: Message = {}
    pieces: list[bytes] = []

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            pieces.append(message.get("body", b""))

    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await Event().wait()  # nobody leaves
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    await app(scope, receive, collect)
    return start, b"".join(pieces)


def _packed(headers: MutableHeaders, body: bytes) -> File:
    headers["cache-control"] = FOREVER
    headers.add_vary_header("Accept-Encoding")
    return _as_sent(headers, body, len(body) >= LEAST and headers.get("content-type", "").startswith(TEXTS))


def _document(headers: MutableHeaders, body: bytes, pack: bool) -> File:
    headers.add_vary_header("Accept-Encoding")
    return _as_sent(headers, body, pack and len(body) >= LEAST)


def _as_sent(headers: MutableHeaders, body: bytes, pack: bool) -> File:
    if pack:
        body = gzip.compress(body, LEVEL)
        headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(body))
    return File(headers.raw, body)


def _unpacks(headers: Headers) -> bool:
    return "gzip" in headers.get("accept-encoding", "")
