"""The inspector for every kind of answer and context, on made traces: spans, items, pictures, written texts."""

from functools import partial

import pytest
from factories.traces import make_items, make_picture, make_spans, make_written

from dualroute.export.trace_payload import trace_payload

from .alone import asked, tell
from .visitor import STATE, check_spans

SHOWN_SPAN = """() => {
  const { view, outcome, payload } = document.querySelector('.dr').inspect();
  const marked = [...document.querySelectorAll('.dr-word.routed')].map((word) => +word.dataset.t);
  return { ...view, logits: [...outcome.logits], rho: [...outcome.rho], tie: outcome.tie,
           span: [marked[0], marked.at(-1)], text: payload.nameOf(outcome.best), count: marked.length,
           probability: payload.probOf(outcome, outcome.best) };
}"""
FORGED = (
    "http://localhost/evil.png",
    "javascript:window.__hit=1",
    "data:text/html;base64,PHNjcmlwdD4=",
    "data:image/svg+xml;base64,PHN2Zz4=",
    'data:image/png;base64,AAAA" onerror="window.__hit=1',
)


@pytest.fixture
def show(mount):
    """`mount` without the flow picture, in a small window: both take long to draw."""
    return partial(mount, height=900)


def drag(page, theta: float) -> None:
    page.evaluate(
        """(theta) => new Promise((done) => {
          const slider = document.querySelector('.dr-slider');
          slider.value = theta;
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          requestAnimationFrame(done);
        })""",
        theta,
    )


def let_go(page) -> None:
    page.evaluate("document.querySelector('.dr-slider').dispatchEvent(new Event('change', { bubbles: true }))")


def text(page, selector: str) -> str:
    return page.locator(selector).first.text_content()


@pytest.mark.parametrize("tokens", [9, 130])
def test_a_span_is_marked_where_it_stands_and_follows(show, tokens):
    trace = make_spans(tokens=tokens, context=4, seed=7)
    page = show(trace)
    for theta in (0, 0.31, 0.77):
        drag(page, theta)
        shown = page.evaluate(SHOWN_SPAN)
        check_spans(shown, trace)
        assert shown["count"] == shown["span"][1] - shown["span"][0] + 1
        assert f"says “{shown['text'][:70]}" in text(page, ".dr-sentence")
    flipped = tokens - 1
    page.click(f".dr-word[data-t='{flipped}']")
    page.click(f".dr-x .dr-col[data-i='{flipped}'] .dr-flow")
    shown = page.evaluate(SHOWN_SPAN)
    assert [token for token, _ in shown["overrides"]] == [flipped]
    check_spans(shown, trace)


def test_answers_of_all_flows_stand_in_the_table(show):
    trace = make_spans(tokens=20, seed=3)
    page = show(trace)
    names = page.locator(".dr-label").all_text_contents()
    assert len(names) == 6
    for policy in ("threshold", "direct", "merged"):
        assert trace.replay(policy).label in names
    assert "others" in text(page, ".dr-rest")
    page.click(".dr-label >> nth=2")
    assert "adds to the answer" in page.locator(".dr-h .dr-head > *").all_text_contents()
    assert {"score to start", "score to end"} <= set(page.locator(".dr-x .dr-head > *").all_text_contents())
    assert asked(page, "attribute")[0]["label"] == "-".join(map(str, trace.replay().span))


def test_a_long_passage_is_turned_in_pages(show):
    trace = make_spans(tokens=130, seed=2)
    page = show(trace)
    columns = page.locator(".dr-x .dr-col[data-i]")
    assert columns.count() == 40
    assert page.locator(".dr-word").count() == 130
    assert "".join(page.locator(".dr-passage > *").all_text_contents()) == trace.x
    page.click(".dr-page >> nth=3")
    assert columns.count() == 10
    assert page.get_attribute(".dr-x .dr-col[data-i]", "data-i") == "120"
    page.click(".dr-word[data-t='45']")
    assert page.evaluate(STATE)["token"] == 45
    assert page.locator(".dr-x .dr-col.sel").get_attribute("data-i") == "45"


@pytest.mark.parametrize("width", [1280, 390])
def test_names_of_items_are_whole(show, width):
    trace = make_items(seed=1)
    page = show(trace)
    page.set_viewport_size({"width": width, "height": 2000})
    names = page.locator(".dr-h .dr-col:not(.dr-head) .dr-tok")
    assert tuple(names.all_text_contents()) == trace.context_tokens
    fits = "(nodes) => nodes.every((n) => n.scrollWidth <= n.clientWidth + 1 && n.scrollHeight <= n.clientHeight + 1)"
    assert names.evaluate_all(fits)
    left = names.evaluate_all("(nodes) => nodes.map((n) => n.getBoundingClientRect().top)")
    assert left == sorted(left)
    assert len(set(left)) == len(left)


def test_patches_lie_over_the_picture_and_tell_their_numbers(show):
    trace = make_picture(side=4, tokens=3, seed=5)
    page = show(trace)
    assert page.get_attribute(".dr-frame img", "src") == trace.image
    patches = page.locator(".dr-patch")
    assert patches.count() == 16
    page.click(".dr-policy[data-policy=merged]")
    outcome = trace.replay("merged")
    page.focus(".dr-patch")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    added = outcome.rho @ trace.context_contributions[:, 5, outcome.label_index]
    assert f"adds {added:+.3f}".replace("-", "−") in text(page, ".dr-patch-words")
    assert text(page, ".dr-patch-words").startswith("row 2, column 2")
    page.click("[data-mode=gain]")
    negative = patches.evaluate_all("(nodes) => nodes.map((node) => node.classList.contains('neg'))")
    gains = (outcome.rho[:, None] * trace.context_contributions[:, :, outcome.label_index]).sum(0)
    assert negative == (gains < 0).tolist()
    page.click(".dr-x .dr-col[data-i='1'] .dr-tok")
    page.hover(".dr-patch >> nth=5")
    assert "read by “x1”" in text(page, ".dr-patch-words")


@pytest.mark.parametrize("address", FORGED)
def test_only_a_png_is_taken_for_a_picture(show, address):
    trace = make_picture(side=2, tokens=2)
    page = show(trace, value=trace_payload(trace) | {"image": address})
    page.wait_for_timeout(100)
    assert page.locator(".dr-frame img").count() == 0


def test_no_picture_is_nothing_to_read(show):
    trace = make_picture(side=0, tokens=3)
    page = show(trace, value=trace_payload(trace) | {"image": ""})
    assert "no picture" in text(page, ".dr-sentence")
    assert page.locator(".dr-pictured").is_hidden()


def test_a_written_piece_shows_where_it_looked(show):
    trace = make_written()
    page = show(trace)
    cards = page.locator(".dr-card-text").all_text_contents()
    assert cards[1:] == ["small rise", "small upturn ends early"]
    page.click(".dr-piece >> nth=2")
    looked = page.locator(".dr-x .dr-bar.looked").evaluate_all("(nodes) => nodes.map((node) => node.title)")
    expected = [f"{100 * share:.0f}%" for share in trace.generation.attention[2]]
    assert [title.replace("<1", "0") for title in looked] == expected
    assert f"{100 * trace.generation.copied[2]:.0f}% of it copied" in text(page, ".dr-piece-words")
    for hidden in (".dr-outcome", ".dr-plot", ".dr-strip", ".dr-h"):
        assert page.locator(hidden).first.is_hidden()


def test_a_change_of_route_has_the_text_written_anew(show):
    trace = make_written()
    page = show(trace)
    drag(page, 0.1)
    assert asked(page, "rewrite") == []  # not while it is dragged
    let_go(page)
    (first,) = asked(page, "rewrite")
    assert (first["threshold"], first["x"], first["policy"]) == (0.1, trace.x, "threshold")
    assert page.locator(".dr-written.waiting").count() == 1
    page.click(".dr-policy[data-policy=soft]")
    page.click(".dr-policy[data-policy=merged]")
    assert len(asked(page, "rewrite")) == 1  # one at a time
    answer = trace_payload(trace)
    tell(
        page,
        "rewritten",
        answer | {"id": first["id"], "written": answer["written"] | {"text": "old", "tokens": ["old"]}},
    )
    assert page.locator(".dr-written.waiting").count() == 1  # an answer to a question that is no longer asked
    second = asked(page, "rewrite")[1]
    assert second["policy"] == "merged"
    tell(page, "rewritten", answer | {"id": second["id"], "written": answer["written"] | {"text": "new text"}})
    assert page.locator(".dr-written.waiting").count() == 0
    assert "writes “new text”" in text(page, ".dr-sentence")


def test_a_text_that_could_not_be_written_is_asked_for_again(show):
    trace = make_written()
    page = show(trace)
    page.click(".dr-policy[data-policy=soft]")
    (first,) = asked(page, "rewrite")
    tell(page, "rewritten", {"id": first["id"], "key": first["key"], "error": "the queue is full <b>"})
    assert "the queue is full <b>" in text(page, ".dr-rewrite-status")
    assert page.locator(".dr-written.waiting").count() == 1
    page.click(".dr-rewrite")
    assert [request["policy"] for request in asked(page, "rewrite")] == ["soft", "soft"]


def test_an_attribution_that_failed_is_reported_and_asked_for_again(show):
    page = show(make_spans())
    (first,) = asked(page, "attribute")
    tell(page, "attribution", {"id": first["id"], "key": first["key"], "error": "something went wrong"})
    assert "something went wrong" in text(page, ".dr-attr-status")
    page.click(".dr-again")
    assert len(asked(page, "attribute")) == 2
    assert "Computing" in text(page, ".dr-attr-status")


def test_attributions_of_inputs_that_left_the_screen_are_not_computed(show):
    page = show(make_spans())
    first = asked(page, "attribute")[0]
    for seed in (1, 2):
        tell(page, "value", trace_payload(make_spans(seed=seed, tokens=10 + seed)))
    assert len(asked(page, "attribute")) == 1
    tell(page, "attribution", {"id": first["id"], "key": first["key"], "error": "too late"})
    requests = asked(page, "attribute")
    assert len(requests) == 2
    assert requests[1]["x"] == make_spans(seed=2, tokens=12).x
    assert "Computing" in text(page, ".dr-attr-status")
