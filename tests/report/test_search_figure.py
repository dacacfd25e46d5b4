"""A made-up search: the table's cells and the picture's marks."""

import json

import pytest

from dualroute.report.documents import write_tables
from dualroute.report.search import search_figure, search_table
from dualroute.report.tables import recovery_table


def entry(value: float) -> dict:
    return {"accuracy": value, "ci": [value - 0.02, value + 0.03]}


def trial(number: int, router: str, view: str, value: float, share: float, granularity: str = "token") -> dict:
    random = {"random": entry(value - 0.04), "minus_random": {"difference": 0.04, "ci": [0.01, 0.07]}}
    params = {"router": router, "granularity": granularity, "view": view, "flows": 2, "budget": 0.15}
    policies = {"direct": entry(0.7), "merged": entry(0.8 + number / 100), "soft": entry(value)}
    return {
        "number": number,
        "params": params,
        "value": value,
        "affordable": share <= 0.25,
        "routed": entry(value) | {"theta": 0.4, "share": share} | random,
        "policies": policies,
        "parameters": 5000,
        "router_parameters": 1200,
        "seconds": 9.0,
        "cpu_seconds": 8.4,
    }


@pytest.fixture
def results() -> dict:
    trials = [trial(1, "conv", "early", 0.82, 0.2, "sequence"), trial(0, "mlp", "full", 0.81, 0.3)]
    grid = {"router": ["mlp", "conv"], "granularity": ["token", "sequence"], "view": ["full", "early"]}
    return {
        "kind": "search",
        "task": "news",
        "metric": "accuracy",
        "training_rows": 1000,
        "validation_rows": 125,
        "settings": {"epochs": 2, "largest_share": 0.25, "seed": 0},
        "grid": grid | {"flows": [2], "budget": [0.15]},
        "note": "As they are.",
        "trials": trials,
    }


def test_the_table_has_what_varies_and_marks_what_is_too_dear(results):
    table = search_table(results)
    assert table.columns[:4] == ("router", "granularity", "sees", "tokens that read")
    assert table.rows[0][:5] == ("`conv`", "sequence", "x alone", "20.0%", "82.0% [80.0, 85.0]")
    assert table.rows[0][5:] == ("81.0%", "70.0%", "82.0%", "78.0%", "+4.0 [+1.0, +7.0]", "1,200", "8")
    assert table.rows[1][3] == "30.0% (too many)"
    assert "all with flows 2, λ 0.15" in table.note


def test_one_mark_per_trial_told_apart_by_colour_and_shape(results):
    mlp, conv, merged, direct = search_figure(results).data
    assert (mlp.name, list(mlp.x), list(mlp.y)) == ("mlp", [30.0], [81.0])
    assert (conv.marker.symbol, mlp.marker.symbol) == (("square-open-dot",), ("circle",))
    assert conv.marker.color != mlp.marker.color
    assert (conv.error_y.array[0], conv.error_y.arrayminus[0]) == (pytest.approx(3), pytest.approx(2))
    assert conv.text[0] == "router conv, granularity sequence, sees x alone"
    assert (merged.y[0], direct.y[0]) == (81.0, 70.0)


def test_a_search_and_gate_recovery_have_their_place_in_the_readme(results, tmp_path):
    recovery = {
        "kind": "gate_recovery",
        "settings": {"rows": 16000, "held_out": 1000},
        "tuned_on_seeds": [0, 1],
        "threshold": 0.5,
        "routers": [
            {
                "router": "mlp",
                "early": True,
                "auroc_mean": 0.995,
                "auroc_min": 0.99,
                "accuracy": {"direct": 0.63, "merged": 1.0, "routed": 0.99, "random": 0.68},
                "share": 0.147,
                "truth_share": 0.1466,
                "runs": [{"seed": 3}, {"seed": 4}],
            }
        ],
    }
    for name, found in (("search_news", results), ("gate_recovery", recovery)):
        (tmp_path / f"{name}.json").write_text(json.dumps(found))
    readme = tmp_path / "README.md"
    names = ("search_news", "gate_recovery")
    readme.write_text("".join(f"<!-- results:{name} -->\n<!-- /results:{name} -->\n" for name in names))
    assert write_tables(readme, tmp_path)
    text = readme.read_text()
    assert search_table(results).markdown() in text
    assert "| `mlp` | x alone | 0.995 | 0.990 | 63.0% | 100.0% | 99.0% | 68.0% | 14.7% |" in text
    assert "chosen on seeds 0, 1, none of which is shown." in recovery_table(recovery).note
