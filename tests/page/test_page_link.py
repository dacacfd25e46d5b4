"""A view in the address: it comes back as it was, a broken one is told, a hostile one is inert; numbers as a file."""

import csv
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from factories.traces import make_trace

from dualroute.export.scripts import inspector_template

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


def notes(visitor) -> list[str]:
    """What the page says it could not use of the link."""
    visitor.page.wait_for_selector(".nt:visible")
    return visitor.texts(".nt-list li")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"theta": "7"}, ["7", "taken as 1"]),
        ({"theta": "nan"}, ["nan"]),
        ({"theta": "x", "policy": "bogus"}, ["“x”", "bogus"]),
        ({"flips": "99:direct"}, ["99"]),
        ({"flips": "0:sideways", "tab": "zzz", "result": "nope"}, ["sideways", "zzz", "nope"]),
        ({"flips": "what", "token": "77", "label": "nobody"}, ["what", "77", "nobody"]),
    ],
)
def test_what_is_broken_is_reported_and_the_rest_of_the_link_is_shown(visit, server, router, query, words):
    visitor = open_link(visit, server, x="Rain", h="Rain stopped play.", **query)
    told = " ".join(notes(visitor))
    assert [word for word in words if word not in told] == []
    shows(visitor, "Rain")
    trace = router.trace("Rain", "Rain stopped play.")
    check_replay(visitor.flip(0), trace)
    assert visitor.page.locator("[data-testid=toast-body]").count() == 0
    visitor.page.click(".nt-close")
    assert not visitor.page.locator(".nt").is_visible()


def test_a_broken_number_is_reported_without_a_text_too(visit, server, examples):
    visitor = open_link(visit, server, task="news", theta="abc", tab="zzz")
    shows(visitor, examples[0].trace.x)
    assert len(notes(visitor)) == 2
    check_replay(visitor.flip(0), examples[0].trace)
    assert "tab=" not in visitor.page.url


def test_a_threshold_moves_the_example_where_no_text_is_named(visit, server, examples):
    visitor = open_link(visit, server, theta="0.125", policy="weighted_threshold")
    visitor.page.wait_for_function("document.querySelector('.dr')?.inspect?.().view.theta === 0.125")
    check_screen(visitor, examples[0].trace)


def test_the_address_follows_an_example_that_is_chosen(visit, server, examples):
    visitor = open_link(visit, server, x="Rain")
    shows(visitor, "Rain")
    visitor.page.select_option("#examples", "1")
    shows(visitor, examples[1].trace.x)
    assert parse_qs(urlsplit(visitor.page.url).query)["x"] == [examples[1].trace.x]


def test_a_hostile_link_is_inert(visit, server):
    payload = "<img src=x onerror='window.__hit=1'> ${window.__hit=2}"
    visitor = open_link(visit, server, x=payload, h=payload, policy="soft")
    shows(visitor, payload)
    assert visitor.page.evaluate("window.__hit") is None


@pytest.mark.parametrize("payload", QUOTED)
def test_a_message_quotes_a_hostile_link_as_text(visit, server, payload):
    query = dict.fromkeys(("policy", "tab", "result", "task", "flips", "label", "methods", "rows", "set"), payload)
    visitor = open_link(visit, server, x="Rain", **query)
    told = notes(visitor)
    assert len(told) == len(query)
    assert [note for note in told if payload not in note] == []
    assert visitor.page.locator(".nt :is(img, a, b:not(.nt-title b))").count() == 0
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


def test_the_answer_and_the_word_that_are_looked_at_come_back(visit, server):
    first = visit()
    first.page.click(".dr-label >> nth=2")
    first.page.click(".dr-x .dr-col[data-i='1'] .dr-tok")
    address = first.page.evaluate("location.href")
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    second = open_link(visit, server, **query)
    second.page.wait_for_function("document.querySelector('.dr')?.inspect?.().view.token === 1")
    assert (second.state()["label"], second.state()["token"]) == (2, 1)


def test_a_link_may_name_a_task_alone(visit, server):
    visitor = open_link(visit, server, task="support")
    visitor.page.wait_for_function("document.querySelector('.dr')?.inspect?.().payload?.checkpoint === 'support'")
    assert visitor.page.input_value("#task") == "support"


@pytest.mark.parametrize("name", ["Attribute", "Thresholds", "Help"])
def test_the_open_tab_is_in_the_address(visit, server, name):
    visitor = visit()
    visitor.page.get_by_role("tab", name=name).click()
    visitor.page.wait_for_function("(name) => location.search.includes(`tab=${name}`)", arg=name.lower())
    second = open_link(visit, server, tab=name.lower())
    second.page.wait_for_selector(f"[role=tab][aria-selected=true]:has-text('{name}')")
    second.page.get_by_role("tab", name="Inspect").click()
    second.page.wait_for_function("() => !location.search.includes('tab=')")


@pytest.mark.parametrize("name", ["Compare", "Help"])
def test_a_tab_in_the_address_opens_on_a_phone(visit, server, name):
    plain = visit(width=390, height=844)
    plain.page.wait_for_selector(".overflow-menu:visible")
    assert plain.page.locator("[role=tab]", has_text=name).count() == 0  # it stands in the menu
    visitor = visit(width=390, height=844, start=f"{server.url}/?tab={name.lower()}")
    visitor.page.locator({"Compare": ".cmp[data-shown]", "Help": "#help"}[name]).wait_for(state="visible")
    assert f"tab={name.lower()}" in visitor.page.url


def copied(visitor) -> str:
    """What the button hands over where the clipboard is closed: it stands in a field, selected."""
    visitor.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    visitor.page.click(".dr-link")
    visitor.page.wait_for_selector(".dr-address:visible")
    selected = "(node) => node.value.slice(node.selectionStart, node.selectionEnd)"
    return visitor.page.locator(".dr-address").evaluate(selected)


def test_a_copied_link_holds_the_view_and_nothing_else_of_the_address(visit, server, examples):
    visitor = open_link(visit, server, __sign="secret", task="news", tab="inspect", other="1")
    shows(visitor, examples[0].trace.x)
    visitor.flip(0)
    query = parse_qs(urlsplit(copied(visitor)).query)
    assert set(query) == {"task", "x", "h", "policy", "theta", "flips", "token"}
    assert query["x"] == [examples[0].trace.x]


def test_a_closed_clipboard_is_no_dead_end(visitor):
    refused = "{ writeText: () => Promise.reject(new Error('no')) }"
    visitor.page.evaluate(f"() => Object.defineProperty(navigator, 'clipboard', {{ value: {refused} }})")
    visitor.page.click(".dr-link")
    visitor.page.wait_for_selector(".dr-address:visible")
    assert visitor.page.input_value(".dr-address").startswith("http")


def test_what_does_not_fit_into_a_link_is_named(visitor):
    visitor.route("Rain", "word " * 3000)
    query = parse_qs(urlsplit(copied(visitor)).query)
    assert "h" not in query
    assert query["x"] == ["Rain"]
    assert "without the description" in visitor.texts(".dr-link")[0]


def test_in_a_hosted_frame_the_link_is_the_spaces(mount):
    page = mount(make_trace())
    page.evaluate("document.querySelector('.dr-link').dataset.space = 'someone/explorer'")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.click(".dr-link")
    assert page.input_value(".dr-address").startswith("https://huggingface.co/spaces/someone/explorer?task=made&x=")


def test_the_space_is_named_by_the_host():
    assert 'data-space="someone/explorer"' in inspector_template(space="someone/explorer")
    with pytest.raises(ValueError, match="owner/name"):
        inspector_template(space='"><script>')
