"""Evaluation rows in a file: the same numbers come back, no text and no pickle goes in, and damage is named."""

import json

import numpy as np
import pytest
from factories.corpora import make_corpus, make_span_corpus

from dualroute.rows.states import ThresholdStates, threshold_states
from dualroute.rows.stored import Facet, RowStudy, read_rows, write_rows
from dualroute.rows.threshold_index import ThresholdIndex

LABELS = ["World", "Sports", "Business", "Sci/Tech"]


def make_study(corpus, metric="accuracy", labels=LABELS) -> RowStudy:
    """A made corpus as if it had been measured. The gates are float32, as a model's are."""
    steps = threshold_states(corpus)
    point = {metric: 0.5, "ci": [0.4, 0.6]}
    results = {"task": "news", "metric": metric, "n": len(corpus), "checkpoint": "news", "revision": "0", "seed": 0}
    results |= {"labels": labels, "direct": point, "merged": point, "oracle": point | {"share": 0.2}}
    results |= {"thresholds": [point | {"theta": 0.4, "share": 0.3}], "default_threshold": 0.4}
    parts = Facet(("even", "odd"), np.arange(len(corpus)) % 2)
    return RowStudy(steps, tuple(f"row-{i}" for i in range(len(corpus))), results, {"number": parts})


def rounded(corpus):
    corpus.gates[:] = corpus.gates.astype(np.float32)
    return corpus


STUDIES = {
    "classes": make_study(rounded(make_corpus(rows=80))),
    "area": make_study(rounded(make_corpus(rows=80, classes=2, seed=1)), "auc", LABELS[:2]),
    "spans": make_study(rounded(make_span_corpus(seed=2)), "f1", ["start", "end"]),
}


@pytest.mark.parametrize("name", STUDIES)
def test_what_is_written_comes_back(name, tmp_path):
    before, path = STUDIES[name], tmp_path / "rows.npz"
    write_rows(path, before)
    after = read_rows(path)
    assert (after.ids, after.results, after.metric) == (before.ids, before.results, before.metric)
    assert after.facets["number"].names == ("even", "odd")
    np.testing.assert_array_equal(after.facets["number"].codes, before.facets["number"].codes)
    one, other = ThresholdIndex(before.steps, before.metric), ThresholdIndex(after.steps, after.metric)
    for theta in (0.0, 0.25, 0.5, 0.99):
        left, right = one.at(theta), other.at(theta)
        np.testing.assert_array_equal(left.answers, right.answers)
        np.testing.assert_allclose(left.scores, right.scores, rtol=1e-6)
        np.testing.assert_allclose(left.confidence, right.confidence, atol=0.6 / 65535)
        assert (left.share, left.read.tolist()) == (right.share, right.read.tolist())
        assert left.quality == pytest.approx(right.quality, abs=1e-7)


def hand_made() -> RowStudy:
    """Three rows with largest gates 0.9, 0.2 and 0.7, the last without a context: (direct, reading) operations each."""
    steps = ThresholdStates(
        gates=np.array([0.1, 0.9, 0.2, 0.7]),
        starts=np.array([0, 2, 3]),
        readable=np.array([True, True, False]),
        answers=np.zeros(7, np.int32),
        scores=np.ones(7),
        confidence=np.ones(7, np.float32),
        labels=np.zeros(3, np.int64),
    )
    results = STUDIES["classes"].results | {"n": 3}
    return RowStudy(steps, ("a", "b", "c"), results, {}, np.array([[10, 50], [10, 30], [20, 20]]))


@pytest.mark.parametrize(("theta", "spent"), [(0.0, 100), (0.2, 80), (0.5, 80), (0.9, 40), (1.0, 40)])
def test_compute_counts_the_rows_in_which_a_token_reads(theta, spent):
    """A gate reads above θ, not at it; a row without a context has nothing to encode."""
    assert hand_made().compute(theta) == pytest.approx(spent / 100)


def test_compute_comes_back_and_is_one_where_nothing_can_be_saved(tmp_path):
    write_rows(tmp_path / "rows.npz", hand_made())
    assert read_rows(tmp_path / "rows.npz").compute(0.5) == pytest.approx(0.8)
    assert STUDIES["classes"].compute(0.5) == 1


def test_nothing_in_the_file_needs_pickle_and_nothing_is_a_text_of_a_row(tmp_path):
    write_rows(tmp_path / "rows.npz", STUDIES["spans"])
    with np.load(tmp_path / "rows.npz", allow_pickle=False) as stored:
        kinds = {name: stored[name].dtype.kind for name in stored.files}
        words = json.dumps([stored[name].tolist() for name, kind in kinds.items() if kind == "U"])
    assert set(kinds.values()) <= {"U", "f", "i", "u", "b"}
    assert {name for name, kind in kinds.items() if kind == "U"} == {"meta", "ids"}
    assert "w3" not in words  # the passages and answers of the made rows


def spoiled(path, **changes):
    """The file again with some arrays changed; None takes one away."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files} | changes
    np.savez_compressed(path, **{name: value for name, value in arrays.items() if value is not None})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gates": None}, "gates missing"),
        ({"meta": None}, "no array 'meta"),
        ({"meta": np.array("{")}, "Expecting"),
        ({"meta": np.array('{"schema": 9}')}, "schema 9, expected 1"),
        ({"gates": np.full(3, 0.5, np.float32)}, "do not fit"),
        ({"starts": np.zeros(80, np.int32)}, "starts do not rise"),
        ({"labels": np.zeros(3, np.int16)}, "do not fit"),
        ({"ids": np.array(["a"])}, "1 ids"),
        ({"facet_0": np.full(80, 7, np.uint8)}, "facet 'number' does not fit"),
        ({"confidence": np.zeros(5, np.uint16)}, "confidence has shape"),
        ({"ids": np.array([{}], dtype=object)}, "no array of numbers or texts"),
        ({"facet_0": np.full(80, -1, np.int16)}, "facet 'number' does not fit"),
        ({"ids": np.arange(80)}, "each of ids must be text, not 0"),
        ({"meta": np.array("[1]")}, "meta must be an object with names"),
        ({"meta": np.array('{"schema": 1, "results": 3}')}, "results must be an object with names, not 3"),
        ({"meta": np.array('{"schema": 1, "schema": 1}')}, "the name 'schema' stands twice"),
        ({"operations": np.full((80, 2), np.nan)}, "operations must be numbers above 0"),
        ({"scores": np.full(STUDIES["classes"].steps.answers.shape, 3.0)}, "scores must lie in"),
    ],
)
def test_a_damaged_file_is_named(changes, said, tmp_path):
    path = tmp_path / "news.npz"
    write_rows(path, STUDIES["classes"])
    spoiled(path, **changes)
    with pytest.raises(ValueError, match=f"news.npz holds no evaluation rows.*{said}.*dualroute rows news --data"):
        read_rows(path)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("metric", 3, "metric must be text, not 3"),
        ("checkpoint", None, "checkpoint must be text, not None"),
        ("labels", "World", "labels must be a list, not 'World'"),
        ("thresholds", {}, "thresholds must be a list"),
        ("direct", [], "direct must be an object with names"),
    ],
)
def test_results_of_another_form_are_named(name, value, said, tmp_path):
    path, study = tmp_path / "news.npz", STUDIES["classes"]
    write_rows(path, study)
    meta = {"schema": 1, "results": study.results | {name: value}, "facets": {"number": ["even", "odd"]}}
    spoiled(path, meta=np.array(json.dumps(meta)))
    with pytest.raises(ValueError, match=said):
        read_rows(path)


@pytest.mark.parametrize("content", [b"x,h,label\na,b,c\n", b"", b"\x93NUMPY\x01\x00"])
def test_a_file_of_another_kind_is_refused_without_advice_to_unpickle(content, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"rows.csv holds no evaluation rows: it is no .npz file; write it") as error:
        read_rows(path)
    assert "pickle" not in str(error.value)


@pytest.mark.parametrize("theta", [np.float32(0.5), np.array(0.5)])
def test_numbers_of_numpy_choose_where_a_study_opens(theta):
    assert hand_made().compute(theta) == hand_made().compute(0.5)
    with pytest.raises(ValueError, match=r"threshold must lie in \[0, 1\], not 2"):
        hand_made().compute(2)


def test_a_study_shows_itself_in_one_line():
    assert repr(hand_made()) == "<RowStudy of news: 3 rows, accuracy, checkpoint news (0)>"


@pytest.mark.parametrize("value", [1.5, -0.1, np.nan])
def test_a_gate_that_is_none_is_named(value, tmp_path):
    path = tmp_path / "news.npz"
    write_rows(path, STUDIES["classes"])
    gates = STUDIES["classes"].steps.gates.astype(np.float32)
    gates[4] = value
    spoiled(path, gates=gates)
    with pytest.raises(ValueError, match="outside"):
        read_rows(path)


def test_gates_out_of_order_are_named(tmp_path):
    path, steps = tmp_path / "news.npz", STUDIES["classes"].steps
    write_rows(path, STUDIES["classes"])
    gates, row = steps.gates.astype(np.float32), int(steps.lengths.argmax())
    here = slice(steps.starts[row], steps.starts[row] + steps.lengths[row])
    gates[here] = gates[here][::-1]
    spoiled(path, gates=gates)
    with pytest.raises(ValueError, match="do not rise"):
        read_rows(path)


def test_answers_that_are_no_label_are_named(tmp_path):
    path = tmp_path / "news.npz"
    write_rows(path, STUDIES["classes"])
    spoiled(path, answers=STUDIES["classes"].steps.answers.astype(np.uint8) + 4)
    with pytest.raises(ValueError, match="none of the labels"):
        read_rows(path)


def test_no_file_and_half_a_file_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="dualroute rows news --data FILE"):
        read_rows(tmp_path / "news.npz")
    path = tmp_path / "news.npz"
    write_rows(path, STUDIES["classes"])
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(ValueError, match="holds no evaluation rows"):
        read_rows(path)
