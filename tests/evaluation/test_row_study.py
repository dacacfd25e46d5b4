"""Rows of a data file at every θ: the same numbers as an evaluation of the same rows."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from dualroute.cli import app
from dualroute.evaluation.evaluate import evaluate
from dualroute.evaluation.row_study import GRID, facet, spread, study_file
from dualroute.rows.stored import read_rows
from dualroute.rows.threshold_index import ThresholdIndex


@pytest.fixture(scope="module")
def row_study(task, data, trained, tmp_path_factory):
    return study_file(task, data / "test.jsonl", trained, cache=tmp_path_factory.mktemp("cache"), draws=3)


def test_the_curve_is_the_evaluations(row_study, task, data, trained):
    expected = evaluate(task, data / "test.jsonl", trained, draws=3)
    assert row_study.results["n"] == expected["n"] == len(row_study.steps) == len(row_study.ids)
    for key in ("direct", "merged", "oracle", "soft", "revision", "labels"):
        assert row_study.results[key] == expected[key]
    ours = {entry["theta"]: entry for entry in row_study.results["thresholds"]}
    shared = [entry for entry in expected["thresholds"] if entry["theta"] in ours]
    assert len(shared) > 1
    assert all(entry == ours[entry["theta"]] for entry in shared)


def test_the_steps_say_what_the_curve_says(row_study):
    index = ThresholdIndex(row_study.steps)
    for entry in row_study.results["thresholds"]:
        at = index.at(entry["theta"])
        assert (at.quality, at.share) == (pytest.approx(entry["accuracy"]), pytest.approx(entry["share"], abs=1e-6))
    assert index.at(1.0).quality == pytest.approx(row_study.results["direct"]["accuracy"])
    assert index.at(0.0).quality == pytest.approx(row_study.results["merged"]["accuracy"])  # no gate is 0


def test_thetas_spread_over_the_shares():
    class Rows:
        def share(self, policy, theta):
            return 1 - theta**2

    thetas = spread(Rows(), default=0.335, points=5)
    assert {0.0, 0.335} < set(thetas) <= {*GRID.tolist(), 0.335}
    shares = np.sort([Rows().share("threshold", theta) for theta in set(thetas) - {0.335}])
    np.testing.assert_allclose(np.diff(shares), 0.25, atol=0.02)


def test_parts_by_name():
    made = facet(["b", "a", "b"])
    assert (made.names, made.codes.tolist()) == (("a", "b"), [1, 0, 1])


def test_a_file_of_another_task_is_refused(task, trained, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"title": "it was", "body": "", "topic": "nowhere"}) + "\n")
    with pytest.raises(ValueError, match="none of the model's"):
        study_file(task, path, trained)


def test_the_command_writes_what_the_page_reads(data, trained, tmp_path):
    options = ["--data", str(data / "test.jsonl"), "--rows", "20", "--out", str(tmp_path / "mine.npz"), "--draws", "2"]
    ran = CliRunner().invoke(app, ["rows", str(trained), *options])
    assert ran.exit_code == 0, ran.output
    written = read_rows(tmp_path / "mine.npz")
    assert (len(written.steps), "20 rows" in ran.output) == (20, True)
    assert "20 of 60 rows" in written.results["rows_note"]
