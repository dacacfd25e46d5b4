"""The planted task keeps its word, and a trained gate finds the planted truth."""

import json
from itertools import product

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from typer.testing import CliRunner

from dualroute.cli import app
from dualroute.evaluation.collect import collect
from dualroute.studies import gate_recovery
from dualroute.studies.gate_recovery import RecoverySettings, as_dataset, make_config, measure, train_planted
from dualroute.studies.planted import (
    AMBIGUOUS,
    AMBIGUOUS_ROWS,
    LENGTHS,
    PLAIN,
    draw_symbols,
    is_ambiguous,
    label_of,
    make_rows,
    votes,
)

ALL_SENSES = [np.array(senses) for senses in product((-1, 1), repeat=AMBIGUOUS)]
QUICK = RecoverySettings(rows=6000, held_out=300, learning_rate=4e-3)


def drawn(count=300):
    draw = np.random.default_rng(0)
    return [draw_symbols(draw) for _ in range(count)]


def test_labels_by_hand():
    """Even symbols vote +, odd ones -; symbol 8 is the first ambiguous one and 9 the second."""
    senses = np.array([1, -1, 1, 1])
    assert votes(np.array([0, 3, 8, 9]), senses).tolist() == [1, -1, 1, -1]
    assert is_ambiguous(np.array([0, 7, 8, 11])).tolist() == [False, False, True, True]
    assert label_of(np.array([0, 1, 8]), senses) == 1
    assert label_of(np.array([0, 1, 9]), senses) == 0
    assert label_of(np.array([0, 1, 8]), -senses) == 0
    assert label_of(np.array([0, 2, 1]), senses) == label_of(np.array([0, 2, 1]), -senses) == 1


def test_the_label_is_known_without_the_context_just_when_no_token_is_ambiguous():
    asking = []
    for symbols in drawn():
        labels = {label_of(symbols, senses) for senses in ALL_SENSES}
        assert (len(labels) == 1) == (not is_ambiguous(symbols).any())
        asking.append(is_ambiguous(symbols).sum())
    assert set(asking) == {0, 1}
    assert abs(np.mean(asking) - AMBIGUOUS_ROWS) < 0.1


def test_the_ambiguous_token_decides_and_no_plain_one_is_moved_by_the_context():
    for symbols in drawn():
        plain, ambiguous = symbols[symbols < PLAIN], symbols[symbols >= PLAIN]
        for senses in ALL_SENSES:
            assert all(label_of(symbols, senses) == (senses[symbol - PLAIN] > 0) for symbol in ambiguous)
            assert votes(plain, senses).tolist() == [-1 if symbol % 2 else 1 for symbol in plain]


def test_rows_are_as_described():
    rows = make_rows(200, seed=3)
    lengths = np.diff(rows.starts)
    assert set(lengths) == set(LENGTHS)
    assert all(length % 2 for length in LENGTHS)
    assert len(rows.symbols) == len(rows.truth) == len(rows.states) == rows.starts[-1]
    assert len(rows.context_states) == rows.context_starts[-1]
    parts = np.split(rows.symbols, rows.starts[1:-1])
    assert rows.labels == [label_of(x, senses) for x, senses in zip(parts, rows.senses, strict=True)]
    assert 0.4 < np.mean(rows.labels) < 0.6


def test_the_context_tells_the_senses_and_x_does_not():
    """The nearest context state of a symbol's name carries its sense; the senses are independent of x."""
    rows, same = make_rows(400, seed=1), make_rows(400, seed=2)
    context = rows.context_states.reshape(400, -1, rows.states.shape[1])
    for symbol in (PLAIN, PLAIN + AMBIGUOUS - 1):
        name = same.states[same.symbols == symbol].mean(0)
        entry = np.take_along_axis(context, (context @ name).argmax(1)[:, None, None], axis=1)[:, 0]
        sense = rows.senses[:, symbol - PLAIN]
        assert LogisticRegression().fit(entry[:200], sense[:200]).score(entry[200:], sense[200:]) > 0.95
    ambiguous = np.array([(x >= PLAIN).sum() for x in np.split(rows.symbols, rows.starts[1:-1])])
    assert abs(np.corrcoef(ambiguous, rows.senses.sum(1))[0, 1]) < 0.15
    votes_of_plain = [votes(x[x < PLAIN], np.ones(AMBIGUOUS)).sum() for x in np.split(rows.symbols, rows.starts[1:-1])]
    assert abs(np.corrcoef(votes_of_plain, rows.senses.sum(1))[0, 1]) < 0.15


def test_ambiguity_is_a_hyperplane_of_single_states():
    """What makes the truth findable for every router, the linear and the early ones included."""
    train, test = make_rows(300, seed=1), make_rows(300, seed=2)
    assert LogisticRegression().fit(train.states, train.truth).score(test.states, test.truth) == 1


def test_rows_follow_their_seed_and_vectors_their_world():
    a, b, other, elsewhere = (make_rows(50, *at) for at in ((5, 0), (5, 0), (6, 0), (5, 1)))
    for name in ("states", "context_states", "labels", "truth", "senses"):
        assert np.array_equal(getattr(a, name), getattr(b, name))
    assert not np.array_equal(a.senses, other.senses)
    of = [rows.states[rows.symbols == 0].mean(0) for rows in (a, other, elsewhere)]
    assert np.abs(of[0] - of[1]).max() < 0.3 < np.abs(of[0] - of[2]).max()
    with pytest.raises(ValueError, match="positive"):
        make_rows(0, 0)


def test_rows_reach_the_model_as_they_are():
    rows = make_rows(4, seed=0)
    dataset = as_dataset(rows)
    batch = dataset.batch(list(dataset))
    assert batch["attention_mask"].sum(1).tolist() == np.diff(rows.starts).tolist()
    assert torch.equal(batch["hidden_states"][1, 0], torch.from_numpy(rows.states[rows.starts[1]]))
    assert batch["labels"].tolist() == rows.labels


@pytest.fixture(scope="module")
def recovered():
    """A quickly trained mlp router's gates on held-out rows, and their truth."""
    model = train_planted(make_config("mlp"), make_rows(QUICK.rows, 0), 0, QUICK)
    rows = make_rows(QUICK.held_out, 10_000)
    return collect(model, as_dataset(rows)), rows.truth


def test_a_trained_gate_finds_the_truth(recovered):
    corpus, truth = recovered
    measured = measure(corpus, truth)
    assert measured["auroc"] > 0.9
    assert measured["accuracy"]["routed"] > max(measured["accuracy"]["direct"], measured["accuracy"]["random"]) + 0.1


def test_it_does_not_find_a_shuffled_truth(recovered):
    """The control: AUROC is not high for any split of the tokens."""
    corpus, truth = recovered
    shuffled = np.random.default_rng(0).permutation(truth)
    assert 0.43 < measure(corpus, shuffled)["auroc"] < 0.57


def test_an_untrained_gate_does_not_find_it():
    torch.manual_seed(0)
    rows = make_rows(300, 1)
    corpus = collect(gate_recovery.DualRouteModel(make_config("mlp")), as_dataset(rows))
    assert measure(corpus, rows.truth)["auroc"] < 0.85


def test_measures_by_hand(recovered):
    """A gate that is the truth itself, but for one token that reads in vain."""
    corpus, truth = recovered
    gate = truth.astype(float)
    gate[np.flatnonzero(~truth)[0]] = 0.9
    corpus = type(corpus)(**vars(corpus) | {"gates": np.stack([1 - gate, gate], 1)})
    measured = measure(corpus, truth)
    assert measured["auroc"] == 1
    assert measured["recall"] == 1
    assert measured["share"] == pytest.approx((truth.sum() + 1) / len(truth))
    assert measured["precision"] == pytest.approx(truth.sum() / (truth.sum() + 1))
    assert measured["truth_share"] == truth.mean()
    assert measured["accuracy"]["routed"] == corpus.correct(np.ones(len(gate)), (gate > 0).astype(float)).mean()


def test_the_command_writes_what_it_shows(tmp_path, monkeypatch):
    monkeypatch.setattr(gate_recovery, "RecoverySettings", lambda **options: RecoverySettings(held_out=40, **options))
    out = tmp_path / "new" / "recovery.json"
    options = ["--routers", "linear", "--seeds", "2", "--rows", "100", "--epochs", "1", "--learning-rate", "0.01"]
    result = CliRunner().invoke(app, ["recover", *options, "--json", str(out)])
    assert result.exit_code == 0, result.output
    results = json.loads(out.read_text())
    assert [(entry["router"], entry["early"]) for entry in results["routers"]] == [("linear", False), ("linear", True)]
    for entry in results["routers"]:
        aurocs = [run["auroc"] for run in entry["runs"]]
        assert [run["seed"] for run in entry["runs"]] == [3, 4]
        assert entry["auroc_min"] == min(aurocs)
        assert entry["auroc_mean"] == pytest.approx(sum(aurocs) / 2)
    assert [results["settings"][name] for name in ("rows", "epochs", "learning_rate")] == [100, 1, 0.01]
    assert not {3, 4} & set(results["tuned_on_seeds"])
    assert "`linear` | x alone" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--routers", "oracle"), "router must be one of"),
        (("--seeds", "0"), "at least one seed"),
        (("--first-seed", "-1"), "the first seed must not be negative"),
    ],
)
def test_wrong_arguments_are_one_line(arguments, message):
    result = CliRunner().invoke(app, ["recover", *arguments])
    assert result.exit_code == 1
    assert message in result.stderr
