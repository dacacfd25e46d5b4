"""The tour and the help: what they say is what is on screen."""

import pytest

from dualroute.compare.word_flips import word_flips
from dualroute.trace.decision import Decision

STEPS = 5


def tell(visitor, step: int) -> str:
    """What the card says at a step."""
    visitor.page.wait_for_function(
        "(step) => document.querySelector('.dr-tour-title').textContent.startsWith(step)", arg=f"{step} of {STEPS}"
    )
    visitor.page.wait_for_selector(".dr-pointed")
    return visitor.texts(".dr-tour-text")[0]


@pytest.fixture
def guided(visitor):
    visitor.page.click(".dr-tour-start")
    return visitor


def test_every_step_points_at_something_and_says_what_is_on_screen(guided):
    shown = guided.state()
    read = guided.page.locator(".dr-tile[data-route=read]").count()
    words = []
    for step in range(1, STEPS + 1):
        words.append(tell(guided, step))
        guided.page.click(".dr-tour-next")
    assert f"{read} of {guided.page.locator('.dr-tile').count()} words read" in words[0]
    assert "was read most" in words[1]
    assert "goes from" in words[2]
    assert f"At θ = {shown['theta']:.3f} the answer is {shown['labels'][shown['best']]}" in words[3]
    assert "is exact" in words[4]
    assert "Thresholds" in words[4]
    assert guided.page.is_hidden(".dr-tour")
    assert not guided.page.query_selector(".dr-pointed")


def test_a_step_follows_what_the_visitor_does(guided):
    for step in range(1, 4):
        tell(guided, step)
        guided.page.click(".dr-tour-next")
    guided.drag_to(0.111)
    guided.page.wait_for_function("document.querySelector('.dr-tour-text').textContent.includes('At θ = 0.111')")


def test_the_flip_that_is_reported_is_the_one_that_happens(guided, examples):
    tell(guided, 1)
    guided.page.click(".dr-tour-next")
    tell(guided, 2)
    guided.page.click(".dr-tour-next")
    words = tell(guided, 3)
    trace, shown = examples[0].trace, guided.state()
    flips = word_flips(trace, Decision(shown["policy"], shown["theta"]))
    assert f"depends on “{max(flips, key=lambda flip: abs(flip.effect)).text}”" in words


def test_it_can_be_skipped_and_left_by_escape(guided):
    tell(guided, 1)
    guided.page.click(".dr-tour-skip")
    assert guided.page.is_hidden(".dr-tour")
    guided.page.click(".dr-tour-start")
    tell(guided, 1)
    guided.page.keyboard.press("Escape")
    assert guided.page.is_hidden(".dr-tour")


def test_help_explains_gate_and_threshold(visitor):
    visitor.page.click("role=tab[name=Help]")
    text = visitor.page.inner_text("#help")
    for words in ("What is a gate?", "What does θ do?", "How do I read the tracks?", "What can attribution tell"):
        assert words in text
