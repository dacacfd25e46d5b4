"""The comparison without the page around it: its numbers are Python's, rows are never overwritten, texts stay text."""

import numpy as np
import pytest
from factories.traces import changed, make_picture, make_spans, make_trace, make_written

from dualroute.compare.interventions import of_class, smallest_change
from dualroute.compare.views import Comparison, View
from dualroute.export.trace_payload import trace_payload
from dualroute.trace.decision import Decision

from .alone import BLANK, asked, tell
from .compare_alone import compared, pin, show_compare
from .serving import PATIENCE
from .test_inspector import HOSTILE

THREE = ("direct", "context", "merged")


@pytest.fixture
def show(browser):
    """A function that shows the comparison of pinned views. Nothing may go wrong on its page."""
    page, problems = browser.new_page(), []
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
    page.route(BLANK, lambda route: route.fulfill(body="<!doctype html><title>-</title>", content_type="text/html"))
    yield lambda *pins, **size: show_compare(page, *pins, **size)
    assert page.evaluate("window.__hit") is None
    page.close()
    assert problems == []


def drag_to(page, theta: float) -> None:
    move = """(theta) => {
      const slider = document.querySelector('.cmp-slider');
      slider.value = theta;
      for (const kind of ['input', 'change']) slider.dispatchEvent(new Event(kind, { bubbles: true }));
    }"""
    page.evaluate(move, theta)


def rows(page) -> list[tuple[str, str]]:
    """Name and lineage of every row, the newest first."""
    read = "(nodes) => nodes.map((n) => [n.querySelector('th').textContent, n.querySelector('.cmp-from').textContent])"
    return [tuple(row) for row in page.locator(".cmp-rows tbody tr").evaluate_all(read)]


def check(shown: dict, pair: Comparison) -> None:
    """What `compare()` gives is the comparison, to rounding."""
    assert shown["sentence"] == pair.sentence
    for answer in shown["answers"]:
        values = [np.nan if answer[side] is None else answer[side] for side in "ab"]
        np.testing.assert_allclose(values, pair.answers[answer["name"]], rtol=1e-9)
    frame = pair.to_frame()
    assert list(shown["rows"][0]) == list(frame.columns)
    for name in frame.columns:
        values = [row[name] for row in shown["rows"]]
        if frame[name].dtype == float:
            np.testing.assert_allclose([np.nan if v is None else v for v in values], frame[name], rtol=1e-6, atol=1e-9)
        else:
            assert values == frame[name].tolist()


def test_two_pins_compare_as_in_python(show):
    trace, other = make_trace(tokens=7, seed=1), make_trace(tokens=6, seed=2)
    page = show(pin(trace, threshold=0.25), pin(other, policy="soft"))
    check(compared(page), Comparison(View(trace, threshold=0.25), View(other, "soft")))
    assert [name for name, _ in rows(page)] == ["#2", "#1"]


@pytest.mark.parametrize(
    "trace",
    [
        make_trace(tokens=8, flows=THREE, seed=3),
        make_spans(seed=4),
        make_spans(tokens=70, seed=5),
        make_picture(side=4),
    ],
    ids=["three flows", "spans", "a long passage", "a picture"],
)
def test_b_is_edited_in_the_browser_and_becomes_a_row(show, trace):
    page = show(pin(trace), pin(trace, threshold=0.25))
    drag_to(page, 0.125)
    check(compared(page), Comparison(View(trace), View(trace, threshold=0.125)))
    page.click(".cmp-grid .dr-col[data-i='1'] .cmp-flow:is(button)")
    overrides = {1: "merged" if trace.replay(threshold=0.125).flows_taken[1] == "direct" else "direct"}
    check(compared(page), Comparison(View(trace), View(trace, threshold=0.125, overrides=overrides)))
    names = rows(page)
    assert [name for name, _ in names] == ["#3", "#2", "#1"]
    assert names[0][1].startswith("from #2: θ 0.250 → 0.125, ‘")
    page.click(".cmp-choose.b >> nth=1")  # the row it came from is as it was
    check(compared(page), Comparison(View(trace), View(trace, threshold=0.25)))
    assert page.evaluate("window.asked") == []  # and all that without the server


def test_what_is_asked_for_is_what_the_controls_say(show):
    """Without waiting for the frame that paints it."""
    page = show(pin(make_trace()), pin(make_trace(), threshold=0.25))
    ask = """(theta) => {
      const slider = document.querySelector('.cmp-slider');
      slider.value = theta;
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      const told = document.querySelector('.cmp').compare();
      return [told.b.threshold, told.sentence, document.querySelector('.cmp-theta-value').textContent];
    }"""
    theta, sentence, painted = page.evaluate(ask, 0.95)
    assert (theta, painted) == (0.95, "0.950")
    assert sentence.startswith("θ 0.500 → 0.950")


def test_the_smallest_change_is_found_shown_and_exact(show):
    trace = make_trace(tokens=9, seed=6)
    page = show(pin(trace), pin(trace, policy="merged"))
    found = smallest_change(trace, Decision("merged"))
    page.click(".cmp-smallest")
    check(compared(page), Comparison(View(trace, "merged"), View(trace, "merged", overrides=found.flips)))
    words = page.text_content(".cmp-found")
    assert words.startswith("One flip is enough" if len(found.flips) == 1 else f"{len(found.flips)} flips are enough")
    assert "sets of" in words  # so few that all of them are tried
    assert page.locator(".cmp-chance").is_visible()


def test_where_no_flips_help_it_says_so(show):
    trace = make_trace(context=0)
    page = show(pin(trace), pin(trace, policy="merged"))
    page.click(".cmp-smallest")
    assert page.text_content(".cmp-found").startswith("No flips change the answer")
    assert not page.locator(".cmp-chance").is_visible()


@pytest.mark.parametrize(
    ("which", "numbers", "tokens"),
    [("first", (3, 0), (0, 1, 2)), ("last", (2, 0), (5, 6)), ("every", (3, 0), (0, 3, 6)), ("span", (2, 4), (1, 2, 3))],
)
def test_flows_are_forced_by_position(show, which, numbers, tokens):
    trace = make_trace(tokens=7, seed=1)
    page = show(pin(trace), pin(trace, policy="merged"))
    page.select_option(".cmp-which", which)
    page.select_option(".cmp-by", "0")
    for name, number in zip((".cmp-count", ".cmp-last"), numbers, strict=True):
        page.locator(name).evaluate("(node, value) => (node.value = value)", number)
    page.click(".cmp-apply")
    forced = View(trace, "merged", overrides=dict.fromkeys(tokens, "direct"))
    check(compared(page), Comparison(View(trace, "merged"), forced))


def test_flows_are_forced_by_word_class(show):
    words = ("The", "price", "of", "oil", ",", "50", "dollars")
    trace = changed(make_trace(tokens=7, seed=1), tokens=words)
    page = show(pin(trace), pin(trace, policy="merged"))
    page.select_option(".cmp-which", "function words")
    page.select_option(".cmp-by", "0")
    assert not page.locator(".cmp-count").is_visible()  # a class is all of its words
    page.click(".cmp-apply")
    assert of_class(trace, "function words") == (0, 2)
    forced = View(trace, "merged", overrides={0: "direct", 2: "direct"})
    check(compared(page), Comparison(View(trace, "merged"), forced))
    page.click(".cmp-apply")
    assert "Nothing changes" in page.text_content(".cmp-found")


@pytest.mark.parametrize("policy", ["merged", "direct"])
def test_the_first_what_if_changes_something(show, policy):
    trace = make_trace(tokens=7, seed=1)
    page = show(pin(trace), pin(trace, policy=policy))
    page.click(".cmp-apply")
    assert "Nothing changes" not in page.text_content(".cmp-found")
    shown = compared(page)
    assert any(row["rerouted"] for row in shown["rows"])


def test_a_flip_that_the_decision_makes_anyway_is_told(show):
    trace = make_trace(tokens=4, seed=1)
    page = show(pin(trace), pin(trace, policy="direct", overrides={1: "direct"}))
    assert "1 flip without effect" in page.inner_text(".cmp-rows tbody")


def test_context_left_unread(show):
    trace = make_trace(tokens=6, seed=3)
    page = show(pin(trace), pin(trace, policy="merged"))
    page.click(".cmp-unread summary")
    for place in (0, 2):
        page.click(f".cmp-context-word[data-s='{place}']")
    check(compared(page), Comparison(View(trace), View(trace, "merged", ignored=(0, 2))))
    assert "left unread" in page.text_content(".cmp-found")
    page.click(".cmp-read-all")
    check(compared(page), Comparison(View(trace), View(trace, "merged")))


def test_an_edited_text_is_run_and_becomes_a_row_with_its_flips(show):
    trace = make_trace(tokens=4, seed=3)
    page = show(pin(trace), pin(trace, overrides={3: "merged"}))
    page.click(".cmp-grid .dr-col[data-i='1'] .dr-tok")
    page.click(".cmp-delete")
    (request,) = asked(page, "retrace")
    assert (request["x"], request["h"], request["checkpoint"]) == ("x0 x2 x3", trace.h, "made")
    shorter = changed(make_trace(tokens=3, seed=4), x="x0 x2 x3", tokens=("x0", "x2", "x3"))
    tell(page, "retraced", {"id": request["id"], "payload": trace_payload(shorter)})
    edited = View(shorter, overrides={2: "merged"})
    check(compared(page), Comparison(View(trace, overrides={3: "merged"}), edited))
    assert rows(page)[0] == ("#3", "from #2: ‘x1’ deleted in the text")
    page.click(".cmp-grid .dr-col[data-i='0'] .dr-tok")
    page.click(".cmp-swap")
    assert asked(page, "retrace")[-1]["x"] == "x2 x0 x3"


def test_an_error_of_the_server_is_reported_and_nothing_is_lost(show):
    trace = make_trace()
    page = show(pin(trace), pin(trace, policy="soft"))
    page.fill(".cmp-text-x", " ")
    page.click(".cmp-run")
    (request,) = asked(page, "retrace")
    tell(page, "retraced", {"id": request["id"], "error": "the text is empty"})
    assert page.text_content(".cmp-status") == "No new row: the text is empty"
    check(compared(page), Comparison(View(trace), View(trace, "soft")))


def test_a_written_text_of_another_route_is_asked_for(show):
    trace = make_written()
    page = show(pin(trace), pin(trace))
    page.click(".cmp-policy[data-policy=direct]")  # the trace has this one's text
    assert compared(page)["sentence"] == Comparison(View(trace), View(trace, "direct")).sentence
    assert asked(page, "retrace") == []
    page.click(".cmp-policy[data-policy=threshold]")
    drag_to(page, 0.001)
    page.click(".cmp-grid .dr-col[data-i='0'] .cmp-flow:is(button)")
    (first,) = asked(page, "retrace")  # the newest comes when the one before it is answered
    tell(page, "retraced", {"id": first["id"], "payload": trace_payload(trace)})
    request = asked(page, "retrace")[-1]
    assert (request["policy"], request["overrides"]) == ("threshold", [[0, "direct"]])
    spec = dict(threshold=0.001, overrides={0: "direct"})
    anew = changed(trace, spec=spec, generation=vars(trace.generation) | dict(text="another text"))
    tell(page, "retraced", {"id": request["id"], "payload": trace_payload(anew)})
    assert compared(page)["sentence"].endswith("“small upturn ends” becomes “another text”.")
    assert not page.locator(".cmp-intervene").is_visible()


def test_all_routers_on_one_text(show):
    trace = make_trace(tokens=3, seed=1)
    page = show(pin(trace), pin(trace, policy="soft"))
    page.evaluate("document.addEventListener('dualroute:open', ({ detail }) => (window.opened = detail))")
    page.click(".cmp-all")
    (request,) = asked(page, "through_all")
    assert (request["x"], request["policy"]) == (trace.x, None)
    assert request["routers"] == ["made"]  # of the same task; the others when they are asked for
    own = {"checkpoint": "made", "tokens": ["x0", "x1", "x2"], "threshold": 0.5, "policy": "threshold"}
    own |= {"given": True, "reads": True}
    gates = trace_payload(changed(trace, pooling=np.asarray([0.25, 0.5, 0.75], np.float32)))["pooling"]
    other = own | {"checkpoint": "pictures", "tokens": ["x0", "x2"], "given": False, "reads": False, "threshold": 0.1}
    answer = {
        "id": request["id"],
        "rows": [own | {"gates": gates}, other | {"gates": gates}, {"checkpoint": "news", "error": "no"}],
    }
    tell(page, "routed", answer)
    assert page.locator(".cmp-heat-table tbody th span").all_text_contents() == ["News", "Made", "Pictures"]
    assert page.locator(".cmp-cell").all_text_contents() == ["25", "50", "75", "25", "50"]
    assert page.locator(".cmp-cell.reads").count() == 1  # 0.75 alone lies above θ; without a context nothing is read
    page.click(".cmp-heat-table tbody tr:nth-child(3) .cmp-cell >> nth=1")
    assert page.evaluate("window.opened") == {"checkpoint": "pictures", "x": trace.x, "h": "", "image": ""}
    page.check(".cmp-others")
    page.click(".cmp-all")
    assert asked(page, "through_all")[-1]["routers"] == ["news", "made", "pictures"]


def test_hostile_names_stay_text(show):
    made = make_trace(tokens=len(HOSTILE), context=len(HOSTILE), classes=3)
    names = {"tokens": HOSTILE, "context_tokens": HOSTILE, "labels": HOSTILE[:3], "x": HOSTILE[0], "h": HOSTILE[1]}
    spec = dict(x_name=HOSTILE[0], h_name=HOSTILE[1], checkpoint=HOSTILE[2])
    hostile = changed(made, **names, spec=spec)
    page = show(pin(hostile), pin(hostile, policy="soft"))
    page.click(".cmp-smallest")
    page.click(".cmp-unread summary")
    page.click(".cmp-context-word >> nth=0")
    assert page.locator(".cmp-context-word").all_text_contents() == list(HOSTILE)
    assert page.locator(".cmp :is(img, script, svg)").count() == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_page(show, width):
    page = show(pin(make_spans(tokens=60, seed=1)), pin(make_spans(tokens=60, seed=1), policy="soft"), width=width)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_every_button_looks_like_one(show):
    page = show(pin(make_spans(tokens=6, seed=1)))
    styles = "(nodes) => nodes.map((node) => [node.className, getComputedStyle(node).borderStyle])"
    assert [name for name, style in page.locator(".cmp-buttons button").evaluate_all(styles) if style == "none"] == []
