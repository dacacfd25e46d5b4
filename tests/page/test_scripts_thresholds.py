"""The arithmetic of tab Thresholds against Python's, on made rows and traces. No server, no model."""

import json
from dataclasses import replace

import numpy as np
import pytest
from factories.corpora import make_corpus, make_span_corpus
from factories.traces import make_spans, make_trace, make_written
from scipy.stats import binomtest

from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.evaluation.row_study import Description, facet, study
from dualroute.evaluation.statistics import AreaUnderCurve
from dualroute.export.scripts import script
from dualroute.export.thresholds_payload import rows_payload
from dualroute.export.trace_payload import trace_payload
from dualroute.rows.threshold_index import ThresholdIndex, halves
from dualroute.trace.breakpoints import breakpoints

OWN = ("tables", "steps", "choose", "resample", "intervals", "plots", "price", "words", "band")
THETAS = (0.0, 0.1, 0.25, 0.5, 0.731, 0.99, 1.0)
LABELS = ["World", "Sports", "Business", "Sci/Tech"]


def make_study(corpus, metric, labels):
    corpus.gates[:] = corpus.gates.astype(np.float32)  # as a model's are
    head = {"task": "news", "checkpoint": "news", "revision": "0", "labels": labels, "data": "made", "rows_note": ""}
    head |= {"default_policy": "threshold", "default_threshold": 0.4, "skipped_empty_x": 0}
    ids = [f"row-{i}" for i in range(len(corpus))]
    return study(
        corpus, ids, Description(head, metric, 0.4), {"number": facet(["odd", "even"] * (len(corpus) // 2))}, 2
    )


STUDIES = {
    "classes": make_study(make_corpus(rows=300), "accuracy", LABELS),
    "equal gates": make_study(make_corpus(rows=200, seed=1, coarse=True), "accuracy", LABELS),
    "area": make_study(make_corpus(rows=300, classes=2, seed=2), "auc", LABELS[:2]),
    "spans": make_study(make_span_corpus(rows=40, seed=3), "f1", ["start", "end"]),
}
INDICES = {name: ThresholdIndex(found.steps, found.metric) for name, found in STUDIES.items()}
TRACES = {
    "classes": make_trace(tokens=9, seed=1),
    "three flows": make_trace(tokens=9, flows=("direct", "context", "merged"), seed=2),
    "equal gates": make_trace(tokens=12, seed=3, coarse=True),
    "spans": make_spans(seed=4),
}


@pytest.fixture(scope="module")
def run(browser):
    """A function that runs lines of JavaScript below the tab's scripts, with `given` from Python."""
    page = browser.new_page()
    names = (*("dom", "replay", "readouts", "spans"), *(f"thresholds/{name}" for name in OWN))

    def evaluate(lines, **given):
        body = f"{script(names)}\nconst {{ {', '.join(given)} }} = given;\n{lines}"
        return json.loads(
            page.evaluate(
                "([body, given]) => new Function('given', body)(JSON.parse(given))",
                [body, json.dumps(given)],
            )
        )

    yield evaluate
    page.close()


@pytest.mark.parametrize("name", STUDIES)
def test_every_theta_is_pythons(run, name):
    payload, index = rows_payload(STUDIES[name], "news", False), INDICES[name]
    lines = """
    const rows = decodeRows(payload);
    return JSON.stringify(thetas.map((theta) => {
      const states = statesAt(rows, theta);
      return { ...measure(rows, states), answers: [...states].map((s) => rows.answers[s]),
               read: [...states].map((s, r) => readIn(rows, r, s)) };
    }));"""
    for theta, found in zip(THETAS, run(lines, payload=payload, thetas=THETAS), strict=True):
        at = index.at(theta)
        assert found["answers"] == at.answers.tolist()
        assert found["read"] == at.read.tolist()
        assert found["quality"] == pytest.approx(at.quality, abs=1e-7)
        assert found["share"] == pytest.approx(at.share, abs=1e-12)
        assert found["reading"] == pytest.approx(at.reading_rows, abs=1e-12)


def test_what_a_theta_costs_is_pythons(run):
    found = replace(STUDIES["classes"], operations=np.random.default_rng(5).uniform(1, 9, (300, 2)).astype(np.float32))
    lines = """
    const rows = decodeRows(payload);
    return JSON.stringify([thetas.map((theta) => computeOf(rows, statesAt(rows, theta))), rowsWords(rows,
      { theta: 0.5, ...measure(rows, statesAt(rows, 0.5)) }, measure(rows, statesAt(rows, 0)), null)]);"""
    spent, said = run(lines, payload=rows_payload(found, "news", True), thetas=THETAS)
    assert spent == pytest.approx([found.compute(theta) for theta in THETAS], rel=1e-6)
    assert f"take {100 * found.compute(0.5):.1f} % of the operations of reading always" in said


def test_quality_by_price_is_drawn_where_a_theta_has_one(run):
    found = replace(STUDIES["classes"], operations=np.random.default_rng(6).uniform(1, 9, (300, 2)).astype(np.float32))
    lines = """
    const rows = decodeRows(payload), at = { theta: 0.5, ...measure(rows, statesAt(rows, 0.5)) };
    const shown = ({ name, x, y, customdata }) => ({ name, x, y, customdata });
    return JSON.stringify(priceFigure(rows, at, [0.1, 0.9]).data.map(shown));"""
    drawn = {trace["name"]: trace for trace in run(lines, payload=rows_payload(found, "news", True))}
    routed, index = drawn["routed"], INDICES["classes"]
    assert {"merged always", "direct alone", "here, θ = 0.500"} < set(drawn)
    assert routed["x"] == pytest.approx([100 * found.compute(theta) for theta in routed["customdata"]], rel=1e-6)
    assert routed["y"] == pytest.approx([100 * index.at(theta).quality for theta in routed["customdata"]])
    assert routed["x"] == sorted(routed["x"])


def test_a_layer_that_sees_both_texts_has_one_price(run):
    lines = """
    const rows = decodeRows(payload), at = { theta: 0.5, ...measure(rows, statesAt(rows, 0.5)) };
    return JSON.stringify(rowsWords(rows, at, measure(rows, statesAt(rows, 0)), null));"""
    assert "Every θ takes the same computation" in run(lines, payload=rows_payload(STUDIES["classes"], "news", False))


@pytest.mark.parametrize("name", STUDIES)
def test_calibration_changes_and_facets_are_pythons(run, name):
    found_study, index = STUDIES[name], INDICES[name]
    lines = """
    const rows = decodeRows(payload), before = statesAt(rows, 0.2), after = statesAt(rows, 0.7);
    const parts = rows.facets.map(({ names, codes }) => names.map((_, i) =>
      measure(rows, after, [...codes.keys()].filter((r) => codes[r] === i))));
    return JSON.stringify({ ...calibrationOf(rows, after), changes: changesOf(rows, before, after), parts,
                            titles: rows.facets.map((f) => f.title) });"""
    found = run(lines, payload=rows_payload(found_study, "news", False))
    expected, kinds = index.calibration(0.7), index.changed(0.2, 0.7)
    assert found["counts"] == expected.counts.tolist()
    assert found["error"] == pytest.approx(expected.error, abs=1e-5)
    for name, kind in (("worse", -1), ("other", 0), ("better", 1)):
        assert found["changes"][name] == np.flatnonzero(kinds == kind).tolist()
    assert found["changes"]["same"] == (kinds == 2).sum()
    parts = found["parts"][found["titles"].index("number")]
    for code, part in enumerate(index.facets(0.7, found_study.facets["number"].codes).values()):
        assert {key: parts[code][key] for key in part} == pytest.approx(part, abs=1e-7)


@pytest.mark.parametrize("name", STUDIES)
def test_the_choice_is_pythons(run, name):
    found_study = STUDIES[name]
    lines = """
    const rows = decodeRows(payload), curve = curveOf(rows, halfOf(rows, 0));
    return JSON.stringify({ curve, front: frontOf(curve), within: within(curve, 0.3), reaching: reaching(curve, wanted),
      none: [within(curve, -1), reaching(curve, 2)], choice: chooseTheta(rows, (c) => within(c, 0.3)) });"""
    steps, metric = found_study.steps, found_study.metric
    first, second = (ThresholdIndex(steps.subset(half), metric) for half in halves(len(steps)))
    wanted = first.quality(0.4)
    found = run(lines, payload=rows_payload(found_study, "news", False), wanted=wanted - 1e-6)
    curve = first.curve(found["curve"]["thetas"])
    np.testing.assert_allclose(found["curve"]["shares"], curve.shares, atol=1e-12)
    np.testing.assert_allclose(found["curve"]["qualities"], curve.qualities, atol=1e-7)
    assert found["none"] == [None, None]
    theta = found["choice"]["theta"]
    assert theta == curve.thetas[found["within"]]
    assert curve.qualities[found["within"]] == pytest.approx(curve.qualities[curve.within(0.3)], abs=1e-7)
    assert curve.shares[found["reaching"]] == pytest.approx(curve.shares[curve.reaching(wanted - 1e-6)], abs=1e-12)
    assert found["choice"]["chosenOn"]["quality"] == pytest.approx(first.quality(theta), abs=1e-7)
    assert found["choice"]["toldBy"]["quality"] == pytest.approx(second.quality(theta), abs=1e-7)
    assert found["choice"]["toldBy"]["share"] == pytest.approx(second.share(theta), abs=1e-12)


@pytest.mark.parametrize("name", ["classes", "area", "spans"])
def test_intervals_are_about_pythons(run, name):
    """Other draws of the same resampling: the ends differ by the error of a percentile, and not by more."""
    found_study, index = STUDIES[name], INDICES[name]
    lines = """
    const rows = decodeRows(payload), [one, other] = [0.6, 0].map((theta) => statesAt(rows, theta));
    const scores = Array.from(one, (s, r) => scoreOf(rows, r, s));
    const gains = scores.map((v, r) => v - scoreOf(rows, r, other[r]));
    let last = null;
    const area = rows.metric === 'auc';
    for (last of area ? resampledAreas(rows, [one, other]) : resampledMeans([scores, gains]));
    return JSON.stringify([last[0], last[last.length - 1]]);"""
    quality, difference = run(lines, payload=rows_payload(found_study, "news", False))
    key = "margins" if found_study.metric == "auc" else "scores"
    one, other = (getattr(found_study.steps, key)[index.states(theta)] for theta in (0.6, 0.0))
    statistic = AreaUnderCurve(found_study.steps.labels == 1) if key == "margins" else None
    bootstrap = RowBootstrap(len(found_study.steps), statistic=statistic)
    for found, expected in (
        (quality, bootstrap.estimate(one)["ci"]),
        (difference, bootstrap.difference(one, other)["ci"]),
    ):
        width = expected[1] - expected[0]
        np.testing.assert_allclose(found, expected, atol=max(0.12 * width, 1e-9))


@pytest.mark.parametrize("policy", ["threshold", "weighted_threshold"])
@pytest.mark.parametrize("overrides", [{}, {0: "merged", 3: "direct"}], ids=["free", "held"])
@pytest.mark.parametrize("name", TRACES)
def test_the_band_is_pythons(run, name, overrides, policy):
    trace = TRACES[name]
    flips = [[token, trace.flows.index(flow)] for token, flow in overrides.items()]
    lines = """
    const p = decode(payload), view = { policy, overrides: new Map(flips) };
    return JSON.stringify(stretchesOf(p, view).map((s) => ({ ...s, name: p.nameOf(s.answer) })));"""
    found = run(lines, payload=trace_payload(trace), flips=flips, policy=policy)
    expected = breakpoints(trace, policy, overrides).stretches
    assert [s["low"] for s in found] == [s.low for s in expected]
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours["high"], ours["closed"], ours["name"]) == (theirs.high, list(theirs.closed), theirs.outcome.label)
        assert ours["prob"] == pytest.approx(theirs.outcome.probability, rel=1e-9)
        assert ours["share"] == pytest.approx(float(theirs.outcome.rho.mean()), abs=1e-12)


def test_the_band_of_a_written_text_has_flips_alone(run):
    trace = make_written()
    lines = """
    const writtenOf = (written) => written, p = decode(payload);
    return JSON.stringify(stretchesOf(p, { policy: 'threshold', overrides: new Map() }));"""
    found = run(lines, payload=trace_payload(trace))
    expected = breakpoints(trace).stretches
    assert [(s["low"], s["closed"], s["answer"], s["prob"]) for s in found] == [
        (s.low, list(s.closed), None, None) for s in expected
    ]


@pytest.mark.parametrize(("right", "n"), [(0, 1), (2, 2), (3, 7), (58, 60), (5000, 6799)])
def test_the_closed_interval_is_wilsons(run, right, n):
    expected = binomtest(right, n).proportion_ci(method="wilson")
    assert run("return JSON.stringify(wilson(share, n))", share=right / n, n=n) == pytest.approx(
        list(expected), abs=1e-6
    )


def test_a_difference_that_no_row_shows_has_an_interval_all_the_same(run):
    """0 of n rows lost: at most z²/(n + z²) are, and as many won."""
    lines = "return JSON.stringify([2, 6799].map((n) => changedInterval(0, 0, n, false)))"
    z = 1.959964**2
    for found, n in zip(run(lines), (2, 6799), strict=True):
        assert found == pytest.approx([-z / (n + z), z / (n + z)], abs=1e-9)
    assert run("return JSON.stringify(changedInterval(3, 0, 50, true))")[1] == pytest.approx(z / (50 + z))  # grades


# All rows right in every state: resampling them would say that 100 % of all rows are, to the last decimal.
ALL_RIGHT = """
const rows = decodeRows(payload);
rows.answers.fill(0);
rows.right.fill(0);
rows.all = measure(rows, statesAt(rows, 0));
const states = statesAt(rows, 0.5), at = { theta: 0.5, ...measure(rows, states) };
return new Promise((done) => intervalsOf(rows, states, statesAt(rows, 0), (found) =>
  done(JSON.stringify({ ...found, said: rowsWords(rows, at, rows.all, found) }))));"""


@pytest.mark.parametrize(("rows", "best"), [(2, 0.342), (40, 0.912)])
def test_few_rows_that_are_all_right_are_reported_to_be_few(run, rows, best):
    found = run(ALL_RIGHT, payload=rows_payload(make_study(make_corpus(rows=rows), "accuracy", LABELS), "news", False))
    assert found["quality"] == pytest.approx([best, 1], abs=1e-3)
    assert found["difference"][0] == pytest.approx(best - 1, abs=1e-3)
    assert f"{rows} rows are too few to tell whether anything is lost" in found["said"]
    assert "no loss" not in found["said"]
    assert ("too few to tell whether the gates beat" in found["said"]) == (rows < 20)


@pytest.mark.parametrize(
    ("difference", "interval", "said"),
    [
        (-0.047, [-0.055, -0.039], "4.7 points are lost [3.9, 5.5]"),
        (0.017, [0.013, 0.02], "reading less gains 1.7 points [1.3, 2.0]"),
        (-0.00004, [-0.00008, -0.00001], "less than 0.05 points are lost [0.0, 0.0]"),
        (-0.0001, [-0.003, 0.004], "no loss that 900 rows could show "
         "(0.0 points, 95 % interval from 0.3 lost to 0.4 gained)"),
        (0.0, [-0.0001, 0.0002], "the difference is less than 0.05 points either way"),
        (0.01, [-0.03, 0.05], "900 rows are too few to tell whether anything is lost "
         "(+1.0 points, 95 % interval from 3.0 lost to 5.0 gained)"),
    ],
)  # fmt: skip
def test_a_difference_is_said_as_far_as_it_is_known(run, difference, interval, said):
    lines = "return JSON.stringify(differenceWords(900, difference, interval))"
    assert run(lines, difference=difference, interval=interval) == said


def test_the_parts_intervals_agree_with_resampling(run):
    lines = """
    const rows = decodeRows(payload), [one, other] = [0.7, 0].map((theta) => statesAt(rows, theta));
    return new Promise((done) => intervalsOf(rows, one, other, (found) =>
      done(JSON.stringify([found, partIntervals(rows, one, other, Array.from({ length: rows.N }, (_, r) => r))]))));"""
    drawn, closed = run(lines, payload=rows_payload(STUDIES["classes"], "news", False))
    for name in ("quality", "difference"):
        width = drawn[name][1] - drawn[name][0]
        np.testing.assert_allclose(closed[name], drawn[name], atol=0.15 * width)


def test_the_gates_lead_is_the_stored_one(run):
    payload = rows_payload(STUDIES["classes"], "news", False)
    near = next(entry for entry in payload["entries"] if 0.2 < entry["share"] < 0.8)
    best = max(near["static"].values())
    lead = near["minusRandom"] if near["random"] > best else near["minusStatic"]
    cases = {
        "The gates beat the better of the two by 9.0 points [8.0, 10.0].": [0.08, 0.1],
        "The better of the two beats the gates by 9.0 points [8.0, 10.0].": [-0.1, -0.08],
        "That the gates beat the better of the two these rows cannot show": [-0.1, 0.1],
    }
    for said, interval in cases.items():
        lead |= {"difference": 0.09, "ci": interval}
        lines = """
        const rows = decodeRows(payload);
        rows.entries.forEach((entry) => { entry.minusDirect.ci = [0.1, 0.2]; });
        return JSON.stringify(rivalWords(rows, { share }));"""
        found = run(lines, payload=payload, share=near["share"])
        assert said in found
        assert "at the same share" in found
