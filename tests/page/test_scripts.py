"""The page's arithmetic against Python's, on made traces: replay, θ strip and flow picture. No server, no model."""

import json
from itertools import pairwise

import numpy as np
import pytest
from factories.traces import make_spans, make_trace

from dualroute.export.trace_payload import page_policies, trace_payload
from dualroute.paths import assets_dir
from dualroute.report.flow import flow_ribbons
from dualroute.trace.spans import span_scores

from .visitor import check_replay, check_spans

THREE = ("direct", "context", "merged")
TRACES = {
    "two flows": make_trace(),
    "three flows": make_trace(flows=THREE, seed=1),
    "no context": make_trace(context=0, seed=2),
    "one token": make_trace(tokens=1, context=1, classes=2, seed=3),
    "large": make_trace(tokens=45, context=60, seed=4),
    "equal sizes": make_trace(tokens=30, context=25, seed=5, coarse=True),
}
PARTS = ("dom", "replay", "readouts", "spans", "flow_links")
OUTCOME = """
const o = replay(p, view);
return { ...view, overrides: [...view.overrides], logits: [...o.logits], probs: [...o.probs], kappa: [...o.kappa],
         rho: [...o.rho], weights: [...o.weights], best: o.best, tie: o.tie };
"""
SPANS = {
    "spans": make_spans(),
    "spans, three flows": make_spans(flows=THREE, seed=1),
    "spans without context": make_spans(context=0, seed=2),
    "a passage of one word": make_spans(tokens=1, context=2, seed=3),
    "a long passage": make_spans(tokens=260, context=30, longest=30, seed=4),
    "spans of equal scores": make_spans(tokens=40, context=3, seed=5, coarse=True),
}
SPAN_OUTCOME = """
const o = replay(p, view);
return { ...view, overrides: [...view.overrides], logits: [...o.logits], kappa: [...o.kappa], rho: [...o.rho],
         weights: [...o.weights], span: [startOf(p, o.best), endOf(p, o.best)], probability: p.probOf(o, o.best),
         text: p.nameOf(o.best), tie: o.tie };
"""
ALL_SPANS = """
const o = replay(p, view);
let sum = 0;
eachSpan(p, o.logits, (score, c) => (sum += p.probOf(o, c)));
return { sum, count: p.count, top: topSpans(p, o.logits, 6).map((c) => spanScore(p, o.logits, c)) };
"""


@pytest.fixture(scope="module")
def run(browser):
    """A function that runs lines of JavaScript below the page's scripts, with `p` and `view` from Python."""
    page = browser.new_page()
    scripts = "\n".join((assets_dir() / f"js/{name}.js").read_text("utf-8") for name in PARTS)

    def evaluate(lines, trace, policy="threshold", theta=0.5, overrides=()):
        head = "const p = decode(payload), view = { policy, theta, overrides: new Map(overrides) };"
        arguments = {"payload": trace_payload(trace), "policy": policy, "theta": theta, "overrides": list(overrides)}
        json.dumps(arguments, allow_nan=False)
        return page.evaluate(
            f"({{ payload, policy, theta, overrides }}) => {{ {scripts}\n{head}\n{lines} }}", arguments
        )

    yield evaluate
    page.close()


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_replay_of_every_policy(run, trace):
    for policy in page_policies(trace.flows):
        for theta in (0, 0.3, 1, float(trace.gates[0])):
            flips = [[t, t // 2 % len(trace.flows)] for t in range(0, len(trace.tokens), 2)]
            for overrides in ([], flips):
                check_replay(run(OUTCOME, trace, policy, theta, overrides), trace)


def test_a_gate_at_the_threshold_stays_closed(run):
    trace = TRACES["two flows"]
    gate = float(trace.gates[0])
    assert run(OUTCOME, trace, theta=gate)["rho"][0] == 0
    assert run(OUTCOME, trace, theta=np.nextafter(gate, 0))["rho"][0] == 1


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_the_strip_holds_the_answer_at_every_threshold(run, trace):
    spans = run("return predictionsOverTheta(p, view);", trace)
    assert (spans[0]["from"], spans[-1]["to"]) == (0, 1)
    for before, after in pairwise(spans):
        assert before["to"] == after["from"]
        assert before["label"] != after["label"]
    for theta in np.linspace(0, 0.999, 40):
        label = next(span["label"] for span in spans if span["from"] <= theta < span["to"])
        assert label == trace.replay(threshold=theta).label_index


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
@pytest.mark.parametrize("policy", ["threshold", "soft"])
def test_the_flow_picture_has_pythons_ribbons(run, trace, policy):
    overrides = {0: "direct"}
    for label in range(len(trace.labels)):
        links = run(f"return flowLinks(p, replay(p, view), {label});", trace, policy, 0.4, [[0, 0]])
        ribbons = flow_ribbons(trace, trace.replay(policy, 0.4, overrides), label)
        shown = {(link["source"], link["target"], link["positive"]): link["value"] for link in links}
        expected = {(ribbon.source, ribbon.target, ribbon.positive): ribbon.value for ribbon in ribbons}
        assert len(links) == len(shown)
        assert shown == pytest.approx(expected, rel=1e-12)


def test_the_large_traces_put_small_tokens_together(run):
    for name in ("large", "equal sizes"):
        nodes = {link["source"] for link in run("return flowLinks(p, replay(p, view), 0);", TRACES[name], "merged")}
        assert {"c+", "t+"} <= nodes


@pytest.mark.parametrize("trace", SPANS.values(), ids=SPANS)
def test_replay_of_spans(run, trace):
    for policy in page_policies(trace.flows):
        for theta in (0, 0.3, float(trace.gates[0])):
            flips = [[t, t // 2 % len(trace.flows)] for t in range(0, len(trace.tokens), 2)]
            for overrides in ([], flips):
                check_spans(run(SPAN_OUTCOME, trace, policy, theta, overrides), trace)


@pytest.mark.parametrize("trace", SPANS.values(), ids=SPANS)
def test_the_strip_of_spans(run, trace):
    stretches = run("return predictionsOverTheta(p, view);", trace)
    for theta in np.linspace(0, 0.999, 20):
        best = next(stretch["label"] for stretch in stretches if stretch["from"] <= theta < stretch["to"])
        assert divmod(best, len(trace.tokens)) == trace.replay(threshold=theta).span


@pytest.mark.parametrize("trace", SPANS.values(), ids=SPANS)
def test_runners_up_are_the_likeliest_spans(run, trace):
    scores = span_scores(trace.replay().logits, trace.answer.longest)
    allowed = np.sort(scores[np.isfinite(scores)])[::-1]
    shown = run(ALL_SPANS, trace)
    np.testing.assert_allclose(shown["top"], allowed[:6], rtol=1e-12)
    assert shown["count"] == len(allowed)
    assert shown["sum"] == pytest.approx(1)


@pytest.mark.parametrize("trace", SPANS.values(), ids=SPANS)
def test_the_flow_picture_of_a_span(run, trace):
    outcome = trace.replay("soft", 0.4, {0: "direct"})
    first, last = outcome.span
    links = run(f"return flowLinks(p, replay(p, view), {first} * p.T + {last});", trace, "soft", 0.4, [[0, 0]])
    shown = {(link["source"], link["target"], link["positive"]): link["value"] for link in links}
    expected = {(r.source, r.target, r.positive): r.value for r in flow_ribbons(trace, outcome, outcome.span)}
    assert shown == pytest.approx(expected, rel=1e-12)
