"""The Compare tab's arithmetic and words against Python's, on made traces. No server, no model."""

import numpy as np
import pytest
from factories.traces import changed, make_spans, make_trace, make_written

from dualroute.compare.alignment import align
from dualroute.compare.interventions import random_flips, random_unread, smallest_change
from dualroute.compare.views import Comparison, View
from dualroute.export.trace_payload import trace_payload
from dualroute.paths import assets_dir
from dualroute.trace.decision import Decision

THREE = ("direct", "context", "merged")
PARTS = ("dom", "replay", "readouts", "spans", "written", "sentence", "smallest", "controls")
PARTS += ("compare/align", "compare/pair", "compare/wording")
TRACES = {
    "two flows": make_trace(tokens=9, context=5, seed=1),
    "three flows": make_trace(tokens=8, context=4, flows=THREE, seed=2),
    "spans": make_spans(tokens=14, context=4, seed=3),
    "spans, three flows": make_spans(tokens=9, context=4, flows=THREE, seed=4),
}
HEAD = """
const row = ({ payload, policy, theta, overrides, ignored }) => ({ p: decode(payload), view: { policy, theta,
  overrides: new Map(overrides), ignored: new Set(ignored) } });
const a = row(given.a), b = row(given.b);
"""
COMPARED = """
const pair = comparePair(a, b), shown = explained(pair);
return { sentence: pairSentence(pair), answers: answersOf(pair).map(({ name, a, b }) => [name, a, b]),
  rerouted: pair.rerouted.map((c) => [c.a, c.b]), adds: pair.columns.map((c) => [
    c.a < 0 ? [] : contributionsOf(a, pair.before, shown.a, c.a),
    c.b < 0 ? [] : contributionsOf(b, pair.after, shown.b, c.b)]) };
"""


@pytest.fixture(scope="module")
def run(browser):
    """A function that runs lines of JavaScript below the page's scripts, with rows `a` and `b` from Python."""
    page = browser.new_page()
    scripts = "\n".join((assets_dir() / f"js/{name}.js").read_text("utf-8") for name in PARTS)

    def evaluate(lines, a=None, b=None, **more):
        head = HEAD if a else ""
        given = {"a": a and payload(a), "b": a and payload(b or a), **more}
        return page.evaluate(f"(given) => {{ {scripts}\n{head}\n{lines} }}", given)

    yield evaluate
    page.close()


def payload(view: View) -> dict:
    outcome, flows = view.outcome, view.trace.flows
    flips = [[t, flows.index(flow)] for t, flow in outcome.overrides.items()]
    decision = {"policy": outcome.policy, "theta": outcome.threshold, "overrides": flips, "ignored": list(view.ignored)}
    return {"payload": trace_payload(view.trace)} | decision


def views(trace) -> list[View]:
    return [
        View(trace),
        View(trace, threshold=0.3),
        View(trace, threshold=0.125, overrides={0: "direct", 2: "merged", 3: "merged", 5: "merged", 6: "merged"}),
        View(trace, "soft", ignored=(0, 2)),
        View(trace, "weighted_threshold", 0.2),
        View(trace, "merged", ignored=(1,)),
        View(trace, "direct", overrides={1: trace.flows[1]}),
    ]


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_context_left_unread(run, trace):
    view = View(trace, "soft", ignored=(0, 2))
    shown = run(
        "return { logits: [...replay(a.p, a.view).logits], before: [...replay(a.p, viewOf(a.p)).logits] };", view
    )
    np.testing.assert_allclose(shown["logits"], view.outcome.logits.ravel(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(shown["before"], trace.replay().logits.ravel(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_a_comparison_says_and_counts_the_same(run, trace):
    for a in views(trace)[:3]:
        for b in views(trace):
            check_pair(run(COMPARED, a, b), Comparison(a, b))


def check_pair(shown: dict, pair: Comparison) -> None:
    assert shown["sentence"] == pair.sentence
    assert [name for name, *_ in shown["answers"]] == list(pair.answers)
    probabilities = [[np.nan if p is None else p for p in values] for _, *values in shown["answers"]]
    np.testing.assert_allclose(probabilities, list(pair.answers.values()), rtol=1e-9)
    assert [tuple(c) for c in shown["rerouted"]] == [(c.a, c.b) for c in pair.rerouted]
    frame = pair.to_frame()
    names = ["contribution"] if "contribution_a" in frame else ["start_contribution", "end_contribution"]
    for place, side in enumerate("ab"):
        values = [column[place] or [np.nan] * len(names) for column in shown["adds"]]
        np.testing.assert_allclose(values, frame[[f"{name}_{side}" for name in names]], rtol=1e-9, atol=1e-12)


def test_other_inputs_and_other_models_in_words(run):
    trace = make_trace(tokens=5, context=4, seed=6)
    edited = changed(trace, x="x0 gold x2 x3 x4", tokens=("x0", "gold", "x2", "x3", "x4"))
    shorter = make_trace(tokens=4, context=2, seed=7)
    shorter = changed(shorter, x="x1 x2 x3 now", tokens=("x1", "x2", "x3", "now"), labels=("up", "B", "down"))
    shorter = changed(shorter, spec=dict(checkpoint="other", x_name="title"))
    for a in (View(trace), View(trace, "soft", overrides={1: "direct"})):
        for b in (View(edited, overrides={1: "merged"}), View(shorter, threshold=0.1, ignored=(1,))):
            for one, other in ((a, b), (b, a)):
                check_pair(run(COMPARED, one, other), Comparison(one, other))


def test_another_model_of_the_same_name_in_words(run):
    trace = make_trace(tokens=5, context=4, seed=6)
    again = changed(trace, spec=dict(revision="1"))
    check_pair(run(COMPARED, View(trace), View(again)), Comparison(View(trace), View(again)))
    assert Comparison(View(trace), View(again)).sentence.startswith("another made: ")


def test_written_texts_in_words(run):
    trace = make_written()
    for other in (View(trace), View(trace, "direct"), View(trace, "merged")):
        shown = run("return pairSentence(comparePair(a, b));", View(trace), other)
        assert shown == Comparison(View(trace), other).sentence


def test_sequences_are_aligned_as_difflib_does_it(run):
    draw = np.random.default_rng(0)
    pairs = [[draw.choice(list("abcd"), draw.integers(0, 12)).tolist() for _ in range(2)] for _ in range(120)]
    shown = run("return given.pairs.map(([a, b]) => align(a, b));", pairs=pairs)
    for (a, b), columns in zip(pairs, shown, strict=True):
        expected = [
            {"a": -1 if c.a is None else c.a, "b": -1 if c.b is None else c.b, "change": c.change} for c in align(a, b)
        ]
        assert columns == expected


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_the_smallest_change(run, trace):
    for view in views(trace):
        outcome = view.outcome
        decision = (outcome.policy, outcome.threshold, outcome.overrides, view.ignored)
        found, shown = (
            smallest_change(trace, Decision(*decision)),
            run("return smallestChange(a.p, a.view)?.flips ?? null;", view),
        )
        assert (shown and sorted(shown)) == (
            found and sorted([t, trace.flows.index(f)] for t, f in found.flips.items())
        )


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_random_controls(run, trace):
    """Other random numbers, the same distribution: means agree to their error, and all that is no draw exactly."""
    reading = [t for t, flow in enumerate(trace.replay("merged").flows_taken)][:3]
    flips = dict.fromkeys(reading, "direct")
    view = View(trace, "merged")
    shown = run("return randomFlips(a.p, a.view, given.flips, 2000);", view, flips=[[t, 0] for t in flips])
    check_controls(shown, random_flips(trace, flips, Decision("merged"), draws=2000))
    shown = run("return randomUnread(a.p, a.view, [0, 1], 2000);", view)
    check_controls(shown, random_unread(trace, [0, 1], Decision("merged"), draws=2000))


def check_controls(shown: dict, expected) -> None:
    assert (shown["size"], shown["choices"]) == (expected.size, expected.choices)
    assert shown["effect"] == pytest.approx(expected.effect, rel=1e-9)
    error = 4 * (expected.draws.std() * np.sqrt(2 / 2000) + 1e-9)
    assert abs(shown["mean"] - expected.mean) < error
    low, high = np.quantile(shown["draws"], (0.025, 0.975))
    assert (shown["low"], shown["high"]) == pytest.approx((low, high))
    assert abs(shown["share"] - expected.share) < 0.08


def test_without_an_effect_there_are_no_controls(run):
    view = View(make_trace(), "merged")
    assert run("return randomFlips(a.p, a.view, [[0, 1]]);", view) is None
    assert run("return randomUnread(a.p, a.view, []);", view) is None
