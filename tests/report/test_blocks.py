"""What tab "Results" shows is plain JSON with the numbers of the results and without Markdown's marks."""

import json

import pytest
from factories.results import results, with_groups

from dualroute.report.blocks import OVERVIEW, blocks, choices

RUNS = [{"seed": 0, "auroc": 0.9}, {"seed": 1, "auroc": 1.0}]
WAYS = {"direct": 0.6, "merged": 1.0, "routed": 0.9, "random": 0.7}
ENTRY = {"router": "mlp", "early": False, "auroc_mean": 1.0, "auroc_min": 1.0, "accuracy": WAYS, "runs": RUNS}
ENTRY |= {"share": 0.14, "truth_share": 0.15}
RECOVERY = {"kind": "gate_recovery", "threshold": 0.5, "settings": {"rows": 8000, "held_out": 1000}}
RECOVERY |= {"routers": [ENTRY, ENTRY | {"early": True, "auroc_mean": 0.95}]}


@pytest.fixture
def stored() -> dict:
    support = with_groups() | {"task": "support", "checkpoint": "support"}
    early = results(checkpoint="news__early")
    return {"gate_recovery": RECOVERY, "news": results(), "news__early": early, "support": support, "odd": {"a": 1}}


def of_kind(shown: list[dict], kind: str) -> list[dict]:
    return [block for block in shown if block["kind"] == kind]


def test_choices_have_titles_and_leave_out_what_is_no_result(stored):
    assert choices(stored) == [
        ("Overview", OVERVIEW),
        ("News topic", "news"),
        ("News topic, early", "news__early"),
        ("Customer service", "support"),
        ("Does a gate find the truth?", "gate_recovery"),
    ]


def test_every_choice_is_plain_json(stored):
    for _, name in choices(stored):
        shown = blocks(name, stored)
        assert json.loads(json.dumps(shown, allow_nan=False)) == shown
        assert of_kind(shown, "table")
        assert all(block["label"] for block in of_kind(shown, "figure"))


def test_overview_has_a_row_for_every_evaluation(stored):
    (table,) = of_kind(blocks(OVERVIEW, stored), "table")
    assert [row[0].split(":")[0] for row in table["rows"]] == ["News topic", "News topic, early", "Customer service"]
    routed = table["columns"].index("routed, default θ")
    assert table["rows"][0][routed] == "90.0% [89.0, 91.0]"
    assert table["best"] == [[row, routed] for row in range(3)]


def test_the_best_decision_stands_out_and_the_oracle_is_none(stored):
    (table,) = of_kind(blocks("news", stored), "table")
    rows = [row for row in table["rows"] if row[2] and "oracle" not in row[0]]
    scores = {row[0]: float(row[2].split()[0].rstrip("%")) for row in rows}
    assert {table["rows"][row][0] for row, _ in table["best"]} == {
        name for name, score in scores.items() if score == max(scores.values())
    }


def test_the_default_row_stands_out_and_no_marks_are_left(stored):
    (table,) = of_kind(blocks("news", stored), "table")
    (strong,) = table["strong"]
    assert table["rows"][strong][0] == "routed, θ = 0.4 (default)"
    assert not any(mark in cell for row in table["rows"] for cell in row for mark in "*`")


def test_parts_of_the_rows_have_a_figure_where_there_are_any(stored):
    assert len(of_kind(blocks("news", stored), "figure")) == 1
    assert len(of_kind(blocks("support", stored), "figure")) == 2


def test_recovery_tells_who_misses_the_aim(stored):
    shown = blocks("gate_recovery", stored)
    assert shown[0]["text"] == "1 of 2 routers reach a mean AUROC of 0.98 against the truth; mlp (early) do not."
    (table,) = of_kind(shown, "table")
    assert table["rows"][1][:4] == ["mlp", "x alone", "0.950", "1.000"]


def test_a_name_that_is_none_is_reported(stored):
    with pytest.raises(KeyError):
        blocks("nothing", stored)
