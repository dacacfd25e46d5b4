"""Word truth: the comparison by hand, and a whole run on a tiny model."""

import pytest
from factories.tiny import make_model

from dualroute.api import DualRouter
from dualroute.measures.faithfulness import GRID
from dualroute.report.blocks import blocks
from dualroute.report.word_truth import word_truth_reading, word_truth_table
from dualroute.studies import word_truth as module
from dualroute.studies.word_truth import FIFTH, compare, word_truth
from dualroute.tasks import Example

ROWS = [
    Example("the striker scored twice", "say report of the market", "World"),
    Example("market shares fell sharply", "the striker scored", "Sports"),
    Example("peace talks", "vote say report rain", "World"),
]
METHODS = ("exact", "integrated_gradients", "feature_ablation")


def entry(fall: float, insertion: float) -> dict:
    """A row whose probability falls from 0.9 by `fall` with the first fifth, by 0.1 in random orders."""
    deletion = [0.9] * len(GRID)
    deletion[FIFTH] = 0.9 - fall
    random = [0.9] * len(GRID)
    random[FIFTH] = 0.8
    return {
        "deletion": deletion,
        "random_deletion": random,
        "measures": {"deletion_area": 0.5, "insertion_area": insertion},
        "random": {"deletion_area": [0.6, 0.8], "insertion_area": [0.3, 0.5]},
    }


def test_the_comparison_by_hand():
    table = {"exact": [entry(0.6, 0.7)] * 4, "integrated_gradients": [entry(0.4, 0.8)] * 4}
    results = compare(table, seed=0)
    exact = results["exact"]
    assert exact["fall"]["mean"] == pytest.approx(0.6)
    assert exact["fall"]["minus_random"]["difference"] == pytest.approx(0.5)
    assert exact["fall"]["minus_reference"]["difference"] == pytest.approx(0.2)
    assert exact["insertion"]["minus_reference"]["difference"] == pytest.approx(-0.1)
    assert results["random"]["deletion"]["mean"] == pytest.approx(0.7)


def test_a_run_and_its_report(monkeypatch, tmp_path):
    router = DualRouter(make_model(policy="soft", content_layer=0), "news")
    monkeypatch.setattr(module, "chosen_rows", lambda name, data, rows: (router, ROWS, "all rows"))
    results = word_truth("news", tmp_path / "test.jsonl", methods=METHODS, keep=tmp_path / "kept")
    assert results["n"] == len(ROWS)
    assert set(results["baselines"]) == {"mask", "pad"}
    for methods in results["baselines"].values():
        assert set(methods) == {*METHODS, "random"}
        falls = [entry["fall"]["mean"] for entry in methods.values()]
        assert all(-1 <= fall <= 1 for fall in falls)
        assert len(set(falls)) > 1
    assert sorted(file.name for file in (tmp_path / "kept").iterdir()) == ["mask.jsonl", "pad.jsonl"]
    again = word_truth("news", tmp_path / "test.jsonl", methods=METHODS, keep=tmp_path / "kept")
    assert again == results
    assert len(word_truth_table(results).rows) == 2 * (len(METHODS) + 1)
    assert "exact contributions becomes a mask token" in word_truth_reading(results)
    assert [block["kind"] for block in blocks("one", {"one": results})] == ["text", "table"]
