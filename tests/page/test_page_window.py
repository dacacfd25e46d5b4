"""The first window: words as tiles with the effect of a flip, the sentence, steps back, ribbons, and the history."""

import pytest

from dualroute.app.catalogue import load_catalogue
from dualroute.compare.word_flips import word_flips
from dualroute.trace.decision import Decision

from .visitor import check_replay

CATALOGUE = load_catalogue()
EFFECTS = "(nodes) => nodes.map((node) => node.querySelector('.dr-effect').firstChild?.textContent ?? '')"


@pytest.fixture
def trace(examples):
    return examples[0].trace


def points(effect: float) -> str:
    whole = int(100 * abs(effect) + 0.5)
    if not whole:
        return "0" if abs(effect) < 0.005 else ("−1" if effect < 0 else "+1")
    return ("−" if effect < 0 else "+") + str(whole)


def shows(visitor, task: str) -> None:
    script = "(name) => document.querySelector('.dr').inspect().payload.checkpoint === name"
    visitor.page.wait_for_function(script, arg=CATALOGUE[task].checkpoint)


def sentence(visitor) -> str:
    return visitor.texts(".dr-sentence")[0]


def test_every_word_has_its_route_and_the_exact_effect_of_its_flip(visitor, trace):
    for theta in (trace.spec.threshold, 0.9, 0.02):
        visitor.drag_to(theta)
        flips = word_flips(trace, Decision("threshold", theta))
        assert visitor.texts(".dr-word-text") == [flip.text for flip in flips]
        tiles = visitor.page.locator(".dr-tile")
        routes = tiles.evaluate_all("(nodes) => nodes.map((node) => node.dataset.route)")
        assert routes == ["read" if flip.reads else "direct" for flip in flips]
        assert tiles.evaluate_all(EFFECTS) == [points(flip.effect) for flip in flips]


def test_a_click_flips_all_pieces_of_a_word_and_another_one_takes_it_back(visitor, trace):
    before = visitor.state()
    for word, flip in enumerate(word_flips(trace)):
        visitor.page.click(f".dr-tile[data-w='{word}']")
        shown = visitor.state()
        assert [token for token, _ in shown["overrides"]] == list(flip.tokens)
        check_replay(shown, trace)
        assert f"says {flip.outcome.label} " in sentence(visitor)
        visitor.page.click(f".dr-tile[data-w='{word}']")
        assert visitor.state()["logits"] == before["logits"]


def test_undo_and_reset_take_back_threshold_and_flips(visitor, trace):
    undo, reset = visitor.page.locator(".dr-undo"), visitor.page.locator(".dr-reset")
    start = visitor.state()
    assert undo.is_disabled()
    visitor.page.click(".dr-tile[data-w='0']")
    visitor.page.focus(".dr-slider")
    visitor.page.keyboard.press("End")
    assert visitor.state()["theta"] == 1
    undo.click()
    after = visitor.state()
    assert (after["theta"], len(after["overrides"])) == (start["theta"], 1)
    visitor.drag_to(0.9)
    reset.click()
    for name in ("theta", "overrides", "logits", "policy"):
        assert visitor.state()[name] == start[name]
    assert reset.is_disabled()


def test_right_and_wrong_follow_the_answer(visitor, examples):
    mark, right = visitor.page.locator(".dr-mark"), examples[0].right[0]
    assert mark.text_content() == "✓ right"
    visitor.policy("direct")
    assert mark.text_content() == f"✗ wrong (right: {right})"
    visitor.route("Words of my own", "and what can be read")
    assert mark.count() == 0  # nobody said what is right


def test_a_word_that_is_pointed_at_shows_where_it_looks(visitor):
    visitor.page.hover(".dr-tile[data-w='0']")
    assert visitor.page.locator(".dr-ribbon:not(.faint)").count() > 0
    lit = visitor.page.locator(".dr-running span").evaluate_all(
        "(nodes) => nodes.map((node) => Number(node.style.getPropertyValue('--v')))"
    )
    assert max(lit) == 1
    visitor.page.hover(".dr-slider")
    assert visitor.page.locator(".dr-ribbon:not(.faint)").count() == 0


@pytest.mark.skipif(len(CATALOGUE) < 3, reason="fewer than three tasks are shipped")
def test_back_and_forward_go_through_tasks_and_bring_the_decision_back(visitor):
    visitor.page.select_option("#task", "support")
    shows(visitor, "support")
    visitor.page.click(".dr-tile[data-w='0']")
    flipped = visitor.state()
    visitor.page.select_option("#task", "question-answering")
    shows(visitor, "question-answering")
    visitor.page.go_back()
    shows(visitor, "support")
    assert visitor.state()["overrides"] == flipped["overrides"]
    assert visitor.page.input_value("#task") == "support"
    visitor.page.go_back()
    shows(visitor, "news")
    visitor.page.go_forward()
    shows(visitor, "support")


@pytest.mark.skipif(len(CATALOGUE) < 3, reason="fewer than three tasks are shipped")
def test_of_forty_quick_choices_the_last_one_stays(visitor):
    names = [name for name in CATALOGUE if name != "news"]
    for i in range(40):
        visitor.page.select_option("#task", names[i % len(names)])
    last = names[39 % len(names)]
    shows(visitor, last)
    visitor.page.wait_for_selector(".dr:not(.dr-busy)")
    visitor.page.wait_for_timeout(1000)  # in which an older answer would come
    shows(visitor, last)
    assert visitor.page.input_value("#task") == last


def test_without_a_connection_the_choice_goes_back_and_says_why(visitor):
    visitor.context.set_offline(True)
    visitor.page.select_option("#task", next(name for name in CATALOGUE if name != "news"))
    assert "no connection" in visitor.texts(".dr-status")[0]
    assert visitor.page.input_value("#task") == "news"
    visitor.context.set_offline(False)
    visitor.problems[:] = [problem for problem in visitor.problems if "console" not in problem]
