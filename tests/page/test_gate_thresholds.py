"""Thresholds of a language model's gate, on the page and in a file: every figure is Python's."""

import io
from dataclasses import replace

import pandas as pd
import pytest
from factories.gate_studies import make_gate_study

from dualroute.evaluation.gate_study import evaluate_study
from dualroute.export.saved_rows import RowsView, thresholds_html
from dualroute.export.thresholds_payload import gate_payload, rows_payload
from dualroute.rows.gate_study import GateStudy

from .test_saved_rows import open_file  # noqa: F401  a fixture
from .test_thresholds import HOSTILE, STUDY, drag, mount, words  # noqa: F401  a fixture

GATE = make_gate_study(checkpoint=HOSTILE[0])


def hostile_ids(study: GateStudy) -> GateStudy:
    return replace(study, ids=tuple(f"{HOSTILE[i % 4]}{i}" for i in range(len(study))))


def shown(page, theta: float, group: str) -> None:
    """Hold what is on screen at θ against Python."""
    results = evaluate_study(GATE, theta)["groups"][group]
    at, values = results["chosen"], page.locator(".th-headline-value").all_text_contents()
    assert values[:2] == [f"{at['nll']:.2f}", f"{100 * at['share']:.1f}%"]
    difference = at["nll"] - at["random"]["nll"]
    assert values[2] == f"{difference:+.2f}".replace("-", "−")
    controls = page.locator(".th-controls tbody td:nth-of-type(1)").all_text_contents()
    expected = [at["nll"], at["random"]["nll"], at["entropy"], at["divergence"], at["oracle"], at["static"]]
    assert controls == [f"{value:.2f}" for value in expected]
    reading = f"In {100 * GATE.reading_rows(theta, group):.1f}%" if not GATE.results["full"] else "saves no compute"
    assert reading in words(page, "answer")


def test_every_figure_is_pythons(mount):  # noqa: F811
    page = mount({"gate": gate_payload(hostile_ids(GATE), "gate"), "made": rows_payload(STUDY, "made", False)})
    page.wait_for_selector(".th[data-kind=gate][data-interval]")
    for theta in (0.2, 0.62):
        drag(page, theta)
        shown(page, theta, "right")
    page.locator(".th-groups button").nth(3).click()
    drag(page, 0.41)
    shown(page, 0.41, "mixture")
    rows = page.locator(".th-facets tbody tr")
    assert rows.count() == 4
    near = evaluate_study(GATE, 0.41)["groups"]["near"]
    cells = rows.nth(2).locator("td").all_text_contents()
    expected = near["direct"]["nll"], near["merged"]["nll"], near["chosen"]["nll"]
    assert cells[1:4] == [f"{value:.2f}" for value in expected]
    assert cells[6] == f"{100 * near['chosen']['share']:.1f}%"
    page.fill(".th-share", "30")
    chosen = page.evaluate("document.querySelector('.th').inspect().chosen.share")
    assert chosen["chosenOn"]["share"] <= 0.3
    page.fill(".th-one", "0.1")
    assert page.locator(".th-changed tbody th").first.text_content()[:10] in [one[:10] for one in HOSTILE]
    # Rows of a router are shown as ever, and the gate's parts are gone.
    page.select_option(".th-names", "made")
    page.wait_for_selector(".th[data-kind=rows][data-interval]")
    assert not page.locator(".th-groups, .th-controls").first.is_visible()
    assert words(page, "least") == "At least"
    assert page.locator(".th-ece").is_visible()


def test_a_file_opens_as_it_was_saved(open_file):  # noqa: F811
    view = RowsView(0.3, (0.1, 0.6), facet="near", budget=25, wanted=3.1)
    page = open_file(GATE, view)
    fields = [page.input_value(f".th-{name}") for name in ("slider", "one", "other", "share", "quality")]
    assert fields == ["0.3", "0.1", "0.6", "25", "3.1"]
    shown(page, 0.3, "near")
    settled = words(page, "settled-words")
    assert "At θ = 0.300, beside a near passage" in settled
    assert "Intervals resample the 30 questions" in settled
    with page.expect_download() as caught:
        page.click(".th-csv")
    table = pd.read_csv(io.BytesIO(caught.value.path().read_bytes()))
    line = table[(table.passage == "mixture") & (table.theta == 0.5)].iloc[0]
    expected = evaluate_study(GATE, 0.5)["groups"]["mixture"]
    assert line.nll == pytest.approx(expected["chosen"]["nll"], abs=1e-6)
    assert line.nll_divergence == pytest.approx(expected["chosen"]["divergence"], abs=1e-6)


def test_a_notebook_shows_the_study():
    assert "<iframe" in GATE._repr_html_()
    with pytest.raises(ValueError, match="no parts by 'far'"):
        thresholds_html(GATE, "gate", RowsView(facet="far"))
