"""Stored rows of a language model's gate: by hand, equal to the results of the same rows, and damaged files."""

import json
import re

import numpy as np
import pytest
from factories.gate_studies import make_gate_study

from dualroute.checkpoints import served_gates
from dualroute.evaluation.gate_study import evaluate_study
from dualroute.paths import shipped_gates
from dualroute.rows.gate_study import GateStudy, read_gate_study, write_gate_study


def by_hand() -> GateStudy:
    """Two questions, one with two kinds of passages."""
    return GateStudy(
        gates=np.array([0.9, 0.2, 0.5, 0.1, 0.6], np.float32),
        direct=np.array([-4, -2, -4, -2, -1], np.float32),
        merged=np.array([-1, -3, -5, -1, -0.5], np.float32),
        controls={name: np.zeros(5, np.float32) for name in ("entropy", "divergence")},
        lengths=np.array([2, 2, 1]),
        groups=np.array(["right", "near", "right"]),
        questions=np.array([0, 0, 1]),
        ids=("a", "a", "b"),
        results={"checkpoint": "c", "revision": "r", "data": "d", "default_threshold": 0.5},
    )


def test_figures_by_hand():
    study = by_hand()
    assert study.group_names == ("right", "near", "mixture")
    assert study.reads(0.5).tolist() == [True, False, False, False, True]  # a gate equal to θ does not read
    assert study.nll(0.5) == pytest.approx((1 + 2 + 4 + 2 + 0.5) / 5)
    assert study.nll(0.5, "right") == pytest.approx((1 + 2 + 0.5) / 3)
    assert study.share(0.5, "near") == 0
    assert study.reading_rows(0.5) == pytest.approx(2 / 3)
    assert study.reading_rows(0.0) == 1
    with pytest.raises(ValueError, match="there is no group 'far'; there are right, near, mixture"):
        study.nll(0.5, "far")
    with pytest.raises(ValueError, match="must lie in"):
        study.reads(1.5)


def test_one_theta_is_that_of_the_evaluation():
    study = make_gate_study()
    for theta in (0.0, 0.5, 0.77, 1.0):
        for group, results in evaluate_study(study, theta)["groups"].items():
            assert study.nll(theta, group) == pytest.approx(results["chosen"]["nll"], abs=1e-9)
            assert study.share(theta, group) == pytest.approx(results["chosen"]["share"], abs=1e-12)


def test_a_file_brings_everything_back(tmp_path):
    study = make_gate_study()
    write_gate_study(tmp_path / "rows.npz", study)
    again = read_gate_study(tmp_path / "rows.npz")
    for name in ("gates", "direct", "merged", "lengths", "groups", "questions"):
        np.testing.assert_array_equal(getattr(again, name), getattr(study, name))
    assert (again.ids, again.results) == (study.ids, study.results)
    assert evaluate_study(again) == evaluate_study(study)
    assert repr(again) == f"<GateStudy of 90 rows, {len(study.gates)} tokens, gate made (0123456789ab)>"


@pytest.mark.parametrize("name", shipped_gates())
def test_the_shipped_rows_give_the_shipped_results(name):
    files = served_gates()[name]
    results = json.loads(files.results.read_text("utf-8"))
    study = read_gate_study(files.rows)
    assert study.results["revision"] == results["revision"]
    found = evaluate_study(study)
    for part in found:
        assert found[part] == results[part], part
    for entry in (results["chosen"], *results["thresholds"]):
        assert study.nll(entry["theta"], "right") == pytest.approx(entry["nll"], abs=1e-9)
        assert study.share(entry["theta"], "right") == entry["share"]


@pytest.mark.parametrize("name", shipped_gates())
def test_the_shipped_rows_hold_no_texts(name):
    with np.load(served_gates()[name].rows) as stored:
        texts = {key for key in stored.files if stored[key].dtype.kind == "U"}
        assert texts == {"meta", "groups", "ids"}
        assert all(re.fullmatch(r"(squaddev|aghl-test)-[\w-]+", one) for one in stored["ids"].tolist())


def damaged(tmp_path, **changes):
    write_gate_study(path := tmp_path / "rows.npz", make_gate_study())
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files} | changes
    np.savez(path, **{name: values for name, values in arrays.items() if values is not None})
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"gates": None}, "gates missing"),
        ({"gates": np.full(3, 0.5, np.float32)}, r"gates has shape \(3,\), expected"),
        ({"questions": np.zeros(2, np.int32)}, "questions has shape"),
        ({"lengths": np.zeros(90, np.int32)}, "a row has no token"),
        ({"meta": np.array(json.dumps({"schema": 2, "kind": "passage_gate"}))}, "schema 2"),
        ({"meta": np.array("{")}, "rows.npz holds no rows of a gate"),
        ({"ids": np.array([None] * 90, dtype=object)}, "no array of numbers or texts"),
    ],
)
def test_a_damaged_file_says_what_is_wrong(tmp_path, changes, words):
    with pytest.raises(ValueError, match=words):
        read_gate_study(damaged(tmp_path, **changes))


def test_numbers_that_cannot_be_are_refused(tmp_path):
    study = make_gate_study()
    for name, wrong, words in (
        ("gates", 1.5, "gates must lie in"),
        ("direct", 0.5, "direct has a log-probability above 0"),
        ("merged", np.nan, "not finite"),
    ):
        values = getattr(study, name).copy()
        values[0] = wrong
        with pytest.raises(ValueError, match=words):
            read_gate_study(damaged(tmp_path, **{name: values}))


def test_what_is_no_such_file_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no rows of a gate at none.npz; write it with `python -m dualroute"):
        read_gate_study(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("text")
    with pytest.raises(ValueError, match=r"it is no \.npz file"):
        read_gate_study(tmp_path / "text.npz")
