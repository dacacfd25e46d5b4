"""A saved file, opened from the disk with the network cut: θ, flips and hover live in it; it asks nobody anything."""

from pathlib import Path

import numpy as np
import pytest
from factories.traces import changed, make_items, make_picture, make_spans, make_trace, make_written

from dualroute.compare.views import Comparison, View
from dualroute.export.saved_views import standalone_html
from dualroute.export.trace_payload import page_policies
from dualroute.report.flow import flow_ribbons
from dualroute.trace.answers import Span

from .test_inspector import HOSTILE
from .visitor import STATE, Visitor, check_replay, check_screen, check_spans, on_page

THREE = ("direct", "context", "merged")
TRACES = {
    "two flows": make_trace(tokens=9, context=7, seed=11),
    "three flows": make_trace(tokens=8, context=6, flows=THREE, seed=12),
    "no context": make_trace(context=0, seed=13),
    "many classes": make_trace(tokens=50, context=20, classes=6, seed=14),
    "items": make_items(seed=15),
    "picture": make_picture(seed=16),
    "spans": make_spans(tokens=60, flows=THREE, seed=17),
}
ALSO_HOSTILE = ("</script><script>window.__hit=6</script>", "<!--<script>", "\u2028\u2029\\u2028 $data ${data}")
TRY_TO_LEAVE = """async () => {
  const script = document.createElement('script');
  script.textContent = 'window.__hit = 7';
  document.head.append(script);
  const image = document.createElement('img');
  image.src = 'https://example.org/evil.png';
  document.body.append(image);
  return fetch('https://example.org/').then(() => 'fetched', () => 'refused');
}"""


@pytest.fixture
def open_saved(browser, tmp_path):
    """A function that saves views, opens the file without a network, and returns the one who looks at it."""
    opened = []

    def open_file(*views, allowed=(), **options) -> Visitor:
        path = tmp_path / "saved.html"
        path.write_text(standalone_html(views, **options), encoding="utf-8")
        visitor = Visitor(browser, "", start="about:blank")
        visitor.context.set_offline(True)
        visitor.page.goto(path.as_uri())
        visitor.page.wait_for_selector(".dr[data-ready]")
        opened.append((visitor, path, allowed))
        return visitor

    yield open_file
    for visitor, path, allowed in opened:
        assert visitor.page.evaluate("window.__hit") is None
        problems = [p for p in visitor.problems if not any(word in p for word in allowed)]
        asked = [url for url in visitor.requests if not url.endswith(path.as_uri()) and " blob:" not in url]
        visitor.close()
        assert problems == []
        assert allowed or asked == []


def random_decisions(trace, draw):
    """Policies in turn, each with a θ of its own and a few tokens to flip."""
    for policy in page_policies(trace.flows):
        yield policy, float(draw.uniform()), draw.choice(len(trace.tokens), 2, replace=False).tolist()


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_every_decision_has_pythons_outcome(open_saved, trace):
    visitor, check = open_saved(View(trace)), check_spans if isinstance(trace.answer, Span) else check_replay
    for policy, theta, tokens in random_decisions(trace, np.random.default_rng(0)):
        visitor.policy(policy)
        check(state_of(visitor, trace), trace)
        if "threshold" in policy:
            assert visitor.drag_to(theta)["theta"] == pytest.approx(theta, abs=1e-3)
            check(state_of(visitor, trace), trace)
        for token in tokens:
            if visitor.page.locator(f".dr-x .dr-col[data-i='{token}'] .dr-flow").count():  # else on another page
                visitor.flip(token)
                check(state_of(visitor, trace), trace)


def state_of(visitor, trace) -> dict:
    if not isinstance(trace.answer, Span):
        return visitor.state()
    return visitor.page.evaluate(SPAN_STATE)


SPAN_STATE = f"""() => {{
  const shown = ({STATE})(), {{ outcome, payload }} = document.querySelector('.dr').inspect();
  const T = payload.tokens.length, best = outcome.best;
  return {{ ...shown, span: [Math.floor(best / T), best % T], text: payload.nameOf(best),
            probability: payload.probOf(outcome, best) }};
}}"""


def test_it_opens_with_the_decision_it_was_saved_with(open_saved):
    trace = TRACES["two flows"]
    visitor = open_saved(View(trace, "weighted_threshold", 0.25, {3: "direct", 4: "merged"}))
    shown = visitor.state()
    assert (shown["policy"], shown["theta"], shown["overrides"]) == ("weighted_threshold", 0.25, [[3, 0], [4, 1]])
    check_screen(visitor, trace)
    assert visitor.texts(".saved-input span") == [trace.x, trace.h]


def test_two_views_live_beside_each_other(open_saved):
    a, b = TRACES["two flows"], TRACES["three flows"]
    visitor = open_saved(View(a), View(b, threshold=0.1))
    assert visitor.texts(".saved-name") == ["A and B compared", "A", "B"]
    visitor.page.click(".saved:nth-child(4) .dr-policy[data-policy=select]")
    one_of = STATE.replace("querySelector('.dr')", "querySelectorAll('.dr:not(.cmp)')[{}]")
    states = [visitor.page.evaluate(one_of.replace("{}", str(place))) for place in (0, 1)]
    assert [state["policy"] for state in states] == ["threshold", "select"]
    check_replay(states[0], a)
    check_replay(states[1], b)
    ids = visitor.page.locator("[id]").evaluate_all("(nodes) => nodes.map((n) => n.id)")
    assert len(set(ids)) == len(ids)


def test_the_comparison_of_two_views_lives_in_the_file(open_saved):
    trace = TRACES["many classes"]
    visitor = open_saved(View(trace, threshold=0.7), View(trace, "soft", overrides={2: "direct"}))
    check_comparison(visitor, Comparison(View(trace, threshold=0.7), View(trace, "soft", overrides={2: "direct"})))
    visitor.page.click(".cmp-policy[data-policy=threshold]")
    visitor.page.locator(".cmp-slider").evaluate("(n) => { n.value = 0.2; n.dispatchEvent(new Event('input')); }")
    visitor.page.wait_for_selector(".cmp-theta-value:text('0.200')")
    check_comparison(
        visitor, Comparison(View(trace, threshold=0.7), View(trace, threshold=0.2, overrides={2: "direct"}))
    )
    assert not visitor.page.locator(".cmp-run, .cmp-all, .cmp-html").first.is_visible()


def check_comparison(visitor, expected: Comparison) -> None:
    visitor.page.wait_for_selector(".cmp[data-shown]")
    assert visitor.texts(".cmp-sentence") == [expected.sentence]
    shown = visitor.page.evaluate("document.querySelector('.cmp').compare().pins.map((pin) => pin.view.policy)")
    assert shown == [expected.a.outcome.policy, expected.b.outcome.policy]
    cells = visitor.texts(".cmp-answers tbody td")
    change = {name: 100 * (b - a) for name, (a, b) in expected.answers.items()}
    for row, name in enumerate(visitor.texts(".cmp-answers tbody th")):
        said = float(cells[3 * row + 2].split()[0].replace("−", "-").strip("+"))
        assert said == pytest.approx(change[name], abs=0.06)


def test_hover_and_selection_say_the_numbers(open_saved):
    trace = TRACES["two flows"]
    visitor = open_saved(View(trace))
    word = visitor.page.locator(".dr-x .dr-col[data-i='2'] .dr-tok")
    assert f"gate {trace.gates[2]:.3f}" in word.get_attribute("title")
    word.click()
    assert trace.tokens[2] in visitor.texts(".dr-detail")[0]


def test_stored_attributions_are_shown_and_go_stale_in_words(open_saved, examples):
    example = examples[0]
    visitor = open_saved(View(example.trace), attributions=[(example.prediction, example.gate)])
    visitor.attributed()
    cells = visitor.page.locator(".dr-x .dr-col[data-i] > .pushed").evaluate_all("(nodes) => nodes.map((n) => n.title)")
    shown = [float(cell.replace("−", "-")) for cell in cells]
    np.testing.assert_allclose(shown, example.prediction.scores, atol=6e-4)  # three digits are shown
    assert visitor.page.locator(".saved-note").first.is_hidden()
    visitor.policy("direct")
    assert "no server" in visitor.page.locator(".saved-note").first.inner_text()
    assert visitor.page.locator(".dr-again, .dr-link").evaluate_all("(all) => all.every((n) => !n.offsetParent)")


def test_what_needs_a_server_says_so(open_saved):
    visitor = open_saved(View(TRACES["two flows"]))
    assert visitor.page.locator(".dr-html").is_hidden()
    visitor.page.wait_for_selector(".dr[data-attribution=failed]")
    assert "No attributions: a saved view has no server" in visitor.texts(".dr-attr-status")[0]


def test_a_written_text_is_not_written_anew(open_saved):
    visitor = open_saved(View(make_written()))
    visitor.policy("direct")
    visitor.page.wait_for_function(
        "() => document.querySelector('.dr-rewrite-status').textContent.includes('no server')"
    )
    assert "another route" in visitor.texts(".dr-rewrite-status")[0]


def test_the_flow_picture_is_drawn_from_the_file(open_saved):
    visitor = open_saved(View(TRACES["two flows"]))
    assert "differs" not in visitor.texts(".dr-sum")[0]
    visitor.flip(1)
    check_replay(visitor.state(), TRACES["two flows"])
    flipped = {t: TRACES["two flows"].flows[flow] for t, flow in visitor.state()["overrides"]}
    outcome = TRACES["two flows"].replay(overrides=flipped)
    ribbons = flow_ribbons(TRACES["two flows"], outcome, outcome.label_index)
    assert visitor.page.locator(".dr-flow-ribbon").count() == len(ribbons)


def test_hostile_text_stays_text(open_saved):
    names = HOSTILE + ALSO_HOSTILE
    made = make_trace(tokens=len(names), context=len(names), classes=3)
    parts = {"tokens": names, "context_tokens": names, "labels": names[:3], "notes": names}
    spec = dict(x_name=names[0], h_name=names[1])
    visitor = open_saved(View(changed(made, x=names[6], h=names[8], spec=spec, **parts)))
    assert visitor.texts(".dr-x button.dr-tok") == on_page(names)
    assert visitor.texts(".saved-input span") == [names[6], names[8]]
    visitor.page.locator(".dr-plot").scroll_into_view_if_needed()
    visitor.page.wait_for_selector(".dr-flow-ribbon")
    visitor.flip(0)
    assert visitor.page.locator(".saved :is(img[src], script, iframe)").count() == 0


def test_nothing_can_leave_the_file(open_saved):
    visitor = open_saved(View(TRACES["two flows"]), allowed=("Content Security Policy", "example.org"))
    assert visitor.page.evaluate(TRY_TO_LEAVE) == "refused"
    visitor.page.wait_for_timeout(200)
    assert visitor.page.evaluate("window.__hit") is None
    assert sum("Content Security Policy" in problem for problem in visitor.problems) >= 3


def test_it_follows_the_readers_light(open_saved):
    visitor = open_saved(View(TRACES["two flows"]))
    for scheme, colour in (("dark", "rgb(15, 19, 26)"), ("light", "rgb(255, 255, 255)")):
        visitor.page.emulate_media(color_scheme=scheme)
        now = "(colour) => getComputedStyle(document.body).backgroundColor === colour"
        visitor.page.wait_for_function(now, arg=colour)


def test_it_is_whole_on_a_phone(open_saved):
    visitor = open_saved(View(TRACES["two flows"]))
    visitor.page.set_viewport_size({"width": 390, "height": 800})
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= 390")


def test_the_file_is_what_python_wrote(tmp_path):
    """`Trace.to_html` and the function behind it are one."""
    trace = TRACES["two flows"]
    path = Path(tmp_path / "x.html")
    path.write_text(trace.to_html(), encoding="utf-8")
    assert path.read_text("utf-8") == standalone_html([View(trace)])
