"""Tab Thresholds in the browser: it follows Inspect, a θ costs the server nothing, and it fits a phone."""

import json

import numpy as np
import pandas as pd
import pytest

from dualroute.paths import assets_dir
from dualroute.rows.stored import read_rows
from dualroute.rows.threshold_index import ThresholdIndex
from dualroute.trace.breakpoints import breakpoints

from .test_page_layout import SIZES, brightness

CUT_OFF = """() => [...document.querySelectorAll('.th *')].filter((node) => node.getClientRects().length &&
  node.getBoundingClientRect().right > innerWidth + 1 && !node.closest('.th-scroll') && !node.closest('svg'))
  .map((node) => node.className)"""
OWN = "x,h,label\n" + "".join(
    f'"<img src=/evil onerror=window.__hit=1> talks {i}","The teams met, again.",Sports\n' for i in range(6)
)


def open_tab(visitor, name="news"):
    visitor.open("Thresholds")
    visitor.page.wait_for_selector(f".th[data-ready='{name}'][data-interval]")


def drag(visitor, theta: float) -> None:
    drag_in(visitor.page, theta)


def drag_in(page, theta: float) -> None:
    move = "(n, v) => { n.value = v; n.dispatchEvent(new Event('input', { bubbles: true })); }"
    page.locator(".th-slider").evaluate(move, theta)
    page.wait_for_selector(f".th[data-interval='{theta:g}']")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_tab_fits_and_is_pictured(visit, artifacts, size, theme):
    width, height = SIZES[size]
    visitor = visit(width=width, height=height, theme=theme)
    open_tab(visitor)
    visitor.page.wait_for_selector(".th-curve[data-drawn]")
    visitor.page.click(".th-details summary")
    assert visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert visitor.page.evaluate(CUT_OFF) == []
    visitor.page.screenshot(path=artifacts / f"thresholds-{size}-{theme}.png", full_page=True)
    paper, ink = (brightness(visitor, *at) for at in (("gradio-app", "backgroundColor"), (".th-answer", "color")))
    assert abs(paper - ink) > 150


def test_figures_curve_and_slider_are_on_one_screen(visit):
    visitor = visit(width=1280, height=800)
    open_tab(visitor)
    visitor.page.wait_for_selector(".th-curve[data-drawn] .scatterlayer")
    tops = "(node) => { const { top, bottom } = node.getBoundingClientRect(); return [top, bottom]; }"
    places = [visitor.page.locator(f".th-{name}").evaluate(tops) for name in ("headlines", "curve", "slider")]
    assert all(top >= 0 and bottom <= 800 for top, bottom in places)
    assert places == sorted(places)
    study = read_rows(assets_dir() / "rows" / "news.npz")
    at = ThresholdIndex(study.steps).at(study.results["default_threshold"])
    shown = visitor.texts(".th-headline-value")
    assert shown[:2] == [f"{100 * at.quality:.1f}%", f"{100 * at.share:.1f}%"]
    assert all("95% CI" in text for text in visitor.texts(".th-headline-interval"))


def test_own_rows_come_back_when_the_page_is_loaded_again(visitor):
    run_own_rows(visitor)
    drag(visitor, 0.25)
    visitor.page.wait_for_function("location.search.includes('at=0.25')")
    visitor.page.reload()
    visitor.page.wait_for_selector(".dr[data-ready]", state="attached")
    visitor.open("Thresholds")
    visitor.page.wait_for_selector(".th[data-interval='0.25']")
    assert visitor.page.input_value(".th-names") == "your own rows"
    assert visitor.page.input_value(".th-own-text") == OWN
    assert "were kept" in visitor.texts(".th-state")[0]
    visitor.page.select_option(".th-names", "news")
    visitor.page.wait_for_function("document.querySelector('.th-state').textContent === ''")
    assert "6,799" in visitor.texts(".th-headline-title")[0]


def test_a_theta_is_answered_without_the_server(visitor):
    open_tab(visitor)
    index = ThresholdIndex(read_rows(assets_dir() / "rows" / "news.npz").steps)
    before = len(visitor.runs)
    for theta in (0.123, 0.55, 0.65):
        drag(visitor, theta)
        at, said = index.at(theta), visitor.texts(".th-answer")[0]
        assert f"{100 * at.share:.1f}% of the tokens read" in said
        assert f"{100 * at.quality:.1f}% [" in said
    assert len(visitor.runs) == before


def test_the_band_is_that_of_the_input_and_goes_back_to_inspect(visitor, examples):
    open_tab(visitor)
    found = breakpoints(examples[0].trace)
    rows = visitor.page.locator(".th-flips tbody th").all_text_contents()
    assert rows == [f"{low:.3f}" for low in found.lows]
    (change,) = found.changes
    assert f"changes at θ = {change.low:.3f} (to “{change.outcome.label}”)" in visitor.texts(".th-band-words")[0]
    visitor.page.locator(".th-piece").last.click()
    visitor.page.click(".th-apply")
    visitor.page.wait_for_function("document.querySelector('.dr').getClientRects().length > 0")
    state = visitor.state()
    assert state["theta"] == pytest.approx((change.low + 1) / 2, abs=6e-4)
    assert (state["policy"], state["best"]) == ("threshold", change.outcome.label_index)


def run_own_rows(visitor):
    """Bring the six rows of `OWN`, and wait until the tab shows them with their intervals."""
    open_tab(visitor)
    visitor.page.fill(".th-own-text", OWN)
    visitor.page.click(".th-own-run")
    visitor.page.wait_for_function("document.querySelector('.th-own-status').textContent.includes('6 rows are in')")
    visitor.page.wait_for_selector(".th[data-interval]")


def test_own_rows_are_run_shown_and_opened(visitor):
    run_own_rows(visitor)
    assert "over 6 rows" in visitor.texts(".th-answer")[0]
    rows = visitor.page.evaluate("document.querySelector('.th').inspect().rows.ids")
    assert rows == [f"row {i}" for i in range(1, 7)]
    assert visitor.page.evaluate("window.__hit") is None


def test_own_rows_of_a_file_are_decoded_on_the_server(visitor):
    open_tab(visitor)
    content = "X;H;Label\r\nCafé prices rise;The bank acted;Business\r\n".encode("cp1252")
    visitor.page.set_input_files(".th-own-file", {"name": "own.csv", "mimeType": "text/csv", "buffer": content})
    visitor.page.wait_for_function("document.querySelector('.th-own-status').textContent.includes('is chosen')")
    visitor.page.click(".th-own-run")
    visitor.page.wait_for_function("document.querySelector('.th-own-status').textContent.includes('read as cp1252')")
    held = visitor.page.evaluate("document.querySelector('.th').inspect().rows.texts['row 1'].x")
    assert held == "Café prices rise"


def test_own_rows_that_are_none_are_reported(visitor):
    open_tab(visitor)
    visitor.page.fill(".th-own-text", "x,label\na word,Cooking\n")
    visitor.page.click(".th-own-run")
    said = "row 1 has the label 'Cooking'; there are World, Sports, Business, Sci/Tech"
    visitor.page.wait_for_function("(s) => document.querySelector('.th-own-status').textContent === s", arg=said)


def test_a_stopped_run_is_over_and_the_next_one_works(visitor):
    open_tab(visitor)
    visitor.page.fill(".th-own-text", "x,label\n" + '"a word of the day, and some more",World\n' * 300)
    visitor.page.click(".th-own-run")
    visitor.page.wait_for_function("/ of 300 rows/.test(document.querySelector('.th-own-status').textContent)")
    visitor.page.click(".th-own-cancel")
    assert visitor.texts(".th-own-status") == ["Stopped."]
    visitor.page.fill(".th-own-text", OWN)
    visitor.page.click(".th-own-run")
    visitor.page.wait_for_function("document.querySelector('.th-own-status').textContent.includes('6 rows are in')")


def test_a_checkpoint_that_writes_shows_its_curve(visitor):
    open_tab(visitor)
    visitor.page.select_option(".th-names", "emoji")
    visitor.page.wait_for_selector(".th[data-ready=emoji]")
    assert "writes its answer" in visitor.texts(".th-why")[0]
    assert not visitor.page.locator(".th-of-rows").is_visible()


def take(visitor, button: str, path):
    with visitor.page.expect_download() as download:
        visitor.page.click(f".th-{button}")
    download.value.save_as(path)
    return path


def opened_offline(browser, path):
    page = browser.new_context(offline=True).new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(".th[data-settled][data-interval]")
    return page


def test_the_answer_is_mailed_as_one_file(visitor, browser, examples, tmp_path):
    open_tab(visitor)
    drag(visitor, 0.3)
    visitor.page.get_by_role("radio", name="length").click()
    visitor.page.fill(".th-share", "25")
    visitor.page.fill(".th-one", "0.1")
    before = [visitor.page.input_value(f".th-{name}") for name in ("slider", "one", "other", "share", "quality")]
    said = visitor.texts(".th-answer")
    visitor.page.check(".th-with-input")
    path = take(visitor, "html", tmp_path / "news.html")
    assert path.stat().st_size < 4_000_000
    page = opened_offline(browser, path)
    assert [page.input_value(f".th-{name}") for name in ("slider", "one", "other", "share", "quality")] == before
    assert [page.locator(".th-answer").text_content()] == said
    assert said[0] in page.locator(".th-settled").text_content()
    assert page.get_by_role("radio", name="length").get_attribute("aria-checked") == "true"
    assert examples[0].trace.x in page.locator(".th-band-input").text_content()
    drag_in(page, 0.6)
    drag(visitor, 0.6)
    assert page.locator(".th-answer").text_content() == visitor.texts(".th-answer")[0]
    page.context.close()


def test_no_text_of_inspect_is_in_the_file_unless_it_is_asked_for(visitor, examples, tmp_path):
    open_tab(visitor)
    text = take(visitor, "html", tmp_path / "news.html").read_text("utf-8")
    data = json.loads(text.split('id="saved-data">')[1].split("</script>")[0])
    assert (data["input"], data["rows"]["texts"], data["rows"]["atHand"]) == (None, None, False)
    assert examples[0].trace.x not in text


def test_own_rows_come_along_with_their_texts(visitor, browser, tmp_path):
    run_own_rows(visitor)
    assert "your rows with their texts" in visitor.texts(".th-keep-note")[0]
    page = opened_offline(browser, take(visitor, "html", tmp_path / "own.html"))
    said = page.locator(".th-settled").text_content()
    assert "6 rows (your own rows)" in said
    assert "6 rows are too few to tell whether" in said
    held = page.evaluate("document.querySelector('.th').inspect().rows.texts['row 1'].x")
    assert held.startswith("<img src=/evil")
    assert page.evaluate("window.__hit") is None
    page.context.close()


def test_the_table_of_every_theta_as_csv_json_and_parquet(visitor, tmp_path):
    open_tab(visitor)
    tables = [pd.read_csv(take(visitor, "csv", tmp_path / "t.csv"))]
    tables.append(pd.DataFrame(json.loads(take(visitor, "json", tmp_path / "t.json").read_text("utf-8"))["rows"]))
    tables.append(pd.read_parquet(take(visitor, "parquet", tmp_path / "t.parquet")))
    curve = ThresholdIndex(read_rows(assets_dir() / "rows" / "news.npz").steps).curve(np.arange(101) / 100)
    for table in tables:
        np.testing.assert_allclose(table["share_merged"], curve.shares, atol=1e-12)
        np.testing.assert_allclose(table["accuracy"], curve.qualities, atol=1e-7)


def test_the_curve_as_a_picture(visitor, tmp_path):
    open_tab(visitor)
    visitor.page.wait_for_selector(".th-curve[data-drawn]")
    assert "best fixed rule" in take(visitor, "curve-svg", tmp_path / "c.svg").read_text("utf-8")
    assert take(visitor, "curve-png", tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
