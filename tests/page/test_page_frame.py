"""The frame around the tabs: what matters is in the first window, what is cut says so, a choice ends a run."""

import pytest

from dualroute.app.catalogue import load_catalogue
from dualroute.export.trace_payload import trace_key

CATALOGUE = load_catalogue()
OTHER = "sentiment"
# The height at which an element begins, of the whole page.
TOP = "(node) => node.getBoundingClientRect().top + scrollY"
FADED = "(node) => getComputedStyle(node).maskImage !== 'none' && getComputedStyle(node).maskSize === '100% 100%'"


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_words_answer_and_slider_stand_in_the_first_window(visit, width, height):
    page = visit(width=width, height=height).page
    bottom = "(node) => node.getBoundingClientRect().bottom + scrollY"
    for part in (".dr-tile >> nth=0", ".dr-sentence", ".dr-slider"):
        assert page.locator(part).evaluate(bottom) < height, part
    assert page.locator(".dr-question").is_visible()
    assert page.locator("h1, .dr h2").all_text_contents()[:2] == ["DualRoute Explorer", CATALOGUE["news"].task.question]


def test_the_tour_stands_beside_the_title(visitor):
    tour, title = (visitor.page.locator(name).bounding_box() for name in (".dr-tour-start", "#intro"))
    assert tour["x"] >= title["x"] + title["width"]
    assert tour["y"] < title["y"] + title["height"]


@pytest.mark.skipif(OTHER not in CATALOGUE, reason=f"no checkpoint of {OTHER} is shipped")
def test_a_choice_of_task_ends_a_run_under_way(visitor):
    first = CATALOGUE[OTHER].examples[0].trace
    visitor.write("#x textarea", "goal " * 10_000)
    visitor.page.click("#run")
    visitor.page.select_option("#task", OTHER)
    visitor.page.wait_for_selector(f".dr[data-ready='{trace_key(first)}']")
    visitor.page.wait_for_timeout(3000)  # in which the answer to the run would come
    assert visitor.state()["key"] == trace_key(first)
    assert visitor.page.input_value("#x textarea") == first.x


def test_a_text_that_was_not_routed_yet_is_reported(visitor):
    told, before = visitor.page.locator(".dr-unrouted"), visitor.page.input_value("#x textarea")
    assert told.is_hidden()
    visitor.write("#x textarea", "Another title")
    assert told.is_visible()
    visitor.write("#x textarea", before)  # as it is shown: nothing to tell
    assert told.is_hidden()
    visitor.write("#h textarea", "")
    assert told.is_visible()
    visitor.page.click("#run")
    told.wait_for(state="hidden")
    assert visitor.state()["contextTokens"] == []


def test_what_is_cut_at_the_right_fades_until_its_end_is_seen(visit):
    visitor = visit(width=390, height=844)
    visitor.open("Results")
    table = visitor.page.locator(".rp-scroll").first
    table.wait_for()
    assert table.evaluate(FADED)
    left = table.evaluate("(node) => node.getBoundingClientRect().left")
    table.evaluate("(node) => { node.scrollLeft = node.scrollWidth; }")
    visitor.page.wait_for_function(f"!({FADED})(document.querySelector('.rp-scroll'))")
    first = table.locator("tbody th").first
    assert first.evaluate("(node) => node.getBoundingClientRect().left") == pytest.approx(left, abs=1)  # it stays


def test_what_fits_does_not_fade(visitor):
    grid = visitor.page.locator(".dr-x")
    assert grid.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    assert not grid.evaluate(FADED)


def test_the_overview_fits_a_desk(visitor):
    visitor.open("Results")
    table = visitor.page.locator(".rp-scroll").first
    table.wait_for()
    assert table.evaluate("(node) => node.scrollWidth - node.clientWidth") <= 0


def test_best_answers_are_whole_on_a_phone(visit):
    visitor = visit(width=390, height=844)
    right = "(node) => node.getBoundingClientRect().right"
    cut = f"(nodes) => nodes.filter((node) => ({right})(node) > ({right})(node.parentNode)).length"
    best = visitor.page.locator(".dr-outcome td.best span")
    assert best.count() == 3
    assert best.evaluate_all(cut) == 0


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_two_examples_have_one_name(name):
    captions = CATALOGUE[name].captions
    assert len(set(captions)) == len(captions)
