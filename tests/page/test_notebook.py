"""A trace as a notebook shows it: its HTML put into somebody else's page, between other styles and scripts."""

import pytest
from factories.traces import make_trace

from dualroute.compare.views import Comparison, View

from .serving import PATIENCE
from .visitor import STATE, check_replay

TRACE = make_trace(tokens=7, context=5, seed=21)
NOTEBOOK = "http://localhost/notebook"
# A page with styles and names that would break the inspector, were it not apart from them.
PAGE = """<!doctype html><meta charset="utf-8"><title>notebook</title>
<style>* { color: red !important } .dr, .dr-grid { display: none } button { visibility: hidden }</style>
<script>const views = 'taken', inspector = 'taken';</script>
<div class="jp-OutputArea">{}</div>"""


@pytest.fixture
def notebook(browser):
    """A function that shows what a notebook would: the HTML of a record, as output of a cell."""
    page, problems = browser.new_page(), []
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))
    page.on("request", lambda request: request.url != NOTEBOOK and problems.append(request.url))

    def show(html: str):
        body = PAGE.replace("{}", html)
        page.route(NOTEBOOK, lambda route: route.fulfill(body=body, content_type="text/html"))
        page.goto(NOTEBOOK)
        frame = page.query_selector("iframe").content_frame()
        frame.wait_for_selector(".dr[data-ready]")
        return frame

    yield show
    page.close()
    assert problems == []


def test_it_lives_in_the_cell_and_has_pythons_outcome(notebook):
    frame = notebook(TRACE._repr_html_())
    check_replay(frame.evaluate(STATE), TRACE)
    frame.click(".dr-policy[data-policy=soft]")
    frame.click(".dr-x .dr-col[data-i='3'] .dr-flow")
    shown = frame.evaluate(STATE)
    assert (shown["policy"], len(shown["overrides"])) == ("soft", 1)
    check_replay(shown, TRACE)


def test_the_pages_styles_do_not_reach_it_nor_its_own_the_page(notebook):
    frame = notebook(TRACE._repr_html_() + "<p id='after'>after</p>")
    assert frame.locator(".dr-sentence").evaluate("(node) => getComputedStyle(node).color") != "rgb(255, 0, 0)"
    assert frame.locator(".dr-policy").first.is_visible()
    box = "(node) => getComputedStyle(node).maxWidth"
    assert frame.page.locator("body").evaluate(box) == "none"


def test_it_cannot_reach_the_notebook(notebook):
    frame = notebook(TRACE._repr_html_())
    reach = "() => { try { return parent.document.title; } catch { return 'refused'; } }"
    assert frame.evaluate(reach) == "refused"


def test_it_is_small_and_draws_the_flow_picture(notebook):
    assert len(TRACE._repr_html_()) < 250_000
    frame = notebook(TRACE._repr_html_())
    assert frame.locator(".dr-flow-ribbon").count() > 3


def test_a_comparison_shows_itself(notebook):
    pair = Comparison(View(TRACE), View(TRACE, "direct"))
    frame = notebook(pair._repr_html_())
    frame.wait_for_selector(".cmp[data-shown]")
    assert frame.locator(".cmp-sentence").text_content() == pair.sentence
    assert len(pair._repr_html_()) < 400_000


def test_two_cells_do_not_disturb_each_other(notebook):
    other = make_trace(tokens=4, context=3, seed=22)
    frame = notebook(TRACE._repr_html_() + other._repr_html_())
    frames = frame.page.frames[1:]
    frames[1].wait_for_selector(".dr[data-ready]")
    frames[0].click(".dr-policy[data-policy=merged]")
    check_replay(frames[0].evaluate(STATE), TRACE)
    check_replay(frames[1].evaluate(STATE), other)
