"""The attribution of one's own text: it comes by itself, goes stale with the route, and can be asked for again."""

import numpy as np
import pytest

TITLE = "Talks on a ceasefire collapse as oil prices climb"
TEXT = "Envoys left the capital without a deal, and the cartel said it would not pump more."


@pytest.fixture
def other_theta(router):
    """A θ that sends at least one token another way than the default does."""
    trace = router.trace(TITLE, TEXT)
    routes = {theta: trace.replay(threshold=theta).flows_taken for theta in (0, 1)}
    return next(theta for theta, flows in routes.items() if flows != trace.replay().flows_taken)


def is_stale(visitor) -> bool:
    return visitor.page.evaluate("document.querySelector('.dr').classList.contains('stale')")


def shown_scores(visitor, row: int) -> list[float]:
    cells = visitor.page.locator(f".dr-x .dr-col[data-i] > :nth-child({row})")
    return [float(title.replace("−", "-")) for title in cells.evaluate_all("(nodes) => nodes.map((n) => n.title)")]


def test_it_arrives_and_holds_the_librarys_numbers(visitor, router):
    visitor.route(TITLE, TEXT)
    visitor.attributed()
    trace = router.trace(TITLE, TEXT)
    prediction, gate = router.attribute_many(trace)
    np.testing.assert_allclose(shown_scores(visitor, 5), prediction.scores, atol=2e-3)  # three digits are shown
    np.testing.assert_allclose(shown_scores(visitor, 6), gate.scores, atol=2e-3)
    status = visitor.texts(".dr-attr-status")[0]
    assert f"{prediction.steps} steps" in status
    assert "% off)" in status
    assert not is_stale(visitor)


def test_it_goes_stale_with_the_route_and_comes_back(visitor, other_theta):
    theta = visitor.route(TITLE, TEXT)["theta"]
    visitor.attributed()
    visitor.drag_to(other_theta)
    assert is_stale(visitor)
    assert "previous routing" in visitor.texts(".dr-attr-status")[0]
    visitor.drag_to(theta)
    assert not is_stale(visitor)
    visitor.drag_to(other_theta)
    before = len(visitor.runs)
    visitor.page.click(".dr-again")
    visitor.page.wait_for_selector(".dr[data-attribution=asked]", state="attached")
    visitor.attributed()
    assert not is_stale(visitor)
    assert len(visitor.runs) == before + 1
    visitor.drag_to(theta)
    assert is_stale(visitor)


def expect_eventually(visitor, found) -> None:
    """Wait until `found()`, at most ten seconds."""
    for _ in range(200):
        if found():
            return
        visitor.page.wait_for_timeout(50)
    raise AssertionError("nothing was asked for")


def test_a_reply_for_a_route_left_meanwhile_is_stale(visitor, other_theta):
    held = []

    visitor.page.route("**/queue/join*", lambda route: held.append(route))  # the trace itself goes round the queue
    visitor.route(TITLE, TEXT)
    expect_eventually(visitor, lambda: held)
    visitor.drag_to(other_theta)
    held[0].continue_()
    visitor.attributed()
    assert is_stale(visitor)
    assert visitor.page.locator(".dr-again").is_visible()


def test_a_text_run_while_another_is_attributed_gets_its_own(visitor):
    visitor.route(TITLE, TEXT)  # its attribution is under way
    shown = visitor.route("Rain", "")
    visitor.attributed()
    assert len(shown_scores(visitor, 5)) == len(shown["tokens"])
    assert visitor.state()["key"] == shown["key"]
