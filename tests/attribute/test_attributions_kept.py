"""Attributions: baselines, what is refused and told, and what is left as it was."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from factories.quick import BY_MODEL, H, X, assert_same, varied_of
from factories.tiny import make_model

from dualroute.api import DualRouter
from dualroute.attribute import quadrature
from dualroute.attribute.engine import attribute, attribute_many
from dualroute.trace.attribution import Attribution


def test_baselines_differ(tiny_router, trace_with):
    pad, mask = (attribute(tiny_router, trace_with("soft"), baseline=baseline) for baseline in ("pad", "mask"))
    assert pad.value == pytest.approx(mask.value)
    assert abs(pad.baseline_value - mask.baseline_value) > 0.01
    assert mask.baseline == "mask"


def test_zero_baseline_starts_at_nothing(tiny_model, trace_with):
    for side in varied_of(tiny_model, trace_with("soft"), "zero"):
        assert not side.start[side.words].any()


@pytest.mark.parametrize("targets", [("prediction",), ("prediction", "gate")], ids=len)
def test_panels_are_halved_where_the_error_is(tiny_router, trace_with, monkeypatch, targets):
    monkeypatch.setattr(quadrature, "NODES", 1)
    trace = trace_with("soft")
    fine = attribute(tiny_router, trace, n_steps=64)
    coarse, halved = (attribute_many(tiny_router, trace, targets, tolerance=t)[0] for t in (1e6, 1e-3))
    assert (coarse.steps, coarse.converged) == (4, True)
    assert 4 < halved.steps <= quadrature.MAX_STEPS
    assert halved.converged
    error, before = (np.linalg.norm(found.context_scores - fine.context_scores) for found in (halved, coarse))
    assert error < min(before, 0.01)


def test_too_few_steps_are_reported(tiny_router, trace_with):
    for found in attribute_many(tiny_router, trace_with("soft"), tolerance=1e-9, max_steps=2):
        assert not found.converged
        assert found.steps == 2
        assert found.convergence_delta != 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "logit"}, "unknown target 'logit'; there are prediction, prediction:<class>, start"),
        ({"target": 3}, "target must be text, not 3"),
        ({"target": "prediction:Weather"}, "no class 'Weather'; there are World, Sports, Business"),
        ({"target": "gate:6"}, "no token '6': the tokens are numbered 0 to 5"),
        ({"target": "gate:-1"}, "no token '-1'"),
        ({"target": "gate:"}, "no token ''"),
        ({"method": "luck"}, "unknown method 'luck'; choose one of exact, integrated_gradients, input_x_gradient"),
        ({"baseline": "noise"}, "unknown baseline 'noise'; choose one of pad, mask, zero, mean, text"),
        ({"n_steps": 0}, "n_steps must be a whole number from 1 to 100,000, not 0"),
        ({"max_steps": 0}, "max_steps must be a whole number from 1 to 100,000, not 0"),
        ({"tolerance": 0}, "tolerance must be a number above 0"),
    ],
)
def test_what_there_is_not_is_refused(tiny_router, trace_with, options, message):
    with pytest.raises(ValueError, match=message):
        attribute(tiny_router, trace_with("soft"), **options)


def test_no_target_is_refused(tiny_router, trace_with):
    with pytest.raises(ValueError, match="no target"):
        attribute_many(tiny_router, trace_with("soft"), ())


def test_a_tokenizer_without_the_token_is_refused():
    router = DualRouter(make_model())
    router.model.backbone.tokenizer.mask_token = None
    with pytest.raises(ValueError, match="no mask token"):
        router.attribute(router.trace(X, H), baseline="mask")


def test_a_trace_of_other_tokens_is_refused(tiny_model, trace_with):
    with pytest.raises(ValueError, match="tokens are not the ones"):
        attribute(DualRouter(make_model(max_length=5)), trace_with("soft"))


def test_a_model_in_training_is_refused(trace_with):
    router = DualRouter(make_model())
    router.model.train()
    with pytest.raises(ValueError, match="training mode"):
        attribute(router, trace_with("soft"))


@pytest.mark.parametrize("method", BY_MODEL)
def test_the_model_is_left_as_it_was(trace_with, method):
    model = make_model()
    before = {name: p.clone() for name, p in model.named_parameters()}
    router = DualRouter(model)
    model.requires_grad_(True)
    attribute_many(router, trace_with("soft"), method=method, max_steps=2)
    for name, parameter in model.named_parameters():
        assert parameter.requires_grad
        assert parameter.grad is None
        assert torch.equal(parameter, before[name])
    assert not model.training
    assert not any(p.requires_grad or p.grad is not None for p in model.backbone.model.parameters())


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("targets", [("gate",), ("prediction", "gate")], ids=len)
def test_the_callers_gradient_mode_does_not_matter(tiny_router, trace_with, mode, targets):
    trace = trace_with("soft")
    expected = attribute_many(tiny_router, trace, targets)
    with mode():
        found = attribute_many(tiny_router, trace, targets)
    assert_same(found[-1], expected[-1], atol=1e-6)


def test_two_threads_get_what_one_gets(tiny_router, trace_with):
    traces = [trace_with(policy) for policy in ("soft", "merged")] * 2
    expected = [attribute(tiny_router, trace) for trace in traces]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda trace: attribute(tiny_router, trace), traces))
    for one, other in zip(found, expected, strict=True):
        assert_same(one, other, atol=1e-6)


@pytest.mark.parametrize("method", BY_MODEL)
def test_json_brings_the_same_record_back(tiny_router, trace_with, method):
    found = attribute(tiny_router, trace_with("threshold", {1: "direct"}), "gate:3", method)
    back = Attribution.from_json(found.to_json())
    assert back.spec == found.spec
    assert back.scores.dtype == np.float32
    for name, value in found.to_dict().items():
        if name not in ("spec", "schema"):
            np.testing.assert_array_equal(getattr(back, name), value)


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 0}', '{"schema": 1, "scores": []}'])
def test_json_of_something_else_is_refused(text):
    with pytest.raises(ValueError, match="not an attribution"):
        Attribution.from_json(text)
