"""The first window stands before the framework is loaded, answers, and moves into the framework's page as it is."""

import pytest

from .serving import PATIENCE

FRAMEWORK = "**/assets/index-*.js"
PRESSED = "() => document.querySelector('.dr-tile').getAttribute('aria-pressed')"
KEY = "() => document.querySelector('.dr').dataset.ready"


@pytest.fixture
def early(server, browser):
    """A page whose framework comes when a test lets it: (page, let it come)."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE * 1000)
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.route(FRAMEWORK, lambda route: None)
    page.goto(server.url, wait_until="commit")
    page.wait_for_selector(".dr-early .dr[data-ready]")

    def come() -> None:
        page.unroute(FRAMEWORK)  # what was held goes on
        page.wait_for_selector("gradio-app .dr[data-ready]", state="attached")

    yield page, come
    context.close()
    assert not problems


def test_it_answers_without_the_framework(early):
    page, _ = early
    before = page.evaluate(PRESSED)
    page.click(".dr-tile >> nth=0")
    assert page.evaluate(PRESSED) != before
    key = page.evaluate(KEY)
    page.click(".dr-after")
    page.wait_for_function(f"(key) => ({KEY})() !== key", arg=key)


def test_it_moves_with_all_that_was_done(early):
    page, come = early
    page.click(".dr-tile >> nth=0")
    page.click("#inputs summary")
    page.fill("#x textarea", "typed before")
    pressed, place = page.evaluate(PRESSED), page.locator(".dr-words").bounding_box()
    come()
    assert page.locator(".dr-early").count() == 0
    assert page.locator(".dr").count() == 1
    assert page.evaluate(PRESSED) == pressed
    assert page.input_value("#x textarea") == "typed before"
    assert page.evaluate("() => document.activeElement.matches('#x textarea')")
    assert page.locator(".dr-words").bounding_box() == place


def test_a_tab_that_was_pressed_opens(early):
    page, come = early
    page.click(".dr-early-tabs >> text=Compare")
    come()
    page.wait_for_selector("[role=tab][aria-selected=true] >> text=Compare")
    page.go_back()
    page.wait_for_selector("[role=tab][aria-selected=true] >> text=Inspect")
