"""Faithfulness over a data set: what a row brings is kept, gone on from, and summarized."""

import json

import numpy as np
import pytest
from factories.tiny import make_model
from typer.testing import CliRunner

from dualroute.api import DualRouter
from dualroute.cli import app
from dualroute.measures.faithfulness import GRID
from dualroute.report.blocks import blocks, choices
from dualroute.report.faithfulness import faithfulness_figure, faithfulness_table, flips_reading, reading
from dualroute.studies import faithfulness as module
from dualroute.studies import faithfulness_rows
from dualroute.studies.faithfulness import describe, summarize
from dualroute.studies.faithfulness_rows import Plan, measure_rows, row_key
from dualroute.tasks import Example

ROWS = [
    Example("the striker scored twice", "say report of the market", "World"),
    Example("market shares fell sharply", "the striker scored", "Sports"),
    Example("peace talks", "vote say report rain", "World"),
]
METHODS = ("exact", "input_x_gradient", "feature_ablation")
PLAN = Plan(orders=3, samples=8, disturbed=1, disturbed_rows=2)


@pytest.fixture(scope="module")
def router() -> DualRouter:
    return DualRouter(make_model(policy="soft"), "news")


@pytest.fixture(scope="module")
def entries(router) -> dict:
    return measure_rows(router, ROWS, METHODS, PLAN)


@pytest.fixture(scope="module")
def results(router, entries, tmp_path_factory) -> dict:
    data = tmp_path_factory.mktemp("data") / "test.jsonl"
    keys = [row_key(row) for row in ROWS]
    return describe(router, data, "", PLAN) | summarize(entries, METHODS, keys, PLAN)


def test_every_row_and_method_is_measured_for_what_it_serves(entries):
    measures = {key: entry for key, entry in entries.items() if key[2] == "measures"}
    assert len(measures) == len(ROWS) * len(METHODS)
    for (_, method, _), entry in measures.items():
        assert list(entry["targets"]) == (["prediction"] if method == "exact" else ["prediction", "gate"])
    assert sum(key[2] == "sensitivity" for key in entries) == 2 * len(METHODS)


def test_no_text_is_kept(entries):
    assert not any(
        word in json.dumps(list(entries.values())) for row in ROWS for word in row.x.split() if len(word) > 3
    )


def test_a_run_that_was_cut_short_goes_on(router, entries, tmp_path, monkeypatch):
    path, plan = tmp_path / "keep.jsonl", Plan(orders=3, samples=8, disturbed=0)
    first = measure_rows(router, ROWS[:1], METHODS[1:2], plan, path)
    calls = []
    monkeypatch.setattr(
        DualRouter,
        "attribute_many",
        lambda *arguments, _own=DualRouter.attribute_many, **options: (
            calls.append(options["method"]) or _own(*arguments, **options)
        ),
    )
    path.write_text(path.read_text() + '{"row": "half a li')
    again = measure_rows(router, ROWS[:2], METHODS, plan, path)
    assert calls == ["exact", "feature_ablation", *METHODS]
    key = row_key(ROWS[0]), "input_x_gradient", "measures"
    assert again[key] == first[key]
    for key, entry in again.items():
        assert entry["targets"] == entries[key]["targets"]  # seeded: the same in one go and in two
    calls.clear()
    assert measure_rows(router, ROWS[:2], METHODS, plan, path) == again
    assert not calls
    with pytest.raises(ValueError, match=r"keep\.jsonl belongs to a different run"):
        measure_rows(router, ROWS[:1], METHODS, Plan(orders=4), path)


def test_means_and_paired_differences_are_those_of_the_rows(entries, results):
    own = [
        entries[row_key(r), "feature_ablation", "measures"]["targets"]["gate"]["scales"]["probability"] for r in ROWS
    ]
    values = [one["measures"]["comprehensiveness"] for one in own]
    drawn = np.array([one["random"]["comprehensiveness"] for one in own])
    entry = results["targets"]["gate"]["scales"]["probability"]["methods"]["feature_ablation"]["comprehensiveness"]
    assert entry["mean"] == pytest.approx(np.mean(values), abs=1e-5)
    assert entry["minus_random"]["difference"] == pytest.approx(np.mean(values) - drawn.mean(), abs=1e-5)
    low, high = entry["ci"]
    assert min(values) - 1e-6 <= low <= entry["mean"] <= high <= max(values) + 1e-6


def test_the_best_method_is_the_one_with_the_best_mean(results):
    scale = results["targets"]["prediction"]["scales"]["probability"]
    for name, way in module.MEASURES.items():
        means = {method: way * entry[name]["mean"] for method, entry in scale["methods"].items()}
        best = scale["best"][name]
        assert means[best] == max(means.values())
        assert scale["methods"][best][name]["minus_best"] == {"difference": 0.0, "ci": [0.0, 0.0]}


def test_results_say_what_was_measured(results):
    assert results["n"] == 3
    assert set(results["targets"]) == {"prediction", "gate"}
    assert "exact" not in results["targets"]["gate"]["scales"]["probability"]["methods"]
    assert results["targets"]["gate"]["main"] == "probability"
    assert list(results["targets"]["prediction"]["scales"]) == ["probability", "value"]
    curve = results["targets"]["gate"]["scales"]["probability"]["methods"]["feature_ablation"]["curves"]["deletion"]
    assert len(curve) == len(GRID)
    assert results["targets"]["prediction"]["metrics"]["exact"]["sensitivity"]["n"] == 2
    drop = results["targets"]["prediction"]["flips"]["drop"]
    assert set(drop) == {"random", "gate", "contribution", *METHODS}
    assert all(drop["contribution"]["mean"] >= entry["mean"] - 1e-6 for entry in drop.values())
    assert results["cost"]["exact"]["passes"] == [0.0, 0.0]
    assert json.loads(json.dumps(results, allow_nan=False)) == results


def test_only_rows_that_all_methods_have_are_summarized(entries):
    keys = [row_key(row) for row in ROWS]
    fewer = {key: entry for key, entry in entries.items() if key[:2] != (keys[0], "exact")}
    assert summarize(fewer, METHODS, keys, PLAN)["n"] == 2
    assert summarize(fewer, METHODS[1:], keys, PLAN)["n"] == 3
    with pytest.raises(ValueError, match="no row has been measured by all methods"):
        summarize({}, METHODS, keys, PLAN)


def test_table_picture_and_sentence(results):
    table = faithfulness_table(results)
    assert len(table.rows) == 3 + 1 + 2 + 1  # methods and random orders, of both targets
    assert [row[0].startswith("**") for row in table.rows] == [True, False, False, False, True, False, False]
    assert "3 rows of `test.jsonl`" in table.note
    assert "Sensitivity on 2 rows." in table.note
    figure = faithfulness_figure(results)
    assert [trace.name for trace in figure.data] == ["the prediction", "the gate"]
    assert len(figure.layout.shapes) == 2
    assert all(reading(results, target).startswith(f"For the {target} ") for target in ("prediction", "gate"))
    assert "best order there is" in flips_reading(results)


def test_a_method_not_told_apart_from_chance_is_not_recommended(results):
    spoilt = json.loads(json.dumps(results))
    scale = spoilt["targets"]["gate"]["scales"]["probability"]
    for entry in scale["methods"].values():
        entry["comprehensiveness"]["minus_random"] = {"difference": 0.1, "ci": [-0.1, 0.3]}
    assert reading(spoilt, "gate") == "For the gate no method finds words that matter more than random ones do."


def test_the_page_shows_them(results):
    stored = {"faithfulness_news": results}
    assert choices(stored)[1] == ("Which attribution to trust? News topic", "faithfulness_news")
    shown = blocks("faithfulness_news", stored)
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    assert [block["kind"] for block in shown][:4] == ["text", "text", "text", "figure"]
    assert shown[-1]["strong"] == [0, 4]


def test_the_command(router, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "load_dual_router", lambda name: router)
    chosen = type("Chosen", (), {"rows": ROWS[:2], "note": "2 of 3 rows"})
    monkeypatch.setattr(module, "choose_rows", lambda *arguments, **options: chosen)
    monkeypatch.setattr(faithfulness_rows, "tqdm", lambda rows, **options: rows)
    out, data = tmp_path / "new" / "out.json", tmp_path / "test.jsonl"
    command = ["faithfulness", "news", "--data", str(data), "--methods", "exact,input_x_gradient", "--orders", "2"]
    command += ["--samples", "4", "--disturbed", "0", "--json", str(out)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    written = json.loads(out.read_text())
    assert (written["kind"], written["n"], written["orders"]) == ("faithfulness", 2, 2)
    assert "| method | explains |" in result.output
    wrong = CliRunner().invoke(app, [*command[:4], "--methods", "tarot"])
    assert wrong.exit_code == 1
    assert "unknown method 'tarot'" in wrong.output
