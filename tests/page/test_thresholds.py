"""The thresholds view without the page around it: made rows, hostile names, answers that come late or not at all."""

import base64

import numpy as np
import pytest
from factories.corpora import make_corpus, make_span_corpus

from dualroute.app.components import with_plotly
from dualroute.evaluation.row_study import Description, facet, study
from dualroute.export.saved_rows import rows_file_parts
from dualroute.export.scripts import asset, plotly_js
from dualroute.export.thresholds_payload import curve_payload, nothing_measured_payload, rows_payload
from dualroute.rows.threshold_index import ThresholdIndex

from .alone import BLANK, open_blank

HOSTILE = ('<img src="/evil" onerror="window.__hit=1">', "${window.__hit=2}", "{{evil}} `x`", "<script>window.__hit=3")
MOUNT = """({ html, names, answers }) => {
  const element = document.createElement('div'), watching = {};
  window.asked = [];
  element.id = 'thresholds';
  element.innerHTML = html;
  document.body.append(element);
  const props = { value: { names, most: 300 } };
  const reply = (name) => async (given) => {
    window.asked.push([name, given]);
    if (window.offline) throw new TypeError('Failed to fetch');
    return answers[name][given.name || given];
  };
  const server = Object.fromEntries(Object.keys(answers).map((name) => [name, reply(name)]));
  window.tell = (name, value) => { props[name] = value; watching[name](); };
  DualRoute.mount('thresholds', {
    element, props, trigger: (name, data) => window.asked.push([name, data]),
    watch: (name, changed) => (watching[name] = changed), server,
  });
}"""


def make_study(corpus, metric="accuracy", labels=HOSTILE, ids=None):
    corpus.gates[:] = corpus.gates.astype(np.float32)
    head = {"task": "news", "checkpoint": "made", "revision": "0", "labels": list(labels), "data": HOSTILE[0]}
    head |= {"rows_note": "", "default_policy": "threshold", "default_threshold": 0.4, "skipped_empty_x": 0}
    ids = ids or [f"{HOSTILE[i % 4]}{i}" for i in range(len(corpus))]
    names = [HOSTILE[i % 3] for i in range(len(corpus))]
    return study(corpus, ids, Description(head, metric, 0.4), {HOSTILE[3]: facet(names)}, draws=2)


STUDY = make_study(make_corpus(rows=397))  # a prime: no share ends on a half, which the two languages round differently
SPANS = make_study(make_span_corpus(rows=30), "f1", ("start", "end"))
AREA = make_study(make_corpus(rows=120, classes=2, seed=3), "auc", ("no", "yes"))


@pytest.fixture
def mount(browser):
    """A function that shows the view on a blank page; `payloads` by name are what the server has."""
    page, problems = browser.new_page(viewport={"width": 1280, "height": 3600}), []
    page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
    page.on("request", lambda request: "evil" in request.url and problems.append(request.url))
    page.route(BLANK, lambda route: route.fulfill(body="<!doctype html><title>-</title>", content_type="text/html"))

    def show(payloads, plotly=True, **answers):
        open_blank(page, height=3600, plotly=plotly)
        if not plotly:
            page.evaluate("delete window.Plotly")
        given = {"html": with_plotly(asset("thresholds.html")), "names": [[name, name] for name in payloads]}
        given["answers"] = {"load_rows": payloads, **answers}
        page.evaluate(MOUNT, given)
        return page

    yield show
    assert page.evaluate("window.__hit") is None
    page.close()
    assert problems == []


def drag(page, theta: float) -> None:
    move = """(n, v) => {
        delete n.closest(".th").dataset.interval; // the one of the threshold before, which may be the same
        n.value = v;
        n.dispatchEvent(new Event("input", { bubbles: true }));
    }"""
    page.locator(".th-slider").evaluate(move, theta)
    page.wait_for_selector(f".th[data-interval='{theta}']")


def words(page, name: str) -> str:
    return page.locator(f".th-{name}").text_content()


def test_the_numbers_are_pythons_and_hostile_names_stay_text(mount):
    page, index = mount({"made": rows_payload(STUDY, "made", True)}), ThresholdIndex(STUDY.steps)
    page.wait_for_selector(".th[data-interval]")
    for theta in (0.4, 0.65, 1):
        drag(page, theta)
        at, said = index.at(theta), words(page, "answer")
        spent = f"{100 * at.share:.1f}% of the tokens read" if at.share else "no token reads"
        assert f"At θ = {theta:.3f}, {spent}" in said
        assert f"{100 * at.quality:.1f}% [" in said
        assert f"In {100 * at.reading_rows:.1f}% of the rows some token reads" in said
        assert f"differ by {100 * index.calibration(theta).error:.1f} points" in words(page, "ece")
    assert page.locator(".th-facets tbody th").all_text_contents() == list(HOSTILE)
    page.get_by_role("radio", name=HOSTILE[3]).click()
    assert page.locator(".th-facets tbody th").all_text_contents() == sorted(HOSTILE[:3])
    assert page.locator(".th :is(img, script)").count() == 0


def test_two_thresholds_and_their_rows(mount):
    page, index = mount({"made": rows_payload(STUDY, "made", False)}), ThresholdIndex(STUDY.steps)
    page.wait_for_selector(".th[data-interval]")
    page.fill(".th-one", "0.2")
    page.fill(".th-other", "0.8")
    kinds = index.changed(0.2, 0.8)
    for kind, code in (("worse", -1), ("better", 1), ("other", 0)):
        rows = np.flatnonzero(kinds == code)
        page.click(f".th-kind[data-kind={kind}]")
        assert words(page, "kinds").count(f": {len(rows)}") >= 1
        shown = page.locator(".th-changed tbody th").all_text_contents()
        assert shown == [STUDY.ids[row] for row in rows[:25]]
        if len(rows) > 25:
            page.click(".th-more")
            assert page.locator(".th-changed tbody tr").count() == min(50, len(rows))
    drag(page, 0.5)  # θ₂ no longer follows the slider
    assert page.input_value(".th-other") == "0.8"


def test_a_budget_gives_a_theta_that_can_be_taken(mount):
    page = mount({"made": rows_payload(STUDY, "made", False)})
    page.wait_for_selector(".th[data-interval]")
    page.fill(".th-share", "30")
    chosen = page.evaluate("document.querySelector('.th').inspect().chosen.share")
    assert chosen["chosenOn"]["share"] <= 0.3
    assert f"θ = {chosen['theta']:.3f}" in words(page, "by-share")
    page.click(".th-take-share")
    page.wait_for_selector(f".th[data-interval='{chosen['theta']:g}']")
    page.fill(".th-quality", "100")
    assert words(page, "by-quality") == "No threshold meets this."
    assert not page.locator(".th-take-quality").is_visible()


@pytest.mark.parametrize("found", [SPANS, AREA], ids=["spans", "area"])
def test_scores_that_are_no_percentages(mount, found):
    page, index = mount({"made": rows_payload(found, "made", False)}), ThresholdIndex(found.steps, found.metric)
    page.wait_for_selector(".th[data-interval]")
    drag(page, 0.7)
    at = index.at(0.7)
    assert f"is {100 * at.quality:.1f} [" in words(page, "answer")
    assert page.locator(".th-curve[data-drawn]").count() == 1


def test_a_checkpoint_without_rows_says_why(mount):
    page = mount({"made": curve_payload(STUDY.results, "made", "Because."), "more": rows_payload(STUDY, "more", False)})
    page.wait_for_selector(".th[data-ready=made]")
    assert "Because." in words(page, "why")
    assert not page.locator(".th-of-rows").is_visible()
    page.wait_for_selector(".th-curve[data-drawn]")
    page.select_option(".th-names", "more")
    page.wait_for_selector(".th[data-interval]")
    assert page.locator(".th-of-rows").is_visible()


def test_rows_that_do_not_come_are_reported(mount):
    page = mount({"made": {"error": "no evaluation rows: " + HOSTILE[0]}})
    page.wait_for_function("document.querySelector('.th-state').textContent.includes('no evaluation rows')")


def test_a_lost_connection_is_told_and_the_view_stays(mount):
    page = mount({"made": rows_payload(STUDY, "made", False), "more": rows_payload(SPANS, "more", False)})
    page.wait_for_selector(".th[data-interval]")
    before = words(page, "answer")
    page.evaluate("window.offline = true")
    page.select_option(".th-names", "more")
    page.wait_for_selector(".th-again:visible")
    assert words(page, "state") == "more: No answer came from the server. Check the connection."
    assert (words(page, "answer"), page.input_value(".th-names")) == (before, "made")
    drag(page, 0.6)
    assert "At θ = 0.600" in words(page, "answer")
    page.evaluate("window.offline = false")
    page.click(".th-again")
    page.wait_for_selector(".th[data-ready=more]")
    assert (words(page, "state"), page.input_value(".th-names")) == ("", "more")
    assert not page.locator(".th-again").is_visible()


def test_the_first_rows_can_be_asked_for_again(mount):
    page = mount({"made": {"error": "no rows yet"}})
    page.wait_for_selector(".th-again:visible")
    before = len(page.evaluate("window.asked"))
    page.click(".th-again")
    page.wait_for_function("(n) => window.asked.length > n", arg=before)


def test_the_point_on_the_curve_is_dragged_and_moved_by_keys(mount):
    page, index = mount({"made": rows_payload(STUDY, "made", False)}), ThresholdIndex(STUDY.steps)
    page.wait_for_selector(".th[data-interval]")
    page.wait_for_selector(".th-handle:visible")
    handle = page.locator(".th-handle")
    start, plot = handle.bounding_box(), page.locator(".th-curve .bglayer, .th-curve .plotbg").first
    assert plot.count()
    at = index.at(0.4)
    assert float(handle.get_attribute("aria-valuenow")) == pytest.approx(100 * at.share, abs=0.06)
    page.mouse.move(start["x"] + 11, start["y"] + 11)
    page.mouse.down()
    page.mouse.move(start["x"] + 200, start["y"] + 11, steps=3)
    page.mouse.up()
    more = float(handle.get_attribute("aria-valuenow"))
    theta = float(page.input_value(".th-slider"))
    assert more > 100 * at.share + 5
    assert more == pytest.approx(100 * index.at(theta).share, abs=0.06)
    page.wait_for_selector(f".th[data-interval='{theta:g}']")
    assert handle.bounding_box()["x"] == pytest.approx(start["x"] + 189, abs=6)
    handle.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("(t) => Number(document.querySelector('.th-slider').value) > t", arg=theta)
    page.keyboard.press("Home")
    page.wait_for_selector(".th[data-interval='1']")
    assert handle.get_attribute("aria-valuenow") == "0.0"
    page.keyboard.press("End")
    page.wait_for_selector(".th[data-interval='0']")


@pytest.mark.parametrize("given", ["", "101", "-5"])
def test_a_goal_that_is_none_is_told(mount, given):
    page = mount({"made": rows_payload(STUDY, "made", False)})
    page.wait_for_selector(".th[data-interval]")
    for name in ("share", "quality"):
        page.fill(f".th-{name}", given)
        assert words(page, f"by-{name}") == "Enter a number from 0 to 100."
        assert not page.locator(f".th-take-{name}").is_visible()
        assert page.get_attribute(f".th-{name}", "aria-invalid") == "true"
    page.fill(".th-share", "30")
    assert words(page, "by-share").startswith("θ = ")


@pytest.mark.parametrize("given", ["", "1.5", "-0.1"])
def test_a_theta_that_is_none_is_told(mount, given):
    page = mount({"made": rows_payload(STUDY, "made", False)})
    page.wait_for_selector(".th[data-interval]")
    page.fill(".th-one", given)
    assert words(page, "pair-words") == "Enter a θ from 0 to 1 in both fields."
    assert page.locator(".th-changed tr").count() == 0
    page.click(".th-changed-csv")
    page.wait_for_selector(".th-changed-csv:text('Not saved: Enter a θ from 0 to 1')")
    page.fill(".th-one", "0.2")
    assert words(page, "pair-words").startswith("From θ₁ = 0.200")


def test_a_failed_run_tells_whose_figures_are_on_screen(mount):
    page = mount({"made": rows_payload(STUDY, "made", False)})
    page.wait_for_selector(".th[data-interval]")
    one = make_study(make_corpus(rows=1), ids=["row 1"])
    mine = rows_payload(one, "made", False, {"row 1": {"x": "a", "h": ""}})
    page.fill(".th-own-text", "x,label\na,b")
    page.click(".th-own-run")
    page.evaluate("(rows) => window.tell('own', { id: 1, rows })", mine)
    assert words(page, "own-status") == "1 row is in the figures above."
    page.click(".th-own-run")
    page.evaluate("window.tell('own', { id: 2, error: 'row 1 has an empty x' })")
    assert words(page, "own-status") == "row 1 has an empty x"
    assert words(page, "state") == "These figures are still those of the 1 row run before."
    assert page.locator(".th-names option:checked").text_content() == "Your own rows (run before)"
    page.click(".th-own-run")
    page.evaluate("(rows) => window.tell('own', { id: 3, rows })", mine)
    assert page.locator(".th-names option:checked").text_content() == "Your own rows"
    assert words(page, "state") == ""


def test_a_checkpoint_that_nothing_was_measured_with_takes_own_rows(mount):
    page = mount({"mine": nothing_measured_payload("mine", "No rows were measured.")})
    page.wait_for_selector(".th[data-ready=mine]")
    assert words(page, "why") == "mine: No rows were measured."
    assert not page.locator(".th-curve").is_visible()
    page.fill(".th-own-text", "x,label\na,b")
    page.click(".th-own-run")
    assert last_run(page)["name"] == "mine"
    page.evaluate("(rows) => window.tell('own', { id: 1, rows })", rows_payload(STUDY, "mine", False, {}))
    page.wait_for_selector(".th-curve[data-drawn]")
    assert page.locator(".th-headlines").is_visible()


def test_a_plot_that_cannot_be_loaded_is_told_and_drawn_again(mount):
    page = mount({"made": rows_payload(STUDY, "made", False)}, plotly=False)
    page.wait_for_selector(".th-curve[data-plot=failed]")
    shown = "(node) => getComputedStyle(node, '::before').content"
    assert "could not be loaded" in page.locator(".th-curve").evaluate(shown)
    page.route("**/gradio_api/**", lambda route: route.fulfill(path=plotly_js()))
    page.locator(".th-curve + .plot-again").click()
    page.wait_for_selector(".th-curve[data-drawn]")
    assert page.get_attribute(".th-curve", "data-plot") is None


def test_texts_at_hand_stand_in_the_table_and_open(mount):
    ids = [f"id-{i}" for i in range(400)]
    found = make_study(make_corpus(rows=400), ids=ids)
    texts = {row_id: {"x": HOSTILE[0] + row_id, "h": "the h"} for row_id in ids[:-1]}
    row = {"x": "the x", "h": "the h", "image": ""}
    page = mount({"made": rows_payload(found, "made", False, {}, True)}, texts_of={"made": texts}, row_of={"made": row})
    page.evaluate("document.addEventListener('dualroute:open', ({ detail }) => (window.opened = detail))")
    page.wait_for_selector(".th-changed button")
    first = page.locator(".th-changed tbody th").first.text_content()
    assert page.locator(".th-changed tbody td").nth(1).text_content() == HOSTILE[0] + first
    page.locator(".th-changed button").first.click()
    page.wait_for_function("window.opened")
    opened = page.evaluate("window.opened")
    assert (opened["checkpoint"], opened["x"], opened["h"], opened["threshold"]) == ("made", "the x", "the h", 0.4)
    asked = [given for name, given in page.evaluate("window.asked") if name == "row_of"]
    assert asked == [{"name": "made", "id": first}]


def test_own_rows_run_can_be_stopped_and_are_shown(mount):
    page = mount({"made": rows_payload(STUDY, "made", False)})
    page.wait_for_selector(".th[data-interval]")
    page.click(".th-own-run")
    assert "Paste rows" in words(page, "own-status")
    page.fill(".th-own-text", "x,label\na,b")
    page.click(".th-own-run")
    request = [given for name, given in page.evaluate("window.asked") if name == "run_rows"][-1]
    assert request == {"id": 1, "csv": "x,label\na,b", "name": "made"}
    page.evaluate("window.tell('own', { id: 1, done: 4, total: 9 })")
    assert words(page, "own-status") == "4 of 9 rows"
    page.click(".th-own-cancel")
    assert [given for name, given in page.evaluate("window.asked") if name == "stop_rows"] == [{"id": 1}]
    mine = rows_payload(SPANS, "made", False, {row_id: {"x": HOSTILE[0], "h": ""} for row_id in SPANS.ids})
    page.evaluate("(rows) => window.tell('own', { id: 1, rows })", mine)  # too late: it was stopped
    assert words(page, "own-status") == "Stopped."
    page.click(".th-own-run")
    page.evaluate("window.tell('own', { id: 3, error: 'row 1 has an empty x' })")
    assert words(page, "own-status") == "row 1 has an empty x"
    page.click(".th-own-run")
    page.evaluate("(rows) => window.tell('own', { id: 4, rows })", mine)
    assert "30 rows are in the figures" in words(page, "own-status")
    assert page.input_value(".th-names") == "your own rows"
    assert "over 30 rows" in words(page, "answer")
    page.select_option(".th-names", "made")
    assert "over 397 rows" in words(page, "answer")


def test_the_bytes_of_a_file_are_sent_and_notes_are_shown(mount):
    page = mount({"made": rows_payload(STUDY, "made", False)})
    page.wait_for_selector(".th[data-interval]")
    content = "x;label\nCaf\xe9;b\n".encode("cp1252")
    page.fill(".th-own-text", "x,label\nold,b")
    page.set_input_files(".th-own-file", {"name": "own.csv", "mimeType": "text/csv", "buffer": content})
    page.wait_for_function(
        "document.querySelector('.th-own-status').textContent === 'own.csv is chosen; run its rows.'"
    )
    assert page.input_value(".th-own-text") == ""
    page.click(".th-own-run")
    file = base64.b64encode(content).decode()
    assert last_run(page) == {"id": 1, "file": file, "file_name": "own.csv", "name": "made"}
    mine = rows_payload(SPANS, "made", False, {row_id: {"x": "a", "h": ""} for row_id in SPANS.ids})
    page.evaluate("([rows, note]) => window.tell('own', { id: 1, rows, notes: [note] })", [mine, HOSTILE[0]])
    assert words(page, "own-status") == f"30 rows are in the figures above. Note: {HOSTILE[0]}."
    page.fill(".th-own-text", "x,label\na,b")  # what is typed takes the place of the file
    assert page.input_value(".th-own-file") == ""
    page.click(".th-own-run")
    assert last_run(page) == {"id": 2, "csv": "x,label\na,b", "name": "made"}


def test_an_empty_file_is_sent_and_a_large_one_is_not(mount):
    page = mount({"made": rows_payload(STUDY, "made", False)})
    page.wait_for_selector(".th[data-interval]")
    page.set_input_files(".th-own-file", {"name": "none.csv", "mimeType": "text/csv", "buffer": b""})
    page.wait_for_function("document.querySelector('.th-own-status').textContent.startsWith('none.csv')")
    page.click(".th-own-run")
    assert last_run(page) == {"id": 1, "file": "", "file_name": "none.csv", "name": "made"}
    page.click(".th-own-cancel")
    page.set_input_files(".th-own-file", {"name": "big.csv", "mimeType": "text/csv", "buffer": bytes(4_000_001)})
    page.wait_for_function("document.querySelector('.th-own-status').textContent.includes('too large')")
    page.click(".th-own-run")
    assert "Paste rows or choose a file" in words(page, "own-status")


def last_run(page) -> dict:
    """The last request of own rows."""
    return [given for name, given in page.evaluate("window.asked") if name == "run_rows"][-1]


def test_a_curve_without_rows_is_saved_with_its_reason(mount, browser, tmp_path):
    made = {"made": curve_payload(STUDY.results, "made", "Because.")}
    page = mount(made, file_parts={"": {"parts": rows_file_parts()}})
    page.route("**/gradio_api/**", lambda route: route.fulfill(path=plotly_js()))
    page.wait_for_selector(".th[data-ready=made]")
    assert not page.locator(".th-csv").is_visible()
    with page.expect_download() as download:
        page.click(".th-html")
    download.value.save_as(tmp_path / "made.html")
    context = browser.new_context(offline=True)
    saved = context.new_page()
    saved.goto((tmp_path / "made.html").as_uri())
    saved.wait_for_selector(".th-curve[data-drawn]")
    assert "made (made, revision 0)" in words(saved, "settled")
    assert "Because." in words(saved, "settled")
    assert not saved.locator("div.th-of-rows").is_visible()
    context.close()


def test_the_file_is_refused_in_words_when_the_server_gives_no_parts(mount):
    page = mount({"made": rows_payload(STUDY, "made", False)}, file_parts={"": {"error": "something went wrong"}})
    page.wait_for_selector(".th[data-interval]")
    page.click(".th-html")
    page.wait_for_selector(".th-html:text('Not saved: something went wrong')")
