"""The inspector without the page around it: records no shipped model makes. Hostile names everywhere; three flows."""

import re

import pytest
from factories.traces import changed, make_trace

from dualroute.report.flow import flow_ribbons

from .visitor import STATE, check_replay

HOSTILE = (
    '<img src="/evil" onerror="window.__hit=1">',
    "<script>window.__hit=2</script>",
    "${window.__hit=3}",
    "{{evil}} `${window.__hit=4}`",
    '"><svg onload=window.__hit=5>',
    "%{label} \\u00 </textarea>",
)


# Another rule, and how many ribbons there are before the next frame.
FOLLOW = """(policy) => {
  document.querySelector(`.dr-policy[data-policy=${policy}]`).click();
  return document.querySelectorAll('.dr-flow-ribbon').length;
}"""
PAINTS = """(selector) => [...document.querySelectorAll(selector)].map((node) =>
  [node.getAttribute('class').split(' ').pop(), getComputedStyle(node).fill])"""


def test_hostile_names_stay_text_wherever_they_stand(mount):
    made = make_trace(tokens=len(HOSTILE), context=len(HOSTILE), classes=3)
    names = {"tokens": HOSTILE, "context_tokens": HOSTILE, "labels": HOSTILE[:3], "notes": HOSTILE, "x": HOSTILE[0]}
    page = mount(changed(made, **names, spec=dict(x_name=HOSTILE[0], h_name=HOSTILE[1])))
    for selector, count in ((".dr-x button.dr-tok", 6), (".dr-notes li", 6), (".dr-label", 3)):
        assert page.locator(selector).all_text_contents() == list(HOSTILE[:count])
    for token in range(len(HOSTILE)):
        page.click(f".dr-x .dr-col[data-i='{token}'] .dr-tok")
        page.click(f".dr-x .dr-col[data-i='{token}'] .dr-flow")
    page.click(".dr-label >> nth=0")
    page.wait_for_selector(".dr-flow-ribbon")
    page.wait_for_timeout(500)  # the picture and the labels follow at rest
    assert page.locator(".dr :is(img[src], script, [onerror], [onload])").count() == 0
    assert page.locator(".dr textarea").count() == 2  # its own
    assert page.locator(".dr svg:not(.dr-plot > *, .dr-ribbons)").count() == 0


def test_three_flows(mount):
    trace = make_trace(tokens=7, context=5, flows=("direct", "context", "merged"), seed=3)
    page = mount(trace)
    policies = page.locator(".dr-policy").evaluate_all("(nodes) => nodes.map((node) => node.dataset.policy)")
    assert {"select", "context"} <= set(policies)
    for policy in policies:
        page.click(f".dr-policy[data-policy={policy}]")
        check_replay(page.evaluate(STATE), trace)
        page.click(".dr-x .dr-col[data-i='2'] .dr-flow")
        check_replay(page.evaluate(STATE), trace)
    page.click(".dr-policy[data-policy=select]")
    shown = page.evaluate(STATE)
    outcome = trace.replay("select", overrides={t: trace.flows[flow] for t, flow in shown["overrides"]})
    assert page.locator(".dr-flow-ribbon").count() == len(flow_ribbons(trace, outcome, outcome.label_index))


def test_the_flow_picture_follows_in_the_same_frame(mount):
    trace = make_trace(tokens=7, context=5)
    page = mount(trace)
    page.wait_for_timeout(200)  # until the page knows that the picture is in view
    for policy in ("merged", "direct", "threshold"):
        drawn = page.evaluate(FOLLOW, policy)
        outcome = trace.replay(policy)
        assert drawn == len(flow_ribbons(trace, outcome, outcome.label_index)), policy


@pytest.mark.parametrize("label", range(3))
def test_the_legend_has_every_kind_of_ribbon_in_its_own_paint(mount, label):
    page = mount(make_trace(tokens=7, context=5, classes=3, seed=label))
    page.click(".dr-policy[data-policy=merged]")
    page.click(f".dr-label >> nth={label}")
    ribbons, keys = (page.evaluate(PAINTS, selector) for selector in (".dr-flow-ribbon", ".dr-flow-key"))
    assert {tuple(paint) for paint in ribbons} == {tuple(paint) for paint in keys}
    assert len({paint for _, paint in keys}) == len(keys) > 1


def test_pointing_at_a_ribbon_tells_its_number(mount):
    page = mount(make_trace(tokens=2, context=1))
    page.dispatch_event(".dr-flow-ribbon >> nth=0", "pointerover")
    assert re.fullmatch(r"the text itself → x\d: [+−]\d+\.\d{3}", page.text_content(".dr-flow-ribbon title"))


def test_an_attribution_is_asked_for_once(mount):
    trace = make_trace()
    page = mount(trace)
    (name, request), *more = page.evaluate("window.asked")
    assert (name, more) == ("attribute", [])
    assert (request["x"], request["h"], request["policy"]) == (trace.x, trace.h, trace.spec.policy)
    assert request["label"] == trace.replay().label
    page.click(".dr-x .dr-col[data-i='1'] .dr-flow")
    assert len(page.evaluate("window.asked")) == 1
