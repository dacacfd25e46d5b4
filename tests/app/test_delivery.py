"""The document and the files are made and packed once, and a stream of events passes as it comes."""

import asyncio
import gzip

import pytest

from dualroute.app.delivery import FOREVER, MOST_DOCUMENTS, Delivery

TEXT = b"<p>many words</p>" * 200
FILE = "/gradio_api/file=/a/dualroute.js"


class Framework:
    """Answers every request with the same text in two pieces, and counts."""

    def __init__(self, status=200, kind=b"text/html"):
        self.status, self.kind, self.asked = status, kind, 0

    async def __call__(self, scope, receive, send):
        self.asked += 1
        headers = [(b"content-type", self.kind)]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": TEXT, "more_body": True})
        await send({"type": "http.response.body", "body": TEXT, "more_body": False})


def ask(
    delivery: Delivery, path: str, root: str = "", method="GET", query=b"", **headers: str
) -> tuple[int, dict, list[bytes]]:
    """(status, headers, pieces of the body) of what reaches the browser."""
    sent: list[dict] = []

    async def send(message):
        sent.append(message)

    given = {"accept_encoding": "br, gzip"} | headers
    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    raw = [(name.replace(b"_", b"-"), value) for name, value in raw]
    scope = {"type": "http", "method": method, "path": path, "root_path": root, "headers": raw, "query_string": query}
    asyncio.run(delivery(scope, None, send))  # pyright: ignore[reportArgumentType]
    start, *pieces = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], found, [piece["body"] for piece in pieces]


@pytest.mark.parametrize(("path", "root"), [("/", ""), ("/space/", "/space"), ("/space", "/space")])
def test_the_document_is_dressed_and_packed_once(path, root):
    framework = Framework()
    delivery = Delivery(framework, dress=lambda document: document.replace("many", "two", 1))
    first, again = ask(delivery, path, root), ask(delivery, path, root, query=b"task=news")
    assert first == again
    assert framework.asked == 1
    _, headers, (body,) = again
    assert gzip.decompress(body) == (2 * TEXT).replace(b"many", b"two", 1)
    assert headers["content-encoding"] == "gzip"
    assert headers["content-length"] == str(len(body))


def test_each_name_of_the_server_has_its_own_document():
    framework = Framework()
    delivery = Delivery(framework)
    for headers in ({"host": "a"}, {"host": "b"}, {"host": "a", "x_forwarded_proto": "https"}, {"host": "a"}):
        ask(delivery, "/", **headers)
    assert framework.asked == 3


def test_no_more_documents_are_kept_than_the_limit():
    framework = Framework()
    delivery = Delivery(framework)
    for round_trip in range(2):
        for name in range(MOST_DOCUMENTS + 1):
            ask(delivery, "/", host=f"host-{name}")
        assert framework.asked == (round_trip + 1) * (MOST_DOCUMENTS + 1)


def test_a_link_of_the_framework_and_a_failure_are_not_kept():
    framework = Framework()
    delivery = Delivery(framework)
    for _ in range(2):
        ask(delivery, "/", query=b"deep_link=a")
    assert framework.asked == 2
    broken = Delivery(Framework(status=500), dress=lambda document: document + "!")
    assert [ask(broken, "/")[0] for _ in range(2)] == [500, 500]


@pytest.mark.parametrize("path", ["/assets/index-abc.js", FILE])
def test_a_file_is_asked_for_and_packed_once(path):
    framework = Framework()
    delivery = Delivery(framework, files=(FILE,))
    first, again = ask(delivery, path), ask(delivery, path)
    assert first == again
    assert framework.asked == 1
    _, headers, (body,) = again
    assert gzip.decompress(body) == 2 * TEXT
    assert (headers["content-length"], headers["cache-control"]) == (str(len(body)), FOREVER)
    assert (headers["content-encoding"], headers["vary"]) == ("gzip", "Accept-Encoding")


def test_a_picture_is_kept_as_it_is():
    _, headers, (body,) = ask(Delivery(Framework(kind=b"font/woff2")), "/assets/a.woff2")
    assert body == 2 * TEXT
    assert "content-encoding" not in headers


def test_what_is_missing_is_not_kept():
    framework = Framework(status=404)
    delivery = Delivery(framework)
    assert [ask(delivery, "/assets/none.js")[0] for _ in range(2)] == [404, 404]
    assert framework.asked == 2


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/gradio_api/queue/data", {}),
        ("/gradio_api/file=/a/other.js", {}),
        ("/assets/index.js", {"range": "bytes=0-9"}),
        ("/assets/index.js", {"accept_encoding": "identity"}),
    ],
)
def test_all_else_passes_piece_by_piece(path, headers):
    _, found, pieces = ask(Delivery(Framework(), files=(FILE,)), path, **headers)
    assert "content-encoding" not in found
    assert pieces == [TEXT, TEXT]


def test_a_browser_that_unpacks_nothing_gets_the_document_as_it_is():
    _, headers, (body,) = ask(Delivery(Framework()), "/", accept_encoding="identity")
    assert "content-encoding" not in headers
    assert body == 2 * TEXT


def test_only_reading_is_answered_from_what_is_kept():
    framework = Framework()
    delivery = Delivery(framework)
    for _ in range(2):
        ask(delivery, "/assets/index.js", method="HEAD")
    assert framework.asked == 2


class Leaving(Framework):
    """Ends its answer without a body where the visitor has left, as the framework does."""

    async def __call__(self, scope, receive, send):
        await receive()
        try:
            left = (await asyncio.wait_for(receive(), 0.05))["type"] == "http.disconnect"
        except TimeoutError:
            left = False
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"" if left else TEXT, "more_body": False})


@pytest.mark.parametrize("path", ["/", FILE])
def test_a_visitor_who_leaves_early_leaves_nothing_empty_for_others(path):
    messages = [{"type": "http.request"}, {"type": "http.disconnect"}]
    delivery = Delivery(Leaving(), {FILE})

    async def leave():
        async def receive():
            return messages.pop(0)

        async def send(message):
            pass

        headers = [(b"accept-encoding", b"gzip")]
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "root_path": "",
            "headers": headers,
            "query_string": b"",
        }
        await delivery(scope, receive, send)

    asyncio.run(leave())
    _, _, (body,) = ask(delivery, path)
    assert gzip.decompress(body) == TEXT
