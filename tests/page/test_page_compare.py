"""Tab "Compare" in the page: never empty, takes pins, runs other words, and leads back to Inspect."""

import csv

import pytest

from dualroute.compare.views import Comparison, View

from .test_page_layout import SIZES, brightness, cut_off
from .visitor import Visitor

COMPARED = "document.querySelector('.cmp').compare()"


def open_tab(visitor: Visitor, name: str = "Compare") -> None:
    visitor.open(name)
    if name == "Compare":
        visitor.page.wait_for_selector(".cmp[data-shown]")


def says(visitor: Visitor, sentence: str) -> None:
    has = "(text) => document.querySelector('.cmp-sentence').textContent === text"
    visitor.page.wait_for_function(has, arg=sentence)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_tab_is_never_empty_fits_and_is_pictured(visit, artifacts, examples, size, theme):
    width, height = SIZES[size]
    visitor = visit(width=width, height=height, theme=theme)
    open_tab(visitor)
    trace = examples[0].trace
    says(visitor, Comparison(View(trace), View(trace, "direct")).sentence)
    assert visitor.texts(".cmp-state")[0].startswith("Nothing is pinned yet.")
    for step in (None, ".cmp-smallest", ".cmp-all"):
        if step:
            visitor.page.click(step)
    visitor.page.wait_for_selector(".cmp-heat-table")
    assert visitor.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    assert cut_off(visitor) == []
    paper = brightness(visitor, "gradio-app", "backgroundColor")
    assert abs(paper - brightness(visitor, ".cmp-sentence", "color")) > 120
    visitor.page.evaluate("scrollTo(0, 0)")
    visitor.page.screenshot(path=artifacts / f"compare-{size}-{theme}.png", full_page=True)


def test_nothing_is_asked_and_nothing_is_drawn_before_it_is_needed(visitor):
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.page.locator(".cmp-grid > *").count() == 0
    before = len(visitor.runs)
    open_tab(visitor)
    visitor.page.click(".cmp-policy[data-policy=soft]")
    visitor.page.click(".cmp-smallest")
    assert len(visitor.runs) == before


def test_a_pin_is_a_and_what_inspect_shows_next_is_b(visitor, examples):
    trace = examples[0].trace
    visitor.page.click(".dr-pin")
    visitor.drag_to(0.125)
    flipped = visitor.flip(1)["overrides"]
    open_tab(visitor)
    now = View(trace, threshold=0.125, overrides={t: trace.flows[flow] for t, flow in flipped})
    says(visitor, Comparison(View(trace), now).sentence)
    open_tab(visitor, "Inspect")
    visitor.page.click(".dr-pin")
    visitor.policy("soft")
    open_tab(visitor)
    says(visitor, Comparison(View(trace), now).sentence)  # the second pin is B, whatever Inspect shows
    assert visitor.texts(".cmp-rows tbody th") == ["#2", "#1", "Inspect"]


def test_other_words_are_run_and_open_in_inspect(visitor, router, examples):
    trace = examples[0].trace
    open_tab(visitor)
    visitor.page.fill(".cmp-text-x", f"{trace.x} again")
    visitor.page.click(".cmp-run")
    edited = router.trace(f"{trace.x} again", trace.h, policy="direct")
    says(visitor, Comparison(View(trace, "direct"), View(edited)).sentence)
    assert visitor.texts(".cmp-from")[0] == f"from without context: ‘again’ added in the {trace.segment.name}"
    with visitor.page.expect_download() as download:
        visitor.page.click(".cmp-csv")
    rows = list(csv.DictReader(download.value.path().read_text("utf-8").splitlines()))
    assert [row["flow_b"] for row in rows if row["token_b"]] == ["direct"] * len(edited.tokens)
    visitor.page.click(".cmp-action >> nth=0")
    visitor.page.wait_for_function(
        "(x) => document.querySelector('.dr').inspect().payload.x === x", arg=f"{trace.x} again"
    )
    assert visitor.state()["policy"] == "direct"
    assert visitor.page.locator("#inspector").is_visible()


def test_a_cell_of_the_heat_map_opens_that_router(visitor):
    open_tab(visitor)
    visitor.page.check(".cmp-others")
    visitor.page.click(".cmp-all")
    visitor.page.click(".cmp-cell[title^='support__three-flows'] >> nth=0")
    opened = "() => document.querySelector('.dr').inspect().payload.checkpoint === 'support__three-flows'"
    visitor.page.wait_for_function(opened)
    open_tab(visitor)
    visitor.page.wait_for_function(f"() => {COMPARED}?.a.checkpoint === 'support__three-flows'")


def test_what_the_server_refuses_is_reported(visitor):
    open_tab(visitor)
    visitor.page.fill(".cmp-text-x", " ")
    visitor.page.click(".cmp-run")
    visitor.page.wait_for_function("() => document.querySelector('.cmp-status').textContent.startsWith('No new row: ')")
    assert visitor.texts(".cmp-rows tbody th") == ["Inspect", "without context"]
