"""A view in the address: it comes back as it was, a broken one is told, a hostile one is inert; numbers as a file."""

import csv
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest

from .visitor import check_replay, check_screen

TITLE, TEXT = "Nurses vote on a pay offer", 'The union says 4 % is < inflation & too little; it\'s "final".'

QUOTED = ["<img src=/evil>", "![evil](/evil)", "<a href=/evil>x</a> [x](/evil)", "&lt;b&gt;"]


def open_link(visit, server, **query):
    """A visitor who follows a link; the stored example may be seen before the linked view is there."""
    return visit(start=f"{server.url}/?{urlencode({'__theme': 'light', **query})}")


def shows(visitor, x: str) -> None:
    visitor.page.wait_for_function("(x) => document.querySelector('.dr')?.inspect?.().payload?.x === x", arg=x)


def test_a_view_comes_back_from_its_address(visit, server, router):
    first = visit()
    first.route(TITLE, TEXT)
    first.drag_to(0.123)
    first.flip(0)
    first.policy("weighted_threshold")
    before = first.state()
    query = {name: values[0] for name, values in parse_qs(urlsplit(first.page.url).query).items()}
    assert (query["x"], query["h"], query["theta"]) == (TITLE, TEXT, "0.123")
    second = open_link(visit, server, **query)
    shows(second, TITLE)
    after = second.state()
    for name in ("policy", "theta", "overrides", "tokens"):
        assert after[name] == before[name]
    np.testing.assert_allclose(after["logits"], before["logits"], rtol=1e-5)
    assert second.page.input_value("#h textarea") == TEXT
    check_screen(second, router.trace(TITLE, TEXT))


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"theta": "7"}, "threshold"),
        ({"theta": "nan"}, "threshold"),
        ({"theta": "x"}, "threshold"),
        ({"policy": "bogus"}, "bogus"),
        ({"flips": "99:direct"}, "99"),
        ({"flips": "0:sideways"}, "sideways"),
        ({"flips": "what"}, "what"),
    ],
)
def test_a_broken_link_is_told_and_the_page_still_works(visit, server, examples, query, word):
    visitor = open_link(visit, server, x="Rain", **query)
    visitor.page.wait_for_selector("[data-testid=toast-body]")
    assert word in visitor.texts("[data-testid=toast-body]")[0]
    check_replay(visitor.flip(0), examples[0].trace)


def test_a_hostile_link_is_inert(visit, server):
    payload = "<img src=x onerror='window.__hit=1'> ${window.__hit=2}"
    visitor = open_link(visit, server, x=payload, h=payload, policy="soft")
    shows(visitor, payload)
    assert visitor.page.evaluate("window.__hit") is None


@pytest.mark.parametrize("payload", QUOTED)
def test_a_message_quotes_a_hostile_link_as_text(visit, server, payload):
    visitor = open_link(visit, server, x="Rain", policy=payload)
    visitor.page.wait_for_selector("[data-testid=toast-body]")
    assert payload in visitor.texts("[data-testid=toast-body]")[0]
    assert visitor.page.locator("[data-testid=toast-body] :is(img, a, b)").count() == 0
    assert not [request for request in visitor.requests if request.endswith("/evil")]


def test_the_numbers_as_a_file(visitor, examples):
    trace = examples[0].trace
    with visitor.page.expect_download() as download:
        visitor.page.click(".dr-csv")
    rows = list(csv.DictReader(download.value.path().read_text("utf-8").splitlines()))
    assert len(rows) == len(trace.tokens) + len(trace.context_tokens)
    frame, own = trace.to_frame(), rows[: len(trace.tokens)]
    assert [row["flow"] for row in own] == frame["flow"].tolist()
    for column, name in (("by_itself", "direct_contribution"), ("from_context", "context_contribution")):
        np.testing.assert_allclose([float(row[column]) for row in own], frame[name], rtol=1e-6, atol=1e-12)
    pushed = [float(row["pushed_answer"]) for row in own]
    np.testing.assert_allclose(pushed, examples[0].prediction.scores, rtol=1e-6)
