"""Gates of a language model: rows with other passages, training on what reading gains, and results by hand."""

import numpy as np
import pytest
import torch
from factories.language_models import ANSWER, PASSAGE, PROMPT, language_model

from dualroute.evaluation.passage_gates import evaluate_gate
from dualroute.families.context_lm.gate_fit import FitSettings, choose_threshold, fit, predict
from dualroute.families.context_lm.gate_rows import (
    GROUPS,
    Measured,
    Question,
    measure_rows,
    measuring_rows,
    training_rows,
)
from dualroute.families.context_lm.routers import ROUTERS, RouterConfig
from dualroute.families.context_lm.tracing import candidates_of
from dualroute.report.passage_gate import way_to_oracle

QUESTIONS = [
    Question("who scored", "The striker scored twice.", "the striker", "sport"),
    Question("who won", "The striker of the city won, rain or not.", "the city", "sport"),
    Question("what fell", "Shares fell sharply after a report.", "shares", "market"),
    Question("what rose", "The vote on peace talks rose.", "talks", "world"),
]


def test_a_row_of_each_group_has_a_passage_that_fits_or_does_not():
    rows = measuring_rows(QUESTIONS)
    assert [row.group for row in rows] == [*GROUPS] * 4
    for row in rows:
        own = QUESTIONS[row.question]
        assert (row.prompt, row.answer) == (own.prompt, own.answer)
        assert (row.passage == own.passage) is (row.group == "right")
        assert row.group == "right" or own.answer not in row.passage.casefold() or row.question == 0
    near = {row.question: row.passage for row in rows if row.group == "near"}
    assert near[1] == QUESTIONS[0].passage


def test_about_half_of_the_rows_to_train_on_have_a_passage_that_fits():
    rows = training_rows(QUESTIONS * 200, seed=3)
    shares = [np.mean([row.group == group for row in rows]) for group in GROUPS]
    np.testing.assert_allclose(shares, [0.5, 0.25, 0.25], atol=0.04)
    assert rows == training_rows(QUESTIONS * 200, seed=3)
    with pytest.raises(ValueError, match="the same passage"):
        training_rows(QUESTIONS[:1])


def test_features_are_what_a_gate_sees_and_are_kept(tmp_path):
    lm, rows, done = language_model(), measuring_rows(QUESTIONS[:2]), []
    measured = measure_rows(lm, rows, tmp_path, done.append)
    assert done == [1, 2, 3, 4, 5, 6]
    trace = lm.trace(rows[1].prompt, rows[1].passage, rows[1].answer)
    of_row = measured.rows == 1
    np.testing.assert_allclose(measured.direct[of_row], np.log(trace.ledger.probs[:, 0]), rtol=1e-4)
    direct, merged = trace.ledger.probs.T
    np.testing.assert_allclose(measured.gains[of_row], np.log(merged / direct), atol=1e-3)
    np.testing.assert_allclose(measured.gates["divergence"][of_row], trace.gates, atol=1e-5)
    again = measure_rows(lm, rows, tmp_path, done.append)
    assert len(done) == 6
    np.testing.assert_array_equal(again.features, measured.features)
    assert again.of("near").questions.tolist() == [0, 1]
    assert len(again.of("near").direct) == (np.isin(again.rows, (2, 5))).sum()


@pytest.mark.parametrize("kind", ROUTERS)
@pytest.mark.parametrize("full", [False, True])
def test_a_trained_gate_gives_in_a_trace_what_it_gave_on_the_features(kind, full):
    lm = language_model()
    rows = measuring_rows([Question(PROMPT, PASSAGE, ANSWER), *QUESTIONS])
    measured = measure_rows(lm, rows)
    gate = fit(measured, RouterConfig(kind, full, 32, 8), FitSettings(epochs=3))
    trace = language_model(gate=gate).trace(PROMPT, PASSAGE, ANSWER)
    np.testing.assert_allclose(predict(gate, measured)[measured.rows == 0], trace.gates, atol=2e-3)
    assert candidates_of(trace).given.shape == trace.gates.shape


def synthetic(rows=60, tokens=5, seed=0):
    """Rows whose gain is a number among the features; in the groups `random` and `near` it is lower."""
    generator = np.random.default_rng(seed)
    groups = np.array(GROUPS)[np.arange(rows) % 3]
    gains = generator.normal(np.where(groups == "right", 1.5, -1.5)[:, None], 1.0, (rows, tokens)).ravel()
    features = generator.normal(size=(rows * tokens, 2 * 4 + 7)).astype(np.float16)
    features[:, 0] = gains
    direct = -generator.uniform(2, 4, rows * tokens)
    gates = {name: generator.uniform(size=rows * tokens) for name in ("divergence", "entropy", "confidence")}
    return Measured(
        features, direct, direct + gains, gates, np.repeat(np.arange(rows), tokens), groups, np.arange(rows) // 3
    )


@pytest.mark.parametrize("kind", ROUTERS)
def test_training_finds_the_tokens_that_gain(kind):
    state = torch.get_rng_state()
    measured, fresh = synthetic(), synthetic(seed=1)
    gate = fit(measured, RouterConfig(kind, False, 4, 8), FitSettings(epochs=60, learning_rate=1e-2))
    assert torch.equal(state, torch.get_rng_state())
    gates = predict(gate, fresh)
    assert np.corrcoef(gates, fresh.gains)[0, 1] > 0.8
    half = choose_threshold(gate, fresh, 0.5)
    assert (predict(half, fresh) > half.threshold).mean() == pytest.approx(0.5, abs=0.01)
    again = fit(measured, RouterConfig(kind, False, 4, 8), FitSettings(epochs=60, learning_rate=1e-2))
    np.testing.assert_array_equal(predict(again, fresh), gates)
    priced = RouterConfig(kind, False, 4, 8, price=1.0)
    assert predict(fit(measured, priced, FitSettings(epochs=60, learning_rate=1e-2)), fresh).mean() < gates.mean()


def test_results_by_hand():
    measured = synthetic()
    results = evaluate_gate(measured, 1 / (1 + np.exp(-measured.gains)), 0.5)
    right = results["groups"]["right"]
    assert {name: results[name] for name in right} == right
    of_right = np.isin(measured.groups[measured.rows], ["right"])
    direct, merged = -measured.direct[of_right], -measured.merged[of_right]
    assert right["direct"]["nll"] == pytest.approx(direct.mean())
    assert right["merged"]["nll"] == pytest.approx(merged.mean())
    chosen = right["chosen"]
    assert chosen["nll"] == pytest.approx(np.minimum(direct, merged).mean()) == pytest.approx(right["oracle"]["nll"])
    share = (merged < direct).mean()
    assert chosen["share"] == pytest.approx(share)
    assert chosen["random"]["nll"] == pytest.approx(((1 - share) * direct + share * merged).mean())
    static = -np.log((1 - share) * np.exp(-direct) + share * np.exp(-merged)).mean()
    assert chosen["static"] == pytest.approx(static)
    assert way_to_oracle(chosen) == pytest.approx(1.0)
    assert chosen["against"]["direct"]["difference"] == pytest.approx((np.minimum(direct, merged) - direct).mean())
    low, high = chosen["against"]["direct"]["ci"]
    assert low < chosen["against"]["direct"]["difference"] < high < 0
    assert [entry["share"] for entry in right["thresholds"]] == pytest.approx(np.arange(1, 10) / 10, abs=0.02)
    assert results["groups"]["mixture"]["tokens"] == 300


def test_intervals_resample_questions():
    measured = synthetic(300)
    result = evaluate_gate(measured, 1 / (1 + np.exp(-measured.gains)), 0.5)["groups"]["mixture"]["direct"]
    values = -measured.direct
    spread = np.diff(result["ci"])[0] / (2 * 1.96)
    means = [values[measured.questions[measured.rows] == one].mean() for one in range(100)]
    assert spread == pytest.approx(np.std(means) / 10, rel=0.15)


def test_settings_outside_their_limits_are_refused():
    for wrong in ({"epochs": 0}, {"rows": 0}, {"learning_rate": 0}, {"weight_decay": -1}):
        with pytest.raises(ValueError, match="must be"):
            FitSettings(**wrong)
