"""Links to Attribute, Compare and Thresholds: a state, its link, and the same state for whoever opens it."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from .test_page_link import QUOTED, notes, open_link

TITLE, TEXT = "Nurses vote on a pay offer", 'The union says 4 % is < inflation & too little; it\'s "final" + more.'
ASKED = "document.querySelector('.wb')?.workbench?.().request"
PAIR = "document.querySelector('.cmp').compare()"
ROWS = """(() => {
  const th = document.querySelector('.th'), value = (name) => th.querySelector(`.th-${name}`).value;
  const { rows, theta } = th.inspect(), names = ['one', 'other', 'share', 'quality'];
  return { rows: rows?.name, theta, ...Object.fromEntries(names.map((name) => [name, value(name)])),
           follow: th.querySelector('.th-follow').checked,
           facet: th.querySelector('.th-facets-by [aria-checked=true]')?.textContent };
})()"""


def copied(visitor, part: str) -> str:
    """What the tab's button hands over where the clipboard is closed."""
    visitor.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    visitor.page.click(f".{part}-link")
    visitor.page.wait_for_selector(f".{part}-address:visible")
    return visitor.page.input_value(f".{part}-address")


def in_address(visitor, *parts: str) -> None:
    """Wait until the address, which follows what is on screen with a delay, has these parts."""
    has = "(parts) => parts.every((part) => location.search.includes(part))"
    visitor.page.wait_for_function(has, arg=list(parts))


def fields(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def set_field(page, selector: str, value: str) -> None:
    page.fill(selector, value)
    page.locator(selector).dispatch_event("change")


@pytest.fixture
def bench(visitor):
    """Attribute, asked something of one's own about an input of one's own."""
    visitor.route(TITLE, TEXT)
    visitor.drag_to(0.2)
    visitor.page.locator(".dr-slider").dispatch_event("change")
    visitor.open("Attribute")
    visitor.page.wait_for_selector(".wb[data-tracks]")
    page = visitor.page
    page.select_option(".wb-kind", "margin")
    page.select_option(".wb-label", "Business")
    page.select_option(".wb-other", "World")
    page.uncheck(".wb-gate-too")
    page.click(".wb-own-choice > summary")
    for box in page.locator(".wb-method input").all():
        box.set_checked(box.get_attribute("value") in ("lime", "exact"))
    page.click(".wb-settings summary")
    page.select_option(".wb-baseline", "mask")
    page.select_option(".wb-granularity", "word")
    set_field(page, ".wb-seed", "7")
    samples = page.locator(".wb-parameter", has_text="LIME").locator("input").first
    samples.fill("64")
    samples.dispatch_event("change")
    return visitor


def test_attribute_opens_as_it_was_handed_over_and_runs_nothing(bench, visit):
    before = bench.page.evaluate(ASKED)
    assert before["targets"] == ["margin:Business|World"]
    assert before["methods"]["lime"]["n_samples"] == 64
    link = copied(bench, "wb")
    in_address(bench, "explain=margin", "seed=7", "x=Nurses")
    assert {"tab", "x", "explain", "methods", "set"} < set(fields(link))
    second = visit(start=link)
    second.page.wait_for_function(f"() => {ASKED}?.targets[0] === 'margin:Business|World'")
    assert second.page.evaluate(ASKED) == before
    assert second.page.locator(".wb").is_visible()
    assert second.page.locator(".wb-settings[open]").count() == 1
    assert second.page.locator(".wb-run").is_enabled()  # nothing runs
    assert not second.page.locator(".nt").is_visible()


def test_attribute_says_what_does_not_fit_the_input(visit, server):
    query = {"explain": "gate:99", "methods": "exact,nope", "seed": "-4", "granularity": "word"}
    visitor = open_link(visit, server, tab="attribute", x="Rain", **query)
    visitor.page.wait_for_function("() => document.querySelectorAll('.nt-list li').length === 3")
    assert [word for word in ("gate:99", "nope", "-4") if word not in " ".join(notes(visitor))] == []
    asked = visitor.page.evaluate(ASKED)
    assert (asked["x"], asked["granularity"], asked["seed"]) == ("Rain", "word", 0)
    assert asked["targets"][0].startswith("prediction:")


def test_compare_opens_with_both_views(visitor, visit):
    visitor.route(TITLE, TEXT)
    visitor.flip(1)
    visitor.page.click(".dr-pin")
    visitor.open("Compare")
    visitor.page.wait_for_selector(".cmp[data-shown]")
    visitor.page.click(".cmp-policy[data-policy=soft]")
    visitor.page.click(".cmp-unread summary")
    visitor.page.click(".cmp-context-word >> nth=2")
    visitor.page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    before = visitor.page.evaluate(PAIR)
    assert before["b"]["ignored"] == [2]
    link = copied(visitor, "cmp")
    in_address(visitor, "a=task", "b=policy")
    query = fields(link)
    assert set(query) == {"tab", "a", "b"}
    assert "x=" not in query["b"]  # only what differs
    second = visit(start=link)
    second.page.wait_for_selector(".cmp-rows tbody th:has-text('#2')")
    after = second.page.evaluate(PAIR)
    for side in "ab":
        for name in ("checkpoint", "x", "h", "policy", "threshold", "overrides", "ignored", "answer"):
            assert after[side][name] == before[side][name]
        assert after[side]["probability"] == pytest.approx(before[side]["probability"])
    assert after["sentence"] == before["sentence"]
    assert second.texts(".cmp-from")[:2] == ["from the link", "from the link"]
    second.open("Inspect")
    second.page.wait_for_function("() => !/[?&](a|b|tab)=/.test(location.search)")


def test_compare_shows_what_it_can_of_a_broken_pair(visit, server):
    pair = {"a": "task=news&x=Rain&theta=7&policy=bogus", "b": "x=&task=zzz&flips=0:direct"}
    visitor = open_link(visit, server, tab="compare", **pair)
    visitor.page.wait_for_selector(".cmp-rows tbody th:has-text('#1')")
    told = " ".join(notes(visitor))
    assert [word for word in ("A: ", "taken as 1", "bogus", "B: ", "zzz", "no text") if word not in told] == []
    assert visitor.page.evaluate(PAIR)["a"]["x"] == "Rain"
    assert len([run for run in visitor.runs if "join" in run]) < 8


@pytest.mark.parametrize("payload", QUOTED[:2])
def test_a_hostile_pair_is_inert(visit, server, payload):
    view = urlencode({"x": f"{payload} ${{window.__hit=1}}", "policy": payload, "label": payload})
    visitor = open_link(visit, server, tab="compare", a=view, b=urlencode({"h": payload, "flips": payload}))
    visitor.page.wait_for_selector(".cmp-rows tbody th:has-text('#2')")
    assert payload in " ".join(notes(visitor))
    assert visitor.page.evaluate("window.__hit") is None
    assert visitor.page.locator(".cmp :is(img, a), .nt :is(img, a)").count() == 0
    assert not [request for request in visitor.requests if request.endswith("/evil")]


def test_texts_that_are_too_long_for_a_link_are_named(visitor):
    visitor.route("Rain", "word " * 3_000)
    visitor.open("Compare")
    visitor.page.wait_for_selector(".cmp[data-shown]")
    assert "h=" not in fields(copied(visitor, "cmp"))["a"]
    assert "without the description" in visitor.texts(".cmp-link")[0]
    visitor.open("Attribute")
    visitor.page.wait_for_selector(".wb[data-tracks]")
    query = fields(copied(visitor, "wb"))
    assert ("h" in query, query["x"]) == (False, "Rain")
    assert "without the description" in visitor.texts(".wb-link")[0]


def test_thresholds_open_as_they_were_handed_over(visitor, visit):
    visitor.open("Thresholds")
    visitor.page.wait_for_selector(".th[data-ready]")
    page = visitor.page
    page.select_option(".th-names", "sentiment")
    page.wait_for_selector(".th[data-ready=sentiment]")
    for name, value in (("one", "0.15"), ("other", "0.6"), ("share", "33"), ("quality", "70.5")):
        set_field(page, f".th-{name}", value)
    page.locator(".th-slider").evaluate(
        "(n) => { n.value = 0.35; n.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    page.wait_for_selector(".th[data-theta='0.35']")
    page.click(".th-facets-by button >> nth=-1")
    before = page.evaluate(ROWS)
    assert (before["theta"], before["other"], before["follow"]) == (0.35, "0.6", False)
    link = copied(visitor, "th")
    in_address(visitor, "rows=sentiment", "at=0.35", "theta2=0.6")
    second = visit(start=link)
    second.page.wait_for_selector(".th[data-theta='0.35']")
    second.page.wait_for_selector(".th-facets-by [aria-checked=true]")
    assert second.page.evaluate(ROWS) == before
    assert not second.page.locator(".nt").is_visible()


def test_thresholds_clamp_and_say_what_they_do_not_have(visit, server):
    query = {"rows": "news", "at": "99", "theta1": "abc", "budget": "-5", "facet": "nothing of the kind"}
    visitor = open_link(visit, server, tab="thresholds", **query)
    visitor.page.wait_for_selector(".th[data-theta='1']")
    visitor.page.wait_for_function("() => document.querySelectorAll('.nt-list li').length === 4")
    shown = visitor.page.evaluate(ROWS)
    assert (shown["rows"], shown["theta"], shown["share"], shown["follow"]) == ("news", 1, "0", True)


def test_inspects_view_stays_in_the_address_of_every_tab(visitor):
    visitor.route(TITLE, TEXT)
    for tab in ("Attribute", "Compare", "Thresholds", "Results", "Help", "Inspect"):
        visitor.open(tab)
        in_address(visitor, *([f"tab={tab.lower()}"] if tab != "Inspect" else []), "x=Nurses")
    visitor.page.wait_for_function("() => !/[?&](tab|rows|methods|a|result)=/.test(location.search)")
    assert fields(visitor.page.url)["h"] == TEXT


def test_in_a_hosted_frame_every_link_is_the_spaces(visitor):
    visitor.page.evaluate("document.querySelector('.dr-link').dataset.space = 'someone/explorer'")
    for tab, part, ready in (
        ("Attribute", "wb", ".wb[data-tracks]"),
        ("Compare", "cmp", ".cmp[data-shown]"),
        ("Thresholds", "th", ".th[data-ready]"),
    ):
        visitor.open(tab)
        visitor.page.wait_for_selector(ready)
        assert copied(visitor, part).startswith(f"https://huggingface.co/spaces/someone/explorer?tab={tab.lower()}&")
