"""Tab "Results" in the browser: it fills when opened, draws its figures, fits a phone, and a link leads to it."""

import json

import pytest

from dualroute.paths import assets_dir
from dualroute.report.results import default_entry, shown

from .test_page_layout import SIZES, brightness, cut_off
from .visitor import Visitor

NEWS = json.loads((assets_dir() / "results" / "news.json").read_text(encoding="utf-8"))


def open_tab(visitor: Visitor, name: str = "overview") -> None:
    visitor.open("Results")
    filled(visitor, name)


def filled(visitor: Visitor, name: str) -> None:
    visitor.page.wait_for_selector(f".rp[data-shown='{name}']")


def draw_all(visitor: Visitor) -> None:
    """Figures are drawn where they are seen."""
    for plot in visitor.page.locator(".rp-plot").all():
        plot.scroll_into_view_if_needed()
        visitor.page.wait_for_function("(node) => node.dataset.drawn", arg=plot.element_handle(), polling=100)


def choose(visitor: Visitor, title: str, name: str) -> None:
    visitor.page.click("#result input")
    visitor.page.get_by_role("option", name=title, exact=True).click()
    filled(visitor, name)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_tab_opens_fits_and_is_pictured(visit, artifacts, size, theme):
    width, height = SIZES[size]
    visitor = visit(width=width, height=height, theme=theme)
    open_tab(visitor)
    for title, name in ((None, "overview"), ("News topic", "news")):
        if title:
            choose(visitor, title, name)
        draw_all(visitor)
        outside = "() => document.documentElement.scrollWidth - innerWidth"
        assert visitor.page.evaluate(outside) <= 0
        assert cut_off(visitor) == []
        visitor.page.evaluate("scrollTo(0, 0)")
        visitor.page.screenshot(path=artifacts / f"results-{name}-{size}-{theme}.png", full_page=True)
    paper = brightness(visitor, "gradio-app", "backgroundColor")
    ink = brightness(visitor, ".rp-plot .xtitle", "fill")
    assert abs(paper - ink) > 120  # the figure's text takes the page's colour


def test_nothing_is_asked_before_the_tab_is_opened(visitor):
    visitor.page.wait_for_load_state("networkidle")
    before = len(visitor.runs)
    assert visitor.page.locator(".rp table").count() == 0
    open_tab(visitor)
    assert len(visitor.runs) == before + 1


def test_a_checkpoint_shows_its_numbers_and_its_card(visitor):
    open_tab(visitor)
    choose(visitor, "News topic", "news")
    value = shown("accuracy", default_entry(NEWS)["accuracy"])
    assert value in visitor.texts(".rp-reading")[0]
    assert value in visitor.texts(".rp-strong")[0]
    assert "python -m dualroute train news" in visitor.texts("#card")[0]
    draw_all(visitor)
    curve = "(node) => node.data.find((trace) => trace.name === 'routed').y.length"
    assert visitor.page.locator(".rp-plot").first.evaluate(curve) == len(NEWS["thresholds"])


def test_a_link_leads_to_a_result_and_the_way_back_leaves_the_address(visit, server):
    visitor = visit(start=f"{server.url}/?tab=results&result=gate_recovery")
    filled(visitor, "gate_recovery")
    assert not visitor.page.locator("#card").is_visible()
    choose(visitor, "News topic", "news")
    visitor.page.wait_for_function("() => location.search.includes('result=news')")
    visitor.page.get_by_role("tab", name="Inspect").click()
    visitor.page.wait_for_function("() => !location.search.includes('result')")
    visitor.page.wait_for_selector(".dr[data-ready]")


def test_a_link_to_what_is_not_there_shows_the_overview(visit, server):
    visitor = visit(start=f"{server.url}/?tab=results&result=nothing")
    filled(visitor, "overview")
