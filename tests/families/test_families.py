"""The families against the suite: dual routing, and two toys that touch no package of the library."""

import numpy as np
import pytest
from factories.tiny import make_model
from families.suite import FamilySuite, Row
from families.toy_experts import Experts
from families.toy_reader import Reader

from dualroute import families
from dualroute.trace.decision import Decision

X, H = "the striker scored twice", "a report of the market say shares fell sharply"


class TestDualRoute(FamilySuite):
    targets = ("prediction", "gate")

    @pytest.fixture
    def model(self):
        from dualroute.families.dual_route.family import DualRoute

        return DualRoute(make_model(), "tiny")

    @pytest.fixture
    def inputs(self):
        return X, H

    @pytest.fixture
    def decision(self):
        return Decision("soft", 0.3, {0: "merged", 2: "direct"})

    @pytest.fixture
    def rows(self):
        return [Row(X, H, "Sports"), Row("shares fell", "", "Business"), Row("vote", "peace talks", "World")]

    def test_rows_are_scored_by_their_labels(self, model, rows):
        labels = [model.trace(row.x, row.h).replay().label for row in rows]
        right = [Row(row.x, row.h, label) for row, label in zip(rows, labels, strict=True)]
        assert model.score_rows(right, [Decision()]).tolist() == [[1.0, 1.0, 1.0]]
        assert model.score_rows([Row(X, H, "none")], [Decision()]).tolist() == [[0.0]]


class TestExperts(FamilySuite):
    """(a) Two layers of four experts, no ledger."""

    row_decision = Decision(overrides={0: "ban 1"})

    @pytest.fixture
    def model(self):
        return Experts()

    @pytest.fixture
    def inputs(self):
        return ("one of the small rivers",)

    @pytest.fixture
    def decision(self, model, inputs):
        used = model.trace(*inputs).routing.indices
        other = next(expert for expert in range(4) if expert not in used[0, 1])
        return Decision(overrides={(0, 1): f"swap {used[0, 1, 0]}>{other}", (1, 2): f"ban {used[1, 2, 0]}"})

    @pytest.fixture
    def rows(self):
        return [Row("one", "", "low"), Row("two rivers", "", "high")]

    def test_a_swap_keeps_the_weight(self, model, trace, decision):
        again = model.rerun(trace, Decision(overrides={(0, 1): decision.overrides[0, 1]}))
        rule = decision.overrides[0, 1]
        assert again.routing.dense_weights[0, 1, rule.new] == trace.routing.dense_weights[0, 1, rule.old]
        np.testing.assert_array_equal(again.routing.weights[0, 0], trace.routing.weights[0, 0])

    def test_a_dropped_expert_keeps_the_others_weights(self, model, trace):
        used = int(trace.routing.indices[1, 0, 0])
        again = model.rerun(trace, Decision(overrides={(1, 0): f"drop {used}"}))
        assert again.routing.weights[1, 0].tolist() == [0.0, trace.routing.weights[1, 0, 1]]

    def test_no_decision_is_replayed_without_numbers(self, trace, decision):
        with pytest.raises(ValueError, match="rerun"):
            trace.replay(decision=decision)

    def test_there_are_no_gates(self, trace):
        with pytest.raises(ValueError, match="no gates: its routes are expert 0"):
            _ = trace.gates


class TestReader(FamilySuite):
    """(b) An answer routed beside a prompt and a passage, with a ledger of probabilities."""

    targets = ("prediction", "prediction:step:1", "gate")

    @pytest.fixture
    def model(self):
        return Reader()

    @pytest.fixture
    def inputs(self):
        return "who built it", "the mason built the castle", "a mason did"

    @pytest.fixture
    def decision(self):
        return Decision("soft", overrides={1: "merged"})

    @pytest.fixture
    def rows(self):
        return [Row("who built it", "the mason built the castle", "the mason"), Row("when", "in may", "may")]

    def test_the_answer_is_what_is_routed(self, trace, inputs):
        assert (trace.x, trace.h, trace.context_tokens) == (inputs[2], inputs[1], tuple(inputs[1].split()))
        assert [part.name for part in trace.inputs] == ["prompt", "passage", "answer"]

    def test_a_routed_probability_is_the_mixture_by_hand(self, trace):
        outcome = trace.replay(policy="soft")
        gates = trace.gates.astype(float)
        by_hand = (1 - gates) * trace.ledger.probs[:, 0] + gates * trace.ledger.probs[:, 1]
        np.testing.assert_allclose(outcome.probs, by_hand, rtol=1e-6)
        assert outcome.probability == pytest.approx(np.exp(np.log(by_hand).mean()))

    def test_a_score_is_the_probability_per_token(self, model, rows):
        scores = model.score_rows(rows, [Decision("direct")])
        trace = model.trace(rows[0].x, rows[0].h, rows[0].label)
        assert scores[0, 0] == pytest.approx(np.exp(np.log(trace.ledger.probs[:, 0].astype(float)).mean()))

    def test_single_words_cannot_be_left_unread(self, trace):
        with pytest.raises(ValueError, match="rerun"):
            trace.replay(ignored=[0])


def test_a_family_is_found_by_the_model_type_of_its_checkpoint(tmp_path):
    families.register("toy_experts", lambda: Experts)
    (tmp_path / "config.json").write_text('{"model_type": "toy_experts"}')
    assert families.find_family(families.model_type_of(tmp_path)) is Experts
    assert families.find_family("dualroute").family == "dual_route"


def test_an_unknown_model_type_names_those_there_are(tmp_path):
    with pytest.raises(ValueError, match="model type 'poem'; there are context_lm, dualroute"):
        families.find_family("poem")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ValueError, match="names no model_type"):
        families.model_type_of(tmp_path)
    with pytest.raises(FileNotFoundError, match="no checkpoint"):
        families.model_type_of(tmp_path / "nowhere")
