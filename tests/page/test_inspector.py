"""The inspector without the page around it: records no shipped model makes. Hostile names everywhere; three flows."""

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
    page.wait_for_selector(".dr-plot .sankey-link")
    page.wait_for_timeout(500)  # the picture and the labels follow at rest
    assert page.locator(".dr :is(img[src], script, [onerror], [onload])").count() == 0
    assert page.locator(".dr textarea").count() == 2  # its own
    assert page.locator(".dr svg:not(.main-svg, .dr-ribbons)").count() == 0


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
    ribbons = flow_ribbons(trace, outcome, outcome.label_index)
    drawn = "(count) => document.querySelectorAll('.dr-plot .sankey-link').length === count"
    page.wait_for_function(drawn, arg=len(ribbons))


def test_an_attribution_is_asked_for_once(mount):
    trace = make_trace()
    page = mount(trace)
    (name, request), *more = page.evaluate("window.asked")
    assert (name, more) == ("attribute", [])
    assert (request["x"], request["h"], request["policy"]) == (trace.x, trace.h, trace.spec.policy)
    assert request["label"] == trace.replay().label
    page.click(".dr-x .dr-col[data-i='1'] .dr-flow")
    assert len(page.evaluate("window.asked")) == 1
