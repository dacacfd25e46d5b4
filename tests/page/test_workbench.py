"""The workbench without the page around it: records no shipped model makes, answers a test gives."""

import numpy as np
import pytest
from factories.traces import changed, make_items, make_picture, make_spans, make_trace, make_written

from dualroute.attribute.methods import METHODS
from dualroute.attribute.methods.exact import exact_contributions
from dualroute.export.attribute_payload import measures_payload
from dualroute.export.trace_payload import trace_payload
from dualroute.measures.faithfulness import MEASURES
from dualroute.trace.targets import parse_target

from .alone import asked, tell
from .conftest import BLANK, PATIENCE
from .test_inspector import HOSTILE
from .workbench_alone import show_workbench, state


@pytest.fixture
def show(browser):
    page, problems = browser.new_page(), []
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
    page.on("request", lambda request: "evil" in request.url and problems.append(request.url))
    page.route(BLANK, lambda route: route.fulfill(body="<!doctype html><title>-</title>", content_type="text/html"))
    yield lambda *shown, **more: show_workbench(page, *shown, **more)
    assert page.evaluate("window.__hit") is None
    page.close()
    assert problems == []


def track(target: str, method: str, trace, **more) -> dict:
    """An answer's track, all scores 1 for x and −1 for h."""
    scores = {"scores": [1.0] * len(trace.tokens), "contextScores": [-1.0] * len(trace.context_tokens)}
    told = {"label": "", "title": method, "signed": True, "groups": [], "contextGroups": [], "granularity": "token"}
    numbers = {"sum": 1.0, "change": 1.0, "delta": 0.0, "passes": [2.0, 1.0], "steps": 1, "seconds": 0.1}
    rest = {"parameters": {}, "baseline": "pad", "seed": 0, "converged": True, "agreement": None}
    return scores | told | numbers | rest | {"target": target, "method": method} | more


def run(page, tracks: list[dict], **more) -> None:
    """Press Run and give the answer."""
    page.click(".wb-run")
    request = asked(page, "run_methods")[-1]
    done = {"id": request["id"], "tracks": tracks, "errors": {}, "agreement": [], "done": 2, "total": 2, "working": ""}
    tell(page, "result", done | more)


def choose_methods(page) -> None:
    page.click(".wb-own-choice > summary")


def rows(page, side: str) -> list[str]:
    return page.locator(f".wb-{side} > .wb-head b").all_text_contents()


def test_at_once_there_is_the_gate_and_the_exact_contribution(show):
    trace = make_trace(tokens=6, context=5)
    page = show(trace)
    assert rows(page, "x") == ["Gate", "Contribution (exact sum)"]
    assert rows(page, "h") == ["Contribution (exact sum)"]
    assert asked(page, "run_methods") == []  # nothing runs by itself
    expected = exact_contributions(trace, parse_target(trace, "prediction"))
    (shown,) = state(page)["tracks"]
    np.testing.assert_allclose(shown["scores"], expected.scores, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(shown["contextScores"], expected.context_scores, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("prediction", {"label": "B"}),
        ("margin", {"label": "C", "other": "A"}),
        ("effect", {"label": "B"}),
    ],
)
@pytest.mark.parametrize("flows", [("direct", "merged"), ("direct", "context", "merged")])
def test_the_pages_exact_parts_are_pythons(show, kind, fields, flows):
    trace = make_trace(tokens=7, context=4, flows=flows, seed=2)
    page = show(trace)
    page.select_option(".wb-kind", kind)
    for name, value in fields.items():
        page.select_option(f".wb-{name}", value)
    shown = state(page)
    expected = exact_contributions(trace, parse_target(trace, shown["target"][0]))
    np.testing.assert_allclose(shown["tracks"][0]["scores"], expected.scores, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(shown["tracks"][0]["contextScores"], expected.context_scores, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("kind", "end"), [("prediction", 5), ("effect", 4), ("start", None), ("end", None)])
def test_the_parts_of_an_answers_score_are_pythons(show, kind, end):
    trace = make_spans()
    page = show(trace)
    page.select_option(".wb-kind", kind)
    page.select_option(".wb-from", "3")
    if end:
        page.select_option(".wb-to", str(end))
    shown = state(page)
    expected = exact_contributions(trace, parse_target(trace, shown["target"][0]))
    np.testing.assert_allclose(shown["tracks"][0]["scores"], expected.scores, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(shown["tracks"][0]["contextScores"], expected.context_scores, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("made", [make_trace, make_spans, make_items, make_picture, make_written])
def test_every_target_it_offers_is_one_of_the_librarys(show, made):
    trace = made()
    page = show(trace)
    kinds = page.locator(".wb-kind option").evaluate_all("(nodes) => nodes.map((node) => node.value)")
    for kind in kinds:
        page.select_option(".wb-kind", kind)
        for target in state(page)["target"]:
            assert parse_target(trace, target).name == target
    assert len(kinds) > 1


COSTS = {
    "methods": {
        "exact": [0, 0, 0],
        "integrated_gradients": [40, 36, 20.0],
        "saliency": [1, 1, 3.0],
        "lime": "n_samples must be more",
    },
    "measuring": {"shared": 100.0, "each": 5.0},
    "measured": True,
}


def test_every_method_says_what_it_costs_and_when_to_trust_it(show):
    page = show(make_trace(tokens=6, context=5), costs=COSTS)
    page.wait_for_function("document.querySelector('.wb-time').textContent")
    told = dict(zip(METHODS, page.locator(".wb-cost").all_text_contents(), strict=True))
    assert [told[name] for name in COSTS["methods"]] == [
        "at once",
        "about 20 s · 76 passes",
        "about 3 s · 2 passes",
        "",
    ]
    assert page.locator(".wb-trust").all_text_contents() == [method.trust for method in METHODS.values()]
    choose_methods(page)
    page.check(".wb-method input[value=saliency]")
    page.wait_for_function("document.querySelector('.wb-total').textContent.includes('about 38 s')")  # for two targets


def test_presets_say_what_they_do_and_how_long_it_takes(show):
    page = show(make_trace(tokens=6, context=5), costs=COSTS)
    page.wait_for_function("document.querySelectorAll('.wb-time')[1].textContent")
    times = page.locator(".wb-time").all_text_contents()
    assert times == ["about 33 s", "about 3 min"]  # 20 · (40 + 2 · 72) / (40 + 72); and 100 + 2 · 5 · 5 more
    assert page.get_attribute(".wb-preset >> nth=0", "aria-checked") == "true"
    page.click(".wb-preset >> nth=1")
    assert page.get_attribute(".wb-preset >> nth=1", "aria-checked") == "true"
    chosen = {"exact", "integrated_gradients", "shapley_sampling", "kernel_shap", "feature_ablation"}
    assert state(page)["request"]["methods"].keys() == chosen  # LIME would be refused
    choose_methods(page)
    page.check(".wb-method input[value=saliency]")
    assert page.locator(".wb-preset[aria-checked=true]").count() == 0
    assert "methods chosen" in page.text_content(".wb-chosen-words")


def test_careful_tests_what_it_has_computed(show):
    trace = make_trace(tokens=6, context=5)
    page = show(trace)
    page.click(".wb-preset >> nth=1")
    target = state(page)["target"][0]
    run(page, [track(target, "lime", trace), track("gate", "lime", trace)])
    (request,) = asked(page, "measure")
    assert request["methods"].keys() == {"exact", "lime"}
    page.click(".wb-stop")
    page.click(".wb-preset >> nth=0")
    run(page, [track(target, "lime", trace)])
    assert len(asked(page, "measure")) == 1  # the fast one does not


def test_what_would_be_refused_is_not_offered_and_says_why(show):
    page = show(make_trace(tokens=6, context=5), costs=COSTS)
    choose_methods(page)
    page.wait_for_selector(".wb-method input[value=lime]:disabled")
    why = page.locator(".wb-method:has(input[value=lime]) .wb-why")
    assert why.text_content() == "Not with these settings: n_samples must be more."


def test_what_explains_no_gate_is_not_offered_for_one(show):
    page = show(make_trace(tokens=6, context=5))
    page.select_option(".wb-kind", "gate")
    assert page.is_disabled(".wb-method input[value=exact]")
    assert "not gates" in page.text_content(".wb-method:has(input[value=exact]) .wb-why")
    assert state(page)["request"]["methods"].keys() == {"integrated_gradients"}
    page.select_option(".wb-kind", "prediction")
    assert page.text_content(".wb-method:has(input[value=exact]) .wb-why") == ""
    assert state(page)["request"]["methods"].keys() == {"exact", "integrated_gradients"}


def test_a_written_text_has_no_contributions_to_offer(show):
    page = show(make_written())
    assert page.is_disabled(".wb-method input[value=exact]")
    assert "no contributions" in page.text_content(".wb-method:has(input[value=exact]) .wb-why")


def test_the_verdict_waits_for_numbers(show):
    trace = make_trace(tokens=6, context=5)
    page = show(trace)
    assert page.text_content(".wb-verdict").startswith("Nothing has been computed")
    target = state(page)["target"][0]
    run(page, [track(target, "integrated_gradients", trace, title="Integrated Gradients")])
    assert "accounts for the whole change" in page.text_content(".wb-verdict")
    assert "No method was tested" in page.text_content(".wb-verdict")


def measured(target: str, method: str, value: float, direction: int = 1) -> dict:
    """A record of faithfulness whose four measures are `value`; random orders reach 0.4 to 0.6."""
    band = {"mean": [0.5, 0.5], "low": [0.4, 0.4], "high": [0.6, 0.6]}
    summary = {name: {"value": value, "random": 0.5, "interval": [0.4, 0.6]} for name in MEASURES}
    curves = {"shares": [0, 1], "grid": [0, 1], "deletion": [1, 0], "insertion": [0, 1]}
    scale = curves | {"full": 0.2, "empty": 0.7, "randomDeletion": band, "randomInsertion": band, "summary": summary}
    numbers = {"units": 2, "orders": 2, "samples": 2, "seed": 0, "passes": 4, "seconds": 0.1}
    sums = {"infidelity": 1020.0, "unexplained": 0.25, "sensitivity": None, "flips": None}
    told = {"target": target, "label": "", "method": method, "title": METHODS[method].title, "baseline": "pad"}
    return told | numbers | sums | {"direction": direction, "scales": {"probability": scale}}


def measure(page, records: list[dict]) -> None:
    page.click(".wb-measure")
    request = asked(page, "measure")[-1]
    done = {"id": request["id"], "records": records, "errors": {}, "measures": measures_payload()}
    tell(page, "measured", done | {"done": 2, "total": 2, "working": ""})


def test_the_verdict_is_that_of_the_measures(show):
    trace = make_trace(tokens=6, context=5)
    page = show(trace)
    target = state(page)["target"][0]
    run(page, [track(target, "integrated_gradients", trace, title="Integrated Gradients")])
    measure(page, [measured(target, "integrated_gradients", 0.9), measured(target, "saliency", 0.5)])
    words = page.text_content(".wb-verdict")
    assert "Integrated Gradients beats random orders on 2 of 4; Saliency on none" in words
    assert "This is one input" in words
    assert page.text_content(".wb-measured") == ""


def test_of_a_gate_that_the_input_lowers_the_curves_say_which_way_is_better(show):
    trace = make_trace(tokens=6, context=5)
    page = show(trace)
    page.select_option(".wb-kind", "gate")
    run(page, [track("gate", "integrated_gradients", trace, value=0.2, baselineValue=0.7)])
    measure(page, [measured("gate", "integrated_gradients", 0.9, -1), measured("gate", "saliency", 0.5, -1)])
    heads = page.locator(".wb-faith thead th").all_text_contents()
    assert {"Deletion area ↑", "Insertion area ↓"} <= set(heads)
    about = page.locator(".wb-plot-box small").all_text_contents()
    assert "lowers it from 0.70 (empty) to 0.20, so" in about[0]
    assert about[0].endswith("The faster the curve rises, the better.")
    assert "0.70 for the empty input and 0.20 for this one" in page.text_content(".wb-gates")


def test_numbers_have_no_powers_of_ten_and_no_meaning_where_there_is_none(show):
    trace = make_trace(tokens=6, context=5)
    page = show(trace)
    target = state(page)["target"][0]
    run(page, [track(target, "integrated_gradients", trace)])
    measure(page, [measured(target, "integrated_gradients", -0.182), measured(target, "saliency", 0.5)])
    signed, unsigned = (page.locator(".wb-faith tbody tr").nth(i).text_content() for i in (0, 1))
    assert "1,020" in signed
    assert "−0.182" in signed
    assert unsigned.endswith("n/an/a")
    assert "Sufficiency" in page.inner_text(".wb-explained")  # for all to read, not in a title


def test_each_line_of_the_curves_is_explained_and_can_be_coloured(show):
    trace = make_trace(tokens=6, context=5)
    page = show(trace)
    target = state(page)["target"][0]
    names = ("integrated_gradients", "saliency", "lime", "occlusion")
    run(page, [track(target, name, trace, title=METHODS[name].title) for name in names])
    values = dict(zip(names, (0.7, 0.5, 0.9, 0.6), strict=True))
    measure(page, [measured(target, name, value) for name, value in values.items()])
    coloured = page.locator(".wb-line-key[aria-pressed=true]").all_inner_texts()
    assert sorted(text.split("\n")[0] for text in coloured) == ["Integrated Gradients", "LIME", "Saliency"]
    assert "the baseline" in page.inner_text(".wb-lines")
    page.click(".wb-line-key:has-text('Occlusion')")
    assert page.get_attribute(".wb-line-key:has-text('Occlusion')", "aria-pressed") == "true"
    assert all(page.locator(".wb-plot").evaluate_all("(nodes) => nodes.map((node) => node.getAttribute('aria-label'))"))


def test_a_count_of_methods_never_exceeds_their_number(show):
    page = show(make_trace())
    page.click(".wb-run")
    (request,) = asked(page, "run_methods")
    tell(page, "result", {"id": request["id"]})  # a sign of life before the first report
    assert page.is_disabled(".wb-run")
    going = {"id": request["id"], "tracks": [], "errors": {}, "agreement": [], "total": 2}
    tell(page, "result", going | {"done": 2, "working": "Layer conductance"})
    assert "(2 of 2)" in page.text_content(".wb-status")


def test_few_samples_for_many_words_are_called_noisy(show):
    trace = make_trace(tokens=30, context=20)
    page = show(trace)
    target = state(page)["target"][0]
    few = track(target, "lime", trace, parameters={"n_samples": 400})
    run(page, [few, track(target, "kernel_shap", trace, parameters={"n_samples": 500})])
    warned = page.locator(".wb-x > .wb-head:has(em)")
    assert warned.count() == 1
    assert "400 samples for 50 words" in warned.text_content()


def test_a_word_of_both_texts_is_told_with_its_text(show):
    made = make_trace(tokens=2, context=2)
    trace = changed(made, tokens=["people", "run"], context_tokens=["people", "walk"], x="people run", h="people walk")
    page = show(trace)
    target = state(page)["target"][0]
    run(page, [track(target, "integrated_gradients", trace, scores=[2.0, 1.0], contextScores=[-2.0, -1.0])])
    words, payload = page.text_content(".wb-reading"), trace_payload(trace)
    assert f"“people” ({payload['xName']}) +2.00" in words
    assert f"“people” ({payload['hName']}) −2.00" in words
    assert "“run” +1.00" in words


def test_a_click_on_a_token_makes_its_gate_the_target(show):
    trace = make_trace(tokens=6, context=5)
    page = show(trace)
    page.click(".wb-x button.wb-tok >> nth=4")
    assert state(page)["target"] == ["gate:4", "gate"]
    assert "press Run" in page.text_content(".wb-status")
    run(page, [track("gate:4", "saliency", trace, title="Saliency", signed=False)])
    assert "Saliency" in rows(page, "x")
    assert parse_target(trace, "gate:4").is_gate


def test_what_no_longer_answers_the_question_is_stale_and_stays(show):
    trace = make_trace(tokens=6, context=5)
    page = show(trace)
    choose_methods(page)
    page.check(".wb-method input[value=lime]")
    page.uncheck(".wb-method input[value=integrated_gradients]")
    target = state(page)["target"][0]
    run(page, [track(target, "lime", trace), track("gate", "lime", trace)])

    def stale():
        return {(one["target"], one["stale"]) for one in state(page)["tracks"] if one["method"] == "lime"}

    assert stale() == {(target, ""), ("gate", "")}
    page.click(".wb-settings summary")
    page.fill(".wb-seed", "5")
    page.dispatch_event(".wb-seed", "change")
    assert stale() == {(target, "other settings"), ("gate", "other settings")}
    page.fill(".wb-seed", "0")
    page.dispatch_event(".wb-seed", "change")
    page.select_option(".wb-kind", "margin")
    assert stale() == {(target, "another target"), ("gate", "")}
    page.select_option(".wb-kind", "prediction")
    page.click("#inspector .dr-x .dr-col[data-i='1'] .dr-flow")
    page.evaluate("document.querySelector('#inspector .dr').dataset.attribution = 'moved'")  # as an arrival there
    page.wait_for_function("document.querySelector('.wb').workbench().tracks.some((t) => t.stale)")
    assert ("gate", "") in stale()  # a gate does not depend on the route
    assert len(stale()) == 2
    page.click(".wb-clear")
    assert {one for one in stale() if one[1]} == set()


def test_results_come_one_by_one_and_a_failure_stands_in_its_row(show):
    trace = make_trace()
    page = show(trace)
    page.click(".wb-run")
    (request,) = asked(page, "run_methods")
    assert request["methods"].keys() == {"exact", "integrated_gradients"}
    going = {"id": request["id"], "tracks": [], "errors": {}, "agreement": [], "total": 2}
    tell(page, "result", going | {"done": 0, "working": "Contribution (exact sum)", "passes": 7})
    assert "(1 of 2), 0 s so far" in page.text_content(".wb-status")
    assert page.is_disabled(".wb-run")
    tell(page, "result", going | {"id": "another", "done": 2, "working": "", "errors": {"lime": "no"}})
    assert state(page)["errors"] == {}  # of a run nobody waits for
    errors = {"integrated_gradients": "<b>steps</b> must be fewer"}
    tell(page, "result", going | {"done": 2, "working": "", "errors": errors})
    assert "Not computed: <b>steps</b> must be fewer." in page.text_content(".wb-failed")
    assert page.is_enabled(".wb-run")


def test_after_a_cancel_late_answers_are_not_heard(show):
    trace = make_trace()
    page = show(trace)
    page.click(".wb-run")
    (request,) = asked(page, "run_methods")
    page.click(".wb-cancel")
    assert asked(page, "cancel_run") == [{"id": request["id"]}]
    before = len(state(page)["tracks"])
    late = {"id": request["id"], "tracks": [track("gate", "lime", trace)], "done": 1, "total": 2, "working": "LIME"}
    tell(page, "result", late | {"errors": {}, "agreement": []})
    assert len(state(page)["tracks"]) == before
    assert "Cancelled" in page.text_content(".wb-status")


def test_words_span_the_columns_of_their_tokens(show):
    trace = make_trace(tokens=4, context=3)
    page = show(trace)
    word = track("gate", "lime", trace, scores=[1.0, -2.0], groups=[[0, 3], [3, 4]], title="LIME")
    run(page, [word])
    wide, narrow = (page.locator(".wb-x > .wb-cell[title^=LIME]").nth(i).bounding_box()["width"] for i in (0, 1))
    assert wide == pytest.approx(3 * narrow + 6, abs=2)  # three columns and the gaps between them


def test_hostile_names_stay_text_wherever_they_stand(show):
    made = make_trace(tokens=len(HOSTILE), context=len(HOSTILE), classes=3)
    names = {"tokens": HOSTILE, "context_tokens": HOSTILE, "labels": HOSTILE[:3], "x": HOSTILE[0], "h": HOSTILE[1]}
    trace = changed(made, **names, spec=dict(x_name=HOSTILE[0], h_name=HOSTILE[1]))
    page = show(trace)
    run(page, [track("gate", "lime", trace, label=HOSTILE[0])], errors={"saliency": HOSTILE[1]})
    assert page.locator(".wb-x button.wb-tok").all_text_contents() == list(HOSTILE)
    page.hover(".wb-x button.wb-tok >> nth=1")
    assert page.locator(".wb :is(img, script, svg)").count() == 0


def test_on_a_phone_there_is_one_row_per_token(show):
    trace = make_trace(tokens=5, context=4)
    page = show(trace, width=390)
    boxes = [page.locator(".wb-x button.wb-tok").nth(i).bounding_box() for i in range(5)]
    assert len({box["x"] for box in boxes}) == 1
    assert [box["y"] for box in boxes] == sorted({box["y"] for box in boxes})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_arrows_move_among_tokens_and_tell_their_numbers(show):
    trace = make_trace(tokens=5, context=4)
    page = show(trace)
    page.focus(".wb-x button.wb-tok >> nth=0")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.t") == "1"
    gate = trace.gates[1]
    assert f"gate {gate:.3f}" in page.text_content(".wb-detail-x")
