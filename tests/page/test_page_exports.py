"""What can be taken along from the page: tables, figures, and the view as a file that lives without it."""

import csv
import json
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from factories.traces import changed, make_items, make_picture, make_spans, make_trace, make_written
from PIL import Image

from .alone import tell
from .test_inspector import HOSTILE
from .visitor import STATE, check_replay

SVG = "{http://www.w3.org/2000/svg}"
KINDS = {
    "three flows": make_trace(tokens=50, context=60, flows=("direct", "context", "merged"), seed=1),
    "no context": make_trace(context=0, seed=2),
    "spans": make_spans(tokens=60),
    "items": make_items(),
    "picture": make_picture(),
    "written": make_written(),
}


def taken(page, button: str):
    """The file that a button of the inspector hands over."""
    with page.expect_download() as download:
        page.click(f".dr-{button}")
    return download.value


def bars(figure: ElementTree.Element, kind: str) -> np.ndarray:
    """Heights of a row's bars as shares of their cells, in order."""
    cells = [node for node in figure.iter(f"{SVG}g") if node.get("class") == f"cell {kind}"]
    boxes = [[float(rect.get("height")) for rect in cell.iter(f"{SVG}rect")] for cell in cells]
    return np.array([heights[1] / heights[0] for heights in boxes])


def test_the_whole_view_as_a_file(visitor, browser, examples, tmp_path):
    visitor.policy("weighted_threshold")
    visitor.drag_to(0.25)
    visitor.flip(1)
    visitor.page.click(".dr-label >> nth=1")
    before = visitor.state()
    path = tmp_path / "view.html"
    taken(visitor.page, "html").save_as(path)
    assert path.stat().st_size < 300_000
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(".dr[data-ready]")
    after = page.evaluate(STATE)
    for name in ("policy", "theta", "overrides", "label", "token", "tokens", "logits"):
        assert after[name] == before[name], name
    check_replay(after, examples[0].trace)
    page.click(".dr-policy[data-policy=soft]")
    check_replay(page.evaluate(STATE), examples[0].trace)
    assert "Integrated Gradients" in page.text_content(".dr-attr-status") or "previous routing" in page.text_content(
        ".dr-attr-status"
    )
    page.locator(".dr-plot").scroll_into_view_if_needed()
    page.wait_for_selector(".dr-flow-ribbon")
    context.close()


def test_a_comparison_as_a_file(visitor, browser, tmp_path):
    visitor.page.click(".dr-pin")
    visitor.drag_to(0.95)
    visitor.page.get_by_role("tab", name="Compare").click()
    visitor.page.wait_for_selector(".cmp[data-shown]")
    sentence = visitor.texts(".cmp-sentence")
    path = tmp_path / "pair.html"
    with visitor.page.expect_download() as download:
        visitor.page.click(".cmp-html")
    download.value.save_as(path)
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(".cmp[data-shown]")
    assert page.locator(".cmp-sentence").all_text_contents() == sentence
    assert page.locator(".saved-name").all_text_contents() == ["A and B compared", "A", "B"]
    page.close()


def test_what_was_typed_is_not_sent_for_the_file(visitor):
    visitor.page.wait_for_load_state("networkidle")
    before = len(visitor.runs)
    sent = []
    visitor.page.on("request", lambda request: sent.append(request.post_data or ""))
    taken(visitor.page, "html")
    assert len(visitor.runs) == before + 1
    title = visitor.page.evaluate("document.querySelector('.dr').inspect().payload.x")
    assert not [data for data in sent if title in data]
    taken(visitor.page, "html")  # the parts are here now
    assert len(visitor.runs) == before + 1


def test_the_numbers_as_json(visitor, examples):
    visitor.flip(0)
    text = taken(visitor.page, "json").path().read_text("utf-8")
    numbers, trace = json.loads(text), examples[0].trace
    outcome = trace.replay(
        numbers["policy"], numbers["threshold"], {int(t): f for t, f in numbers["overrides"].items()}
    )
    own = numbers["rows"][: len(trace.tokens)]
    assert [row["flow"] for row in own] == list(outcome.flows_taken)
    expected = outcome.kappa * trace.direct_contributions[:, trace.labels.index(numbers["explained"])]
    np.testing.assert_allclose([row["by_itself"] for row in own], expected, rtol=1e-6)
    assert own[0]["was_read"] is None
    assert (numbers["answer"], numbers["x"]) == (outcome.label, trace.x)


def same_table(page, button: str) -> pd.DataFrame:
    """The Parquet file of a button, `{}` its format; every cell is that of its neighbour, the CSV file."""
    paths = {}
    for kind in ("csv", "parquet"):
        with page.expect_download() as download:
            page.click(button.format(kind))
        assert download.value.suggested_filename.endswith(f".{kind}")
        paths[kind] = download.value.path()
    rows = list(csv.DictReader(paths["csv"].read_text("utf-8").splitlines()))
    table = pd.read_parquet(paths["parquet"])
    assert (table.columns.tolist(), len(table)) == (list(rows[0]), len(rows))
    for column in table:
        written = [row[column] for row in rows]
        if pd.api.types.is_bool_dtype(table[column]):
            assert [{"true": True, "false": False, "": None}[cell] for cell in written] == table[column].tolist()
        elif pd.api.types.is_numeric_dtype(table[column]):
            numbers = [float(cell) if cell else np.nan for cell in written]
            np.testing.assert_array_equal(table[column].to_numpy(float, na_value=np.nan), numbers, column)
        else:
            assert written == table[column].fillna("").tolist(), column
    return table


def test_every_table_as_parquet_has_the_numbers_of_the_csv(visitor, examples):
    trace = examples[0].trace
    visitor.attributed()
    table = same_table(visitor.page, ".dr-{}")
    assert table["gate"].dropna().tolist() == pytest.approx(trace.gates.tolist(), rel=1e-6)
    visitor.page.get_by_role("tab", name="Compare").click()
    visitor.page.wait_for_selector(".cmp[data-shown]")
    assert pd.api.types.is_bool_dtype(same_table(visitor.page, ".cmp-{}")["rerouted"])
    visitor.page.get_by_role("tab", name="Attribute", exact=True).click()
    visitor.page.wait_for_selector(".wb[data-tracks]")
    assert "integrated_gradients" in same_table(visitor.page, ".wb-file[data-file=scores-{}]")["method"].tolist()
    same_table(visitor.page, ".wb-file[data-file=methods-{}]")


@pytest.mark.parametrize("trace", KINDS.values(), ids=KINDS)
def test_the_tracks_as_svg_hold_every_token(mount, trace):
    page = mount(trace)
    figure = ElementTree.parse(taken(page, "tracks-svg").path()).getroot()
    np.testing.assert_allclose(bars(figure, "gate"), trace.gates, atol=1e-6)
    shown = page.evaluate(STATE)
    letters = [
        node.findall(f"{SVG}text")[0].text for node in figure.iter(f"{SVG}g") if node.get("class") == "cell flow"
    ]
    outcome = page.evaluate("Array.from(document.querySelector('.dr').inspect().outcome.weights)")
    taken_flows = np.reshape(outcome, (len(trace.tokens), -1))
    assert letters == ["DM"[int(row.argmax())] if len(row) == 2 else "DCM"[int(row.argmax())] for row in taken_flows]
    assert figure.findall(f"{SVG}line[@class='theta']")
    assert float(figure.get("height")) > 100
    assert shown["tokens"] == list(trace.tokens)


def test_the_context_in_the_svg(mount):
    trace = make_trace(tokens=5, context=7, seed=4)
    page = mount(trace)
    read = bars(ElementTree.parse(taken(page, "tracks-svg").path()).getroot(), "share")
    outcome = trace.replay()
    expected = (outcome.rho * trace.pooling) @ trace.attention
    np.testing.assert_allclose(read, expected / (trace.pooling @ trace.attention).max(), atol=1e-5)


def test_hostile_names_are_text_in_the_svg(mount):
    made = make_trace(tokens=len(HOSTILE), context=len(HOSTILE), classes=3)
    names = {"tokens": (*HOSTILE[:5], "\x00\x08]]>\ud800"), "context_tokens": HOSTILE, "labels": HOSTILE[:3]}
    page = mount(changed(made, **names, spec=dict(x_name=HOSTILE[0], h_name=HOSTILE[1])))
    figure = ElementTree.parse(taken(page, "tracks-svg").path()).getroot()
    kinds = {node.tag.removeprefix(SVG) for node in figure.iter()}
    assert kinds <= {"svg", "rect", "line", "text", "g", "title"}


def test_the_tracks_as_pixels(mount):
    page = mount(make_trace(tokens=6, context=5))
    with Image.open(taken(page, "tracks-png").path()) as image:
        assert image.size[0] == 2200
        assert len(image.getcolors(1 << 24)) > 5


def test_the_flow_picture_as_svg_and_pixels(mount):
    page = mount(make_trace(tokens=6, context=5))
    text = taken(page, "flow-svg").path().read_text("utf-8")
    figure = ElementTree.fromstring(text)
    assert any("dr-flow-ribbon" in (node.get("class") or "") for node in figure.iter())
    assert "var(" not in text
    assert page.locator(".dr-plot").evaluate("(node) => getComputedStyle(node).getPropertyValue('--dr-merged')") in text
    with Image.open(taken(page, "flow-png").path()) as image:
        assert image.size[0] > 1000


def test_a_written_text_has_no_flow_picture_to_take(mount):
    page = mount(make_written())
    assert page.locator(".dr-flow-svg").is_hidden()
    assert json.loads(taken(page, "json").path().read_text("utf-8"))["text"] == "small upturn ends"


def test_what_cannot_be_saved_is_reported(mount):
    page = mount(make_trace())
    page.click(".dr-html")
    page.wait_for_function("window.asked.some(([name]) => name === 'shell')")
    tell(page, "shell", {"id": 1, "error": "the server is gone"})
    page.wait_for_selector(".dr-html:has-text('Not saved: the server is gone')")
