"""Attributions: Captum is the oracle, completeness the law, and what is held along the path is really held."""

import math

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients
from factories.quick import BY_MODEL, H, X, assert_same, total, varied_of
from factories.tiny import make_model

from dualroute.api import DualRouter
from dualroute.attribute import quadrature
from dualroute.attribute.engine import attribute, attribute_many
from dualroute.attribute.methods.gradients import integral_of
from dualroute.attribute.quadrature import Effort
from dualroute.families.dual_route.inputs import Encoded
from dualroute.families.dual_route.interpolation import InterpolationPath
from dualroute.families.dual_route.tracing import encode_pair, model_inputs, override_tensor
from dualroute.trace.policies import FLOWS

TWO_FLOW_POLICIES = ("soft", "threshold", "weighted_threshold", "select", "direct", "merged")
TARGETS = ("prediction", "prediction:Business", "gate", "gate:2")


@pytest.fixture(scope="module")
def three_flows() -> DualRouter:
    return DualRouter(make_model(flows=FLOWS), "three")


def captum_on_embeddings(model, trace, value, steps: int):
    """Captum's own Integrated Gradients on word embeddings from [PAD]: what the scores of words must be."""
    own, other = encode_pair(model, trace.x, trace.h)
    texts = (own, other.encoded)
    inputs = model_inputs(own, other)
    embeds = tuple(model.backbone.embed(inputs.pop(name)) for name in ("input_ids", "context_input_ids"))
    pad = model.backbone.embed(torch.tensor(model.backbone.tokenizer.pad_token_id))
    specials = [torch.from_numpy(text.special) for text in texts]
    baselines = tuple(torch.where(s[None, :, None], e, pad) for e, s in zip(embeds, specials, strict=True))

    def function(own, context):
        masks = {name: mask.expand(len(own), -1) for name, mask in inputs.items()}
        return value(lambda **how: model(inputs_embeds=own, context_inputs_embeds=context, **masks, **how))

    scores = IntegratedGradients(function).attribute(embeds, baselines, n_steps=steps)
    return [score.sum(-1)[0][~s].detach().numpy() for score, s in zip(scores, specials, strict=True)]


def logit_as_defined(trace):
    """The logit of the predicted class, run by the model with what the docstring says is held."""
    outcome = trace.replay()
    forced = override_tensor(trace.spec.overrides, len(trace.tokens), trace.flows)
    weights = torch.tensor(outcome.flow_weights, dtype=torch.float32)[None]

    def value(run):
        if outcome.policy == "soft":
            return run(policy="soft", overrides=forced).logits[:, outcome.label_index]
        if outcome.policy != "weighted_threshold":
            return run(route=weights).logits[:, outcome.label_index]
        gates = run(policy="direct").gates
        opened = weights[..., 1:] > 0
        moving = torch.cat([1 - gates[..., 1:] * opened, gates[..., 1:] * opened], dim=-1)
        return run(route=torch.where((forced == -1)[..., None], moving, weights)).logits[:, outcome.label_index]

    return value


@pytest.mark.parametrize("policy", TWO_FLOW_POLICIES)
@pytest.mark.parametrize("overrides", [{}, {0: "merged", 3: "direct"}], ids=["policy", "flipped"])
def test_prediction_agrees_with_captum_on_embeddings(tiny_model, tiny_router, trace_with, policy, overrides):
    trace = trace_with(policy, overrides)
    own, context = captum_on_embeddings(tiny_model, trace, logit_as_defined(trace), steps=12)
    for found in (
        attribute(tiny_router, trace, n_steps=12),
        attribute_many(tiny_router, trace, ("gate", "prediction"), n_steps=12)[1],
    ):
        np.testing.assert_allclose(found.scores, own, atol=1e-5)
        np.testing.assert_allclose(found.context_scores, context, atol=1e-5)


@pytest.mark.parametrize(("target", "pick"), [("gate", lambda g: g.mean(1)), ("gate:2", lambda g: g[:, 2])])
def test_gate_agrees_with_captum_on_embeddings(tiny_model, tiny_router, trace_with, target, pick):
    trace = trace_with("threshold")
    own, context = captum_on_embeddings(tiny_model, trace, lambda run: pick(run().gates[..., 1]), steps=12)
    for found in (
        attribute(tiny_router, trace, target, n_steps=12),
        attribute_many(tiny_router, trace, ("prediction", target), n_steps=12)[1],
    ):
        np.testing.assert_allclose(found.scores, own, atol=1e-6)
        np.testing.assert_allclose(found.context_scores, context, atol=1e-6)


@pytest.mark.parametrize("policy", TWO_FLOW_POLICIES)
def test_scores_add_up_to_what_the_input_changes(tiny_router, trace_with, policy):
    trace = trace_with(policy, {1: "merged"})
    for found in attribute_many(tiny_router, trace, TARGETS):
        change = found.value - found.baseline_value
        assert found.converged
        size = np.linalg.norm([*found.scores, *found.context_scores]) / 2
        assert abs(found.convergence_delta) <= quadrature.TOLERANCE * max(abs(change), size, quadrature.FLOOR)
        assert total(found) == pytest.approx(change + found.convergence_delta, abs=1e-6)


@pytest.mark.parametrize("policy", [*TWO_FLOW_POLICIES, "context"])
def test_three_flows_add_up_too(three_flows, policy):
    trace = three_flows.trace(X, H, policy, 0.6, {1: "context"})
    for found in three_flows.attribute_many(trace, TARGETS):
        assert total(found) == pytest.approx(found.value - found.baseline_value, abs=1e-3)
        expected = trace.gates.mean() if found.target == "gate" else trace.gates[2]
        if found.label:
            expected = trace.replay().logits[trace.labels.index(found.label)]
        assert found.value == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("policy", TWO_FLOW_POLICIES)
def test_value_is_that_of_the_trace(tiny_router, trace_with, policy):
    trace = trace_with(policy, {1: "merged"})
    outcome = trace.replay()
    prediction, business, gate, one = attribute_many(tiny_router, trace, TARGETS, n_steps=1)
    assert (prediction.label, business.label, gate.label) == (outcome.label, "Business", "")
    assert prediction.value == pytest.approx(outcome.logits.max(), rel=1e-5)
    assert business.value == pytest.approx(outcome.logits[2], rel=1e-5)
    assert gate.value == pytest.approx(trace.gates.mean(), rel=1e-5)
    assert one.value == pytest.approx(trace.gates[2], rel=1e-5)
    assert prediction.spec == trace.spec


class Algebra(InterpolationPath):
    """A path whose model is the identity: values see the presences themselves."""

    def encode(self, side, presence):
        return (Encoded(presence, torch.ones_like(presence)),)

    def route(self, encoded):
        return torch.cat([one.states for one in encoded], dim=1)


def test_integral_of_known_functions(tiny_model, trace_with):
    """A linear function's scores are its coefficients; those of (w·p)² are w_i (w·1), exact with two nodes."""
    sides = varied_of(tiny_model, trace_with("soft"))
    w = torch.linspace(-1, 2, 15)
    linear, square = (lambda p: p @ w), (lambda p: (p @ w) ** 2)
    for asked in ([(linear, square)], [(linear,), (square,)]):
        found = [integral_of(Algebra(tiny_model, sides, values), Effort(n_steps=2)) for values in asked]
        first, second = torch.cat([integral.scores for integral in found])
        torch.testing.assert_close(first, w)
        torch.testing.assert_close(second, w * w.sum())


def test_special_tokens_stay_in_the_baseline(tiny_model, trace_with):
    for side in varied_of(tiny_model, trace_with("soft")):
        assert side.special.tolist() == [1, *[0] * len(side.words), 1]
        assert not side.difference[side.special.bool()].any()
        assert (side.difference[side.words] != 0).any(1).all()


def test_held_direct_route_leaves_the_context_no_score(tiny_router, trace_with):
    prediction, gate = attribute_many(tiny_router, trace_with("direct"))
    assert (prediction.route, gate.route) == ("held", "free")
    assert (prediction.context_scores == 0).all()
    assert (prediction.scores != 0).all()
    assert (gate.context_scores != 0).all()


def test_gates_do_not_depend_on_the_route(tiny_router, trace_with):
    direct, merged = (attribute(tiny_router, trace_with(policy), "gate") for policy in ("direct", "merged"))
    assert_same(direct, merged, atol=0)


def test_a_soft_route_is_free(tiny_router, trace_with):
    free, held = (attribute(tiny_router, trace_with(policy)) for policy in ("soft", "weighted_threshold"))
    assert (free.route, held.route) == ("free", "held")


def test_early_gates_give_the_context_no_score():
    router = DualRouter(make_model(early=True), "early")
    trace = router.trace(X, H, "soft")
    prediction, gate = router.attribute_many(trace)
    assert (gate.context_scores == 0).all()
    assert (gate.scores != 0).all()
    assert (prediction.context_scores != 0).all()
    assert_same(gate, router.attribute(trace, "gate"), atol=1e-6)


@pytest.mark.parametrize("method", BY_MODEL)
def test_an_empty_context_has_no_scores(tiny_router, method):
    for found in tiny_router.attribute_many(tiny_router.trace(X, ""), method=method):
        assert found.scores.shape == (6,)
        assert found.context_scores.shape == (0,)


@pytest.mark.parametrize("method", BY_MODEL)
def test_every_method_scores_every_word(tiny_router, trace_with, method):
    trace = trace_with("merged")
    alone = tiny_router.attribute(trace, "gate", method)
    assert alone.method == method
    assert alone.scores.shape == (6,)
    assert alone.context_scores.shape == (9,)
    assert_same(tiny_router.attribute_many(trace, ("prediction", "gate"), method=method)[1], alone, atol=1e-5)


def test_ablation_is_the_loss_without_one_word(tiny_model, tiny_router, trace_with):
    trace = trace_with("threshold")
    found = attribute(tiny_router, trace, method="feature_ablation")
    inputs = model_inputs(*encode_pair(tiny_model, trace.x, trace.h))
    inputs["context_input_ids"][0, 3] = tiny_model.backbone.tokenizer.pad_token_id  # word 2, behind [CLS]
    route = torch.tensor(trace.replay().flow_weights, dtype=torch.float32)
    without = tiny_model(**inputs, route=route).logits[0, trace.replay().label_index].item()
    assert found.context_scores[2] == pytest.approx(found.value - without, abs=1e-5)
    assert math.isnan(found.convergence_delta)
    assert (found.converged, found.steps) == (True, 1)


def test_input_x_gradient_is_the_slope_at_the_input(tiny_model, tiny_router, trace_with):
    trace = trace_with("soft")
    own, context = varied_of(tiny_model, trace)

    @torch.no_grad()
    def logit(presence: float) -> float:
        words = torch.ones(1, 6)
        words[0, 1] = presence
        read = {f"context_{name}": value for name, value in context.inputs(torch.ones(1, 9)).items()}
        output = tiny_model(**own.inputs(words), **read, policy="soft")
        return output.logits[0, trace.replay().label_index].item()

    found = attribute(tiny_router, trace, method="input_x_gradient")
    assert found.scores[1] == pytest.approx((logit(1.01) - logit(0.99)) / 0.02, rel=1e-2)
