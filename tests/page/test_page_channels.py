"""What the tabs say to each other: a view to open in Inspect, a θ to apply, a view to pin."""

import numpy as np
import pytest

from dualroute.app.inspect.tab import view
from dualroute.export.trace_payload import trace_payload

from .visitor import check_replay

TELL = "([name, detail]) => document.dispatchEvent(new CustomEvent(`dualroute:${name}`, { detail }))"
HEAR = "() => document.addEventListener('dualroute:pin', ({ detail }) => (window.pinned = detail))"
X, H = "Nurses vote on a pay offer ", "The union counts the votes today"


def tell(visitor, name: str, detail: dict) -> None:
    visitor.page.evaluate(TELL, [name, detail])


def shows(visitor, theta: float) -> dict:
    visitor.page.wait_for_function("(theta) => document.querySelector('.dr').inspect().view.theta === theta", arg=theta)
    return visitor.state()


def test_a_view_of_the_same_input_opens_without_the_server(visitor, examples):
    trace = examples[0].trace
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.get_by_role("tab", name="Results").click()
    visitor.page.wait_for_selector(".rp[data-shown]")
    before = len(visitor.runs)
    asked = {"checkpoint": "news", "x": trace.x, "h": trace.h, "policy": "weighted_threshold", "threshold": 0.25}
    tell(visitor, "open", asked | {"overrides": [[1, "merged"]]})
    shown = shows(visitor, 0.25)
    assert (shown["policy"], shown["overrides"]) == ("weighted_threshold", [[1, 1]])
    check_replay(shown, trace)
    assert visitor.page.locator(".dr").first.is_visible()  # the tab has changed
    assert len(visitor.runs) == before


def test_a_view_of_another_task_is_traced_and_the_inputs_follow(visitor):
    asked = {"checkpoint": "support", "x": X, "h": H, "policy": "threshold", "threshold": 0.125}
    for _ in range(2):  # once more after the visitor has changed something
        tell(visitor, "open", asked | {"overrides": [[0, "merged"]]})
        shown = shows(visitor, 0.125)
        visitor.drag_to(0.75)
    assert visitor.page.input_value("#x textarea").strip() == X.strip()
    assert visitor.page.input_value("#h textarea") == H
    made = view(asked | {"overrides": [[0, "merged"]]})["payload"]
    assert (shown["tokens"], shown["overrides"]) == (made["tokens"], [[0, 1]])


@pytest.mark.parametrize("wrong", [{"policy": "bogus"}, {"threshold": 7}, {"overrides": [[99, "direct"]]}, {"x": 3}])
def test_what_does_not_fit_is_reported_and_changes_nothing(visitor, examples, wrong):
    before = visitor.state()
    tell(visitor, "open", {"checkpoint": "news", "x": examples[0].trace.x, "h": examples[0].trace.h} | wrong)
    visitor.page.wait_for_selector(":is(.dr-status, .dr-edit-status):visible")
    assert visitor.state()["theta"] == before["theta"]


def test_a_threshold_is_applied_and_a_wrong_one_is_not(visitor, examples):
    tell(visitor, "theta", {"theta": 0.375, "policy": "threshold"})
    check_replay(shows(visitor, 0.375), examples[0].trace)
    for wrong in ({"theta": 2}, {"theta": "0.5"}, {"theta": 0.5, "policy": "bogus"}, {}):
        tell(visitor, "theta", wrong)
    assert visitor.state()["theta"] == 0.375


def test_a_pin_holds_what_is_on_screen(visitor, examples):
    visitor.page.evaluate(HEAR)
    visitor.drag_to(0.125)
    shown = visitor.flip(2)
    visitor.page.click(".dr-pin")
    pinned = visitor.page.evaluate("window.pinned")
    known = {"standard": examples[0].trace.spec.threshold, "right": list(examples[0].right)}
    assert pinned["payload"] == trace_payload(examples[0].trace, attributed=True) | known
    assert pinned["view"] == {name: shown[name] for name in ("policy", "theta", "overrides")}
    assert np.isclose(pinned["view"]["theta"], 0.125)
