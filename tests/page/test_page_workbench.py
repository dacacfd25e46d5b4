"""Tab "Attribute" on the real page: methods run when asked, can be stopped, and leave with their numbers."""

import csv
import io
import json

import numpy as np
import pytest

TITLE, TEXT = "Oil prices up", "Shares of oil companies rose on Friday."
STATUS = "(start) => document.querySelector('.wb-status').textContent.startsWith(start)"


@pytest.fixture
def bench(visitor):
    """The workbench on an input of one's own."""
    visitor.route(TITLE, TEXT)
    visitor.attributed()
    open_tab(visitor, "Attribute")
    visitor.page.wait_for_selector(".wb[data-tracks]")
    return visitor


def open_tab(visitor, name: str) -> None:
    visitor.page.get_by_role("tab", name=name, exact=True).click()


def tracks(visitor) -> list[dict]:
    return visitor.page.evaluate("document.querySelector('.wb').workbench().tracks")


def choose(page, *methods: str) -> None:
    page.eval_on_selector(".wb-own-choice", "(node) => (node.open = true)")
    for box in page.locator(".wb-method input:enabled").all():
        box.set_checked(box.get_attribute("value") in methods)


def run(page) -> None:
    page.click(".wb-run")
    page.wait_for_function(STATUS, arg="Done")


def saved(page, kind: str) -> str:
    with page.expect_download() as download:
        page.click(f".wb-file[data-file={kind}]")
    with open(download.value.path(), encoding="utf-8", newline="") as file:
        return file.read()


def test_two_methods_show_the_librarys_numbers_and_hand_them_out(bench, router):
    page, trace = bench.page, router.trace(TITLE, TEXT)
    stored = {one["target"] for one in tracks(bench) if one["method"] == "integrated_gradients"}
    assert len(stored) == 2  # what Inspect had computed is there at once
    choose(page, "exact", "feature_ablation", "input_x_gradient")
    run(page)
    shown = {(one["method"], one["target"]): one for one in tracks(bench) if not one["stale"]}
    target = next(target for _, target in shown if target != "gate")
    for method, about in (("exact", target), ("feature_ablation", target), ("feature_ablation", "gate")):
        expected = router.attribute(trace, about, method)
        np.testing.assert_allclose(shown[method, about]["scores"], expected.scores, rtol=1e-4, atol=1e-6)
    agreement = page.locator(".wb-matrix td").all_text_contents()
    assert "+1.00" in agreement
    table = list(csv.DictReader(io.StringIO(saved(page, "scores-csv"))))
    ablated = [row for row in table if row["method"] == "feature_ablation" and row["target"] == "gate"]
    expected = router.attribute(trace, "gate", "feature_ablation")
    scores = [*expected.scores, *expected.context_scores]
    np.testing.assert_allclose([float(row["score"]) for row in ablated], scores, rtol=1e-4, atol=1e-6)
    assert [row["words"] for row in ablated] == [
        token.removeprefix("##") for token in (*trace.tokens, *trace.context_tokens)
    ] or [row["words"] for row in ablated] == [*trace.tokens, *trace.context_tokens]
    assert json.loads(saved(page, "json"))["subject"]["x"] == TITLE
    assert saved(page, "svg").count("<rect") > len(scores)


def test_a_long_run_is_cancelled_and_the_next_one_begins(bench):
    page = bench.page
    choose(page, "kernel_shap")
    page.click(".wb-settings summary")
    samples = page.locator(".wb-parameter", has_text="KernelShap").locator("input").first
    samples.fill("5000")
    samples.dispatch_event("change")
    page.click(".wb-run")
    page.wait_for_function("document.querySelector('.wb-status').textContent.includes(' s so far')")
    page.click(".wb-cancel")
    assert "Cancelled" in page.text_content(".wb-status")
    choose(page, "exact")
    run(page)
    assert "kernel_shap" not in {one["method"] for one in tracks(bench)}


def test_another_route_makes_scores_stale_and_a_token_can_be_asked_for(bench):
    page = bench.page
    open_tab(bench, "Inspect")
    bench.flip(0)
    open_tab(bench, "Attribute")
    page.wait_for_function("document.querySelector('.wb').workbench().tracks.some((track) => track.stale)")
    stale = {(one["target"] == "gate", one["stale"]) for one in tracks(bench) if one["method"] != "exact"}
    assert stale == {(False, "another route"), (True, "")}
    page.click(".wb-x button.wb-tok >> nth=1")
    choose(page, "input_x_gradient")
    run(page)
    fresh = {one["target"] for one in tracks(bench) if not one["stale"] and one["method"] == "input_x_gradient"}
    assert fresh == {"gate:1", "gate"}


def test_faithfulness_is_measured_on_demand(bench):
    page = bench.page
    choose(page, "exact")
    page.uncheck(".wb-gate-too")
    page.click(".wb-measure")
    page.wait_for_function("document.querySelector('.wb-faithful-status').textContent.startsWith('Done')")
    page.wait_for_selector(".wb-plot .main-svg")
    rows = page.locator(".wb-faith tbody th").all_text_contents()
    assert any(row.startswith("Contribution (exact sum)") for row in rows)
    assert any(row.startswith("Random orders") for row in rows)
    table = list(csv.DictReader(io.StringIO(saved(page, "faithful-csv"))))
    assert {"deletion", "insertion", "comprehensiveness", "infidelity"} <= {row["curve"] for row in table}
