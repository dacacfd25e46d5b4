"""θ, policies and flips act in the browser: no request, and Python's numbers in the frame that follows."""

import pytest

from .visitor import check_replay, check_screen

STEPS = [0, 0.001, 0.137, 0.25, 0.5, 0.618, 0.9, 0.999, 1]


@pytest.fixture
def trace(examples):
    return examples[0].trace


@pytest.fixture
def quiet(visitor):
    """A visitor whose page has loaded all it needs; from now on there must be no request at all."""
    visitor.page.locator(".dr-plot").scroll_into_view_if_needed()
    visitor.page.wait_for_selector(".dr-flow-ribbon")
    visitor.page.wait_for_load_state("networkidle")
    visitor.requests.clear()
    yield visitor
    visitor.page.wait_for_timeout(500)  # a request sent late would be one all the same
    assert visitor.requests == []


def test_dragging_by_mouse(quiet, trace):
    slider = quiet.page.locator(".dr-slider")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle, seen = box["y"] + box["height"] / 2, set()
    quiet.page.mouse.move(box["x"] + box["width"] / 2, middle)
    quiet.page.mouse.down()
    for share in (0.01, 0.2, 0.35, 0.6, 0.85, 0.99):
        quiet.page.mouse.move(box["x"] + share * box["width"], middle, steps=5)
        quiet.page.evaluate("() => new Promise((resolve) => requestAnimationFrame(resolve))")
        shown = quiet.state()
        check_replay(shown, trace)
        check_screen(quiet, trace)
        seen.add(shown["theta"])
    quiet.page.mouse.up()
    assert len(seen) == 6
    assert min(seen) < 0.05
    assert max(seen) > 0.95


def test_dragging_by_keyboard(quiet, trace):
    quiet.page.focus(".dr-slider")
    theta = quiet.state()["theta"]
    for key, expected in (("ArrowRight", theta + 0.001), ("Home", 0), ("ArrowRight", 0.001), ("End", 1)):
        quiet.page.keyboard.press(key)
        quiet.page.evaluate("() => new Promise((resolve) => requestAnimationFrame(resolve))")
        shown = quiet.state()
        assert shown["theta"] == pytest.approx(min(1, expected), abs=5.1e-4)
        check_replay(shown, trace)
        check_screen(quiet, trace)


def test_every_policy_at_every_threshold_with_and_without_flips(quiet, trace):
    policies = quiet.page.locator(".dr-policy[data-policy]").evaluate_all(
        "(nodes) => nodes.map((node) => node.dataset.policy)"
    )
    assert {"soft", "threshold", "weighted_threshold", "direct", "merged"} <= set(policies)
    for flips in ((), (0, len(trace.tokens) - 1)):
        for token in flips:
            quiet.flip(token)
        for policy in policies:
            shown = quiet.policy(policy)
            assert shown["policy"] == policy
            assert len(shown["overrides"]) == len(flips)
            check_replay(shown, trace)
            check_screen(quiet, trace)
            if policy in ("threshold", "weighted_threshold"):
                for theta in STEPS:
                    check_replay(quiet.drag_to(theta), trace)
                check_screen(quiet, trace)


def test_a_flip_and_its_undoing(quiet, trace):
    for policy, other in (("direct", "merged"), ("merged", "direct"), ("threshold", None)):
        before, token = quiet.policy(policy), 1
        flipped = quiet.flip(token)
        other = other or {"direct": "merged", "merged": "direct"}[trace.replay().flows_taken[token]]
        assert flipped["overrides"] == [[token, trace.flows.index(other)]]
        assert flipped["logits"] != before["logits"]
        assert "flipped)" in quiet.texts(".dr-sentence")[0]
        check_replay(flipped, trace)
        check_screen(quiet, trace)
        assert quiet.flip(token)["logits"] == before["logits"]


def test_all_flips_are_undone_at_once(quiet, trace):
    before = quiet.state()
    quiet.flip(0)
    quiet.flip(2)
    quiet.page.click(".dr-reset")
    after = quiet.state()
    assert after["overrides"] == []
    assert after["logits"] == before["logits"]
    assert quiet.page.locator(".dr-reset").is_disabled()


def test_a_flipped_token_stays_flipped_under_the_slider(quiet, trace):
    quiet.flip(0)
    flow = quiet.page.locator(".dr-x .dr-col[data-i='0']")
    wanted = flow.get_attribute("data-flow")
    for theta in STEPS:
        check_replay(quiet.drag_to(theta), trace)
        assert flow.get_attribute("data-flow") == wanted


def test_selecting_a_token_and_a_class(quiet, trace):
    token = len(trace.tokens) // 2
    quiet.page.click(f".dr-x .dr-col[data-i='{token}'] .dr-tok")
    assert quiet.state()["token"] == token
    assert trace.tokens[token].removeprefix("##") in quiet.texts(".dr-detail")[0]
    assert quiet.page.locator(".dr-x [aria-pressed=true]").count() == 1
    quiet.page.click(f".dr-x .dr-col[data-i='{token}'] .dr-tok")
    assert quiet.state()["token"] == -1
    label = next(label for label in trace.labels if label != trace.replay().label)
    quiet.page.click(f".dr-label:text-is('{label}')")
    assert quiet.state()["label"] == trace.labels.index(label)
    assert f"adds to {label}" in quiet.texts(".dr-x .dr-head > *")
    check_screen(quiet, trace)
