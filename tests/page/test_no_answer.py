"""A request that never comes back ends in words, wherever it was made. No server answers here; the clock is turned."""

import pytest
from factories.traces import make_trace, make_written

from dualroute.export.scripts import inspector_template
from dualroute.export.trace_payload import trace_payload

from .alone import MOUNT, asked, open_blank
from .compare_alone import pin, show_compare
from .workbench_alone import show_workbench

NO_ANSWER = "No answer came from the server"


def words(page, selector: str) -> str:
    return page.text_content(selector) or ""


def pass_by(page, seconds: int) -> None:
    page.clock.fast_forward(seconds * 1000)
    page.evaluate("() => new Promise((resolve) => queueMicrotask(resolve))")


@pytest.fixture
def blank(lone_page):
    """A blank page whose clock a test turns.

    No component is mounted before the clock is installed: its document would stop the next one's timers for a minute.
    """
    lone_page.clock.install()
    open_blank(lone_page)
    return lone_page


def show(page, trace, **props) -> None:
    """The inspector of a trace."""
    given = {"folder": "inspect", "id": "inspector", "html": inspector_template()}
    page.evaluate(MOUNT, given | {"props": {"value": trace_payload(trace)} | props})
    page.evaluate("() => document.querySelectorAll('.dr details').forEach((node) => { node.open = true; })")


def test_a_run_and_an_attribution(blank):
    show(blank, make_trace())
    blank.fill("#x textarea", "Rain")
    blank.click("#run")
    assert asked(blank, "view")
    assert asked(blank, "attribute")
    pass_by(blank, 61)
    assert words(blank, ".dr-edit-status") == f"{NO_ANSWER}."
    assert blank.text_content("#run") == "Run"
    assert blank.input_value("#x textarea") == "Rain"
    pass_by(blank, 60)
    assert words(blank, ".dr-attr-status") == f"No attributions: {NO_ANSWER}."


def test_a_link(blank):
    blank.evaluate("history.pushState(null, '', '?x=Rain')")
    show(blank, make_trace())
    assert "Opening the link" in words(blank, ".dr-status")
    assert not blank.locator(".dr-first").is_visible()
    pass_by(blank, 61)
    assert words(blank, ".dr-status") == "The link was not opened: no answer came from the server."
    assert blank.locator(".dr-first").is_visible()


def test_what_was_on_screen_before_a_reload(blank):
    visit = {"kind": "view", "checkpoint": "made", "x": "Rain", "h": "Rain stopped play"}
    blank.evaluate("(visit) => history.replaceState({ dualroute: { visit } }, '')", visit)
    show(blank, make_trace())
    (request,) = asked(blank, "view")
    assert {name: request[name] for name in ("checkpoint", "x", "h")} == {n: visit[n] for n in ("checkpoint", "x", "h")}
    pass_by(blank, 61)
    assert NO_ANSWER in words(blank, ".dr-status") + words(blank, ".dr-edit-status")
    assert blank.locator(".dr-first").is_visible()
    assert blank.input_value("#x textarea") == "Rain"  # nothing is lost: it can be run again
    assert blank.locator(".dr-unrouted").is_visible()


def test_a_text_that_is_written_anew(blank):
    show(blank, make_written())
    blank.click(".dr-x .dr-col[data-i='0'] .dr-flow")
    assert asked(blank, "rewrite")
    assert "Rewriting …" in words(blank, ".dr-sentence")
    pass_by(blank, 121)
    assert "Not regenerated" in words(blank, ".dr-rewrite-status")
    assert "not rewritten for this routing" in words(blank, ".dr-sentence")
    assert "Rewriting" not in words(blank, ".dr-sentence")


def test_a_run_of_methods(blank):
    page = show_workbench(blank, make_trace())
    page.click(".wb-run")
    assert asked(page, "run_methods")
    pass_by(page, 121)
    assert NO_ANSWER in words(page, ".wb-status")
    assert page.locator(".wb-run").is_enabled()


def test_a_changed_text_and_other_routers_in_compare(blank):
    page = show_compare(blank, pin(make_trace()))
    page.click(".cmp-run")
    page.click(".cmp-all")
    pass_by(page, 121)
    assert NO_ANSWER in words(page, ".cmp-status")
    assert NO_ANSWER in words(page, ".cmp-all-status")
