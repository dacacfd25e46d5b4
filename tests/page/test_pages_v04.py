"""HTML files that version 0.4 saved still open from a disk, without a network, and answer θ."""

import json
from pathlib import Path

import pytest

from dualroute.tasks import get_task
from dualroute.trace.record import Trace

from .visitor import Visitor, check_replay

FIXTURES = Path(__file__).parents[1] / "fixtures" / "v04"


@pytest.fixture
def open_page(browser):
    """A function that opens a saved file offline; nothing may go wrong in it."""
    visitors = []

    def open_file(name: str, ready: str) -> Visitor:
        visitor = Visitor(browser, "", start="about:blank")
        visitor.context.set_offline(True)
        visitor.page.goto((FIXTURES / "pages" / f"{name}.html").as_uri())
        visitor.page.wait_for_selector(ready)
        visitors.append(visitor)
        return visitor

    yield open_file
    problems = [problem for visitor in visitors for problem in visitor.problems]
    for visitor in visitors:
        visitor.close()
    assert problems == []


def test_a_saved_view_opens_and_replays(open_page):
    visitor = open_page("view", ".dr[data-ready]")
    record = json.loads((FIXTURES / "traces" / "news-0.json").read_text(encoding="utf-8"))
    trace = Trace.from_dict(record["trace"])
    assert trace.x == get_task("news").demos[0][0]
    for theta in (0.1, 0.41, 0.9):
        check_replay(visitor.drag_to(theta), trace)


def test_a_saved_comparison_opens(open_page):
    visitor = open_page("comparison", ".dr[data-ready]")
    assert visitor.page.locator(".cmp-sentence").inner_text().startswith("threshold at θ 0.41 → direct")


def test_saved_thresholds_open(open_page):
    visitor = open_page("thresholds", "[data-ready]")
    assert "tokens" in visitor.page.locator("body").inner_text()
