"""Thresholds in a file of their own, opened from the disk with the network cut: every θ lives in it and asks nobody."""

import io
import re

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from factories.corpora import make_corpus, make_span_corpus
from factories.traces import make_trace, make_written

from dualroute.export.saved_rows import RowsView, thresholds_html
from dualroute.rows.threshold_index import ThresholdIndex
from dualroute.trace.breakpoints import breakpoints

from .test_thresholds import HOSTILE, STUDY, drag, make_study, words
from .visitor import Visitor

STUDIES = {
    "classes": STUDY,
    "spans": make_study(make_span_corpus(rows=37), "f1", ("start", "end")),
    "area": make_study(make_corpus(rows=127, classes=2, seed=3), "auc", ("no", "yes")),
}
NEEDS_PAGE = ".th-names, .th-html, .th-apply, .th-own-run, .th-with-input, .th-link"


@pytest.fixture
def open_file(browser, tmp_path):
    """A function that saves rows, opens the file without a network, and gives its page; it may ask for nothing."""
    opened = []

    def open_saved(study, *args, name="made", figures=False, **more):
        path = tmp_path / "rows.html"
        path.write_text(thresholds_html(study, name, *args, figures=figures, **more), encoding="utf-8")
        visitor = Visitor(browser, "", start="about:blank")
        visitor.context.set_offline(True)
        visitor.page.goto(path.as_uri())
        visitor.page.wait_for_selector(".th[data-settled][data-interval]")
        opened.append((visitor, path))
        return visitor.page

    yield open_saved
    for visitor, path in opened:
        assert visitor.page.evaluate("window.__hit") is None
        asked = [url for url in visitor.requests if not url.endswith(path.as_uri()) and " blob:" not in url]
        problems = visitor.problems
        visitor.close()
        assert (problems, asked) == ([], [])


def test_it_names_the_product_and_nothing_that_it_lacks(open_file):
    page = open_file(STUDY, trace=make_trace(tokens=9, seed=1))
    assert page.locator("h1").all_text_contents() == ["Thresholds of made"]
    seen = page.inner_text("body")
    assert seen.startswith("DualRoute Explorer")
    assert "Inspect" not in seen
    assert "The saved input, at every θ" in seen


@pytest.mark.parametrize("name", STUDIES)
def test_every_theta_is_pythons(open_file, name):
    found = STUDIES[name]
    page, index = open_file(found), ThresholdIndex(found.steps, found.metric)
    for theta in (0.2, 0.65):
        drag(page, theta)
        at, said = index.at(theta), words(page, "answer")
        assert f"At θ = {theta:.3f}, {100 * at.share:.1f}% of the tokens read" in said
        quality = f"{100 * at.quality:.1f}% [" if name == "classes" else f"is {100 * at.quality:.1f} ["
        assert quality in said


def test_it_opens_as_it_was_saved_and_keeps_what_was_settled(open_file):
    view = RowsView(0.3, (0.1, 0.6), facet=HOSTILE[3], budget=25, wanted=31.5)
    page, index = open_file(STUDY, view), ThresholdIndex(STUDY.steps)
    fields = [page.input_value(f".th-{name}") for name in ("slider", "one", "other", "share", "quality")]
    assert fields == ["0.3", "0.1", "0.6", "25", "31.5"]
    assert page.get_by_role("radio", name=HOSTILE[3]).get_attribute("aria-checked") == "true"
    settled, at = words(page, "settled"), index.at(0.3)
    assert re.match(r"made \(made, revision 0\), \d{4}-\d\d-\d\d\. At θ = 0\.300, ", settled)
    assert f"{100 * at.share:.1f}% of the tokens read, and accuracy over " in settled
    assert f" is {100 * at.quality:.1f}% [" in settled
    assert "Without context:" in settled
    assert f"over the {len(STUDY.ids)} rows" in settled
    drag(page, 0.8)
    assert words(page, "settled") == settled
    assert "At θ = 0.800" in words(page, "answer")
    kinds = index.changed(0.1, 0.6)
    assert words(page, "kinds").count(f": {(kinds == -1).sum()}") >= 1


def test_the_budget_the_facets_and_the_rows_that_change_are_alive(open_file):
    page, index = open_file(STUDY), ThresholdIndex(STUDY.steps)
    page.fill(".th-share", "30")
    chosen = page.evaluate("document.querySelector('.th').inspect().chosen.share")
    page.click(".th-take-share")
    page.wait_for_selector(f".th[data-interval='{chosen['theta']:g}']")
    assert page.input_value(".th-other") == f"{chosen['theta']:g}"  # θ₂ follows, as it was saved
    rows = np.flatnonzero(index.changed(0.0, chosen["theta"]) == -1)
    assert page.locator(".th-changed tbody th").all_text_contents() == [STUDY.ids[row] for row in rows[:25]]
    assert page.locator(".th-changed td").first.text_content() == str(STUDY.steps.lengths[rows[0]])
    page.get_by_role("radio", name="length").click()
    assert "tokens" in page.locator(".th-facets tbody th").first.text_content()


def test_tables_are_pythons(open_file):
    page, index = open_file(STUDY, RowsView(0.3, (0.2, 0.8))), ThresholdIndex(STUDY.steps)
    curve = table(page, "csv")
    thetas = np.arange(101) / 100
    np.testing.assert_allclose(curve["theta"], thetas)
    np.testing.assert_allclose(curve["share_merged"], index.curve(thetas).shares, atol=1e-12)
    np.testing.assert_allclose(curve["accuracy"], index.curve(thetas).qualities, atol=1e-7)
    np.testing.assert_allclose(curve["calibration_error"][40], index.calibration(0.4).error, atol=1e-5)
    file = pq.read_table(io.BytesIO(taken(page, "parquet")))
    assert {str(field.type) for field in file.schema} == {"double"}
    pd.testing.assert_frame_equal(file.to_pandas(), curve.astype(float), rtol=1e-12)
    changed, before, after = table(page, "changed-csv"), index.at(0.2), index.at(0.8)
    kinds = index.changed(0.2, 0.8)
    codes = changed["change"].map({"worse": -1, "better": 1, "other": 0})
    assert [(codes == code).sum() for code in (-1, 0, 1)] == [(kinds == code).sum() for code in (-1, 0, 1)]
    place = np.flatnonzero(kinds == -1)[0]
    first, labels = changed.iloc[0], STUDY.results["labels"]
    told = (first["tokens"], first["tokens_merged_1"], first["tokens_merged_2"])
    assert told == (STUDY.steps.lengths[place], before.read[place], after.read[place])
    assert (first["answer_1"], first["answer_2"]) == (labels[before.answers[place]], labels[after.answers[place]])
    assert first["confidence_1"] == pytest.approx(before.confidence[place], abs=1e-5)


def table(page, button: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(taken(page, button)))


def taken(page, button: str) -> bytes:
    with page.expect_download() as download:
        page.click(f".th-{button}")
    return download.value.path().read_bytes()


def test_an_input_comes_along_with_its_band(open_file):
    trace = make_trace(tokens=9, seed=1)
    page, found = open_file(STUDY, trace=trace), breakpoints(trace)
    assert page.locator(".th-flips tbody th").all_text_contents() == [f"{low:.3f}" for low in found.lows]
    assert trace.x in words(page, "band-input")
    with pytest.raises(ValueError, match="written text"):
        thresholds_html(STUDY, "made", trace=make_written())


def test_what_a_file_cannot_do_is_not_offered(open_file):
    page = open_file(STUDY, texts={row_id: {"x": HOSTILE[0], "h": ""} for row_id in STUDY.ids})
    assert page.locator(NEEDS_PAGE).evaluate_all("(all) => all.filter((n) => n.getClientRects().length).length") == 0
    assert page.get_by_role("button", name="Open in Inspect").count() == 0
    assert not page.locator(".th-curve").is_visible()  # nothing draws it: plotly was left out
    assert page.locator(".th-changed td").first.text_content() == HOSTILE[0]  # texts that may be passed on
    assert page.locator(".th :is(img, script)").count() == 0


def test_figures_are_drawn_from_the_file(open_file):
    page = open_file(STUDY, figures=True)
    page.wait_for_selector(".th-curve[data-drawn] .scatterlayer")
    page.wait_for_selector(".th-reliability[data-drawn] .scatterlayer")
    with page.expect_download() as download:
        page.click(".th-curve-svg")
    assert "best fixed rule" in download.value.path().read_text("utf-8")


def test_it_is_whole_on_a_phone_and_in_the_dark(open_file):
    page = open_file(STUDY, figures=True)
    page.wait_for_selector(".th-curve[data-drawn] .scatterlayer")  # a figure drawn amid the resize keeps its old width
    page.wait_for_selector(".th-reliability[data-drawn] .scatterlayer")
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    dark = "() => getComputedStyle(document.body).backgroundColor === 'rgb(15, 19, 26)'"
    page.wait_for_function(dark)
    page.wait_for_function("() => document.documentElement.scrollWidth <= 390")  # plotly resizes its figures later
    bright = "(n) => getComputedStyle(n).color.match(/\\d+/g).slice(0, 3).every((v) => v > 150)"
    for name in ("settled", "answer", "note"):
        assert page.locator(f".th-{name}").evaluate(bright)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (RowsView(theta=1.2), "threshold must lie in"),
        (RowsView(compared=(0.1,)), "compared must be two thresholds, not 1"),
        (RowsView(compared=(0.1, -0.1)), "compared must lie in"),
        (RowsView(budget=101), "budget must be a number from 0 to 100"),
        (RowsView(facet="moon"), "no parts by 'moon'; there are class, length"),
    ],
)
def test_a_view_that_does_not_fit_is_reported(view, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        thresholds_html(STUDY, "made", view)


def test_the_study_shows_itself():
    assert STUDY.to_html(0.3, figures=False) == thresholds_html(STUDY, "made", RowsView(0.3), figures=False)
    assert STUDY._repr_html_().startswith("<iframe srcdoc=")
