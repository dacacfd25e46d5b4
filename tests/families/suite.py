"""What every family of routing models must keep. A family's test subclasses `FamilySuite` and gives its fixtures."""

import json
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from dualroute import Trace
from dualroute.attribute.engine import attribute_many
from dualroute.families.base import RoutingModel
from dualroute.report.flow import routing_figure
from dualroute.trace.decision import Decision


@dataclass
class Row:
    x: str
    h: str
    label: str


class FamilySuite:
    """Override `model`, `inputs`, `decision` (not the model's own) and `rows`; class attributes where needed."""

    targets = ("prediction",)
    row_decision = Decision("merged")
    method: ClassVar = {"method": "integrated_gradients", "n_steps": 32}

    @pytest.fixture
    def model(self) -> RoutingModel:
        raise NotImplementedError

    @pytest.fixture
    def inputs(self) -> tuple:
        raise NotImplementedError

    @pytest.fixture
    def decision(self) -> Decision:
        raise NotImplementedError

    @pytest.fixture
    def rows(self) -> list[Row]:
        raise NotImplementedError

    @pytest.fixture
    def trace(self, model, inputs) -> Trace:
        return model.trace(*inputs)

    def test_a_trace_names_its_family_and_its_model(self, model, trace):
        assert (trace.spec.family, trace.spec.checkpoint) == (model.family, model.checkpoint)
        assert trace.spec.revision == model.revision

    def test_the_weights_of_a_token_sum_to_one(self, trace):
        sums = trace.routing.dense_weights.sum(-1)
        np.testing.assert_allclose(sums, np.ones((trace.n_layers, len(trace.tokens))), rtol=1e-5)

    def test_the_same_input_gives_the_same_trace(self, model, inputs, trace):
        assert model.trace(*inputs).to_json() == trace.to_json()

    def test_json_brings_the_same_record_back(self, trace):
        again = Trace.from_json(trace.to_json())
        assert again.to_json() == trace.to_json()
        assert again.replayable == trace.replayable
        assert json.loads(trace.to_json())["spec"]["family"] == trace.spec.family

    def test_the_trace_replays_to_its_own_answer(self, trace):
        if not trace.replayable:
            pytest.skip("this family reruns")
        np.testing.assert_allclose(trace.replay().probs, trace.probs, rtol=1e-4, atol=1e-6)

    def test_a_replay_equals_a_rerun(self, model, trace, decision):
        again = model.rerun(trace, decision)
        assert again.spec.decision == decision.over(trace.spec.decision)
        if not trace.replayable:
            pytest.skip("this family reruns")
        outcome = trace.replay(decision=decision)
        np.testing.assert_allclose(outcome.weights, again.routing.dense_weights, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(outcome.probs, again.probs, rtol=1e-4, atol=1e-6)

    def test_another_decision_changes_the_answer(self, model, trace, decision):
        assert np.abs(model.rerun(trace, decision).probs - trace.probs).max() > 1e-6

    def test_going_back_gives_the_first_trace(self, model, trace, decision):
        back = model.rerun(model.rerun(trace, decision), replace(trace.spec.decision, ignored=()))
        np.testing.assert_array_equal(back.probs, trace.probs)

    def test_an_override_outside_the_tokens_is_refused(self, model, trace):
        with pytest.raises(ValueError, match="numbered"):
            trace.decided(Decision(overrides={(0, len(trace.tokens)): trace.flows[0]}))

    def test_an_empty_input_is_refused_in_words(self, model, inputs):
        routed = model.trace(*inputs).routing.segment
        with pytest.raises(ValueError, match="empty"):
            model.trace(*("" if place == routed else text for place, text in enumerate(inputs)))

    def test_rows_are_scored_under_every_decision(self, model, rows):
        scores = model.score_rows(rows, [Decision(), self.row_decision])
        assert scores.shape == (2, len(rows))
        assert ((scores >= 0) & (scores <= 1)).all()

    def test_attributions_add_up_to_the_change(self, model, trace):
        for found in attribute_many(model, trace, self.targets, **self.method):
            total = found.scores.sum() + found.context_scores.sum()
            change = found.value - found.baseline_value
            assert found.scores.shape == (len(trace.tokens),)
            assert total == pytest.approx(change, abs=2e-2 * max(1.0, abs(change)))

    def test_the_value_that_is_explained_is_the_traces_own(self, model, trace, decision):
        for one in (trace, model.rerun(trace, decision)):
            (found,) = attribute_many(model, one, ("prediction",), method="feature_ablation")
            outcome = one.replay()
            own = outcome.logits.sum() if outcome.label_index is None else outcome.logits[outcome.label_index]
            assert found.value == pytest.approx(own, rel=1e-3, abs=1e-4)

    def test_a_word_that_is_left_out_has_the_change_as_its_score(self, model, trace):
        (found,) = attribute_many(model, trace, self.targets[:1], method="feature_ablation")
        assert np.isfinite(found.scores).all()
        assert np.abs(found.scores).max() > 0

    def test_it_is_drawn(self, trace):
        figure = routing_figure(trace)
        assert len(figure.data) == trace.n_layers
        assert trace.tokens[0] in trace.to_html()
        assert "<iframe" in trace._repr_html_()

    def test_it_is_a_table(self, trace):
        frame = trace.to_frame()
        assert list(frame.token) == list(trace.tokens)
        assert len(trace.to_text().splitlines()) >= 2 + len(trace.tokens)

    def test_what_it_cannot_tell_is_said_in_sentences(self, model):
        assert all(limit.endswith(".") for limit in model.limits)
