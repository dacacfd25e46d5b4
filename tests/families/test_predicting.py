"""Predicting says what forward says, and computes f(h) only for the rows that ask."""

import inspect
from contextlib import contextmanager

import pytest
import torch
from factories.tiny import make_model

from dualroute.families.dual_route.config import GRANULARITIES, ROUTERS
from dualroute.families.dual_route.model import NO_OVERRIDE, DualRouteModel, predict
from dualroute.families.dual_route.tracing import encode_pair, model_inputs
from dualroute.trace.policies import FLOWS, POLICIES, TWO_FLOWS

PAIRS = [
    ("the striker scored twice", "a report of the market say shares fell sharply"),
    ("peace talks vote", "rain"),
    ("shares fell sharply the market say the peace talks fell", "the striker"),
    ("market report", "the vote"),
]
THETAS = (0.0, 0.3, 0.5, 0.7, 1.0)


def batch(model, pairs=PAIRS) -> dict:
    rows = [model_inputs(*encode_pair(model, *pair)) for pair in pairs]
    return {key: torch.nn.utils.rnn.pad_sequence([row[key][0] for row in rows], batch_first=True) for key in rows[0]}


def both(model, inputs, **decision):
    """(prediction, forward's output) for the same arguments."""
    with torch.no_grad():
        return model.predict(**inputs, **decision), model(**inputs, **decision)


def agree(prediction, output):
    torch.testing.assert_close(prediction.logits, output.logits, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(prediction.flow_weights, output.flow_weights, rtol=1e-5, atol=1e-6)


@contextmanager
def encoded_lengths(model):
    """A list that gets (rows, positions) of every batch the backbone encodes, while the block runs."""
    backbone, seen = model.backbone, []

    def watched(attention_mask, **inputs):
        seen.append(tuple(attention_mask.shape))
        return backbone(attention_mask, **inputs)

    model.__dict__["_backbone"] = watched
    try:
        yield seen
    finally:
        model.__dict__["_backbone"] = backbone


def between(model, inputs, asking: int) -> float:
    """A θ under which just `asking` rows of the batch have a token that reads."""
    with torch.no_grad():
        gates = model(**inputs, policy="soft").gates[..., 1]
    words = torch.arange(gates.shape[1]) < torch.tensor([len(x.split()) for x, _ in PAIRS])[:, None]
    highest = gates.masked_fill(~words, 0).amax(1).sort(descending=True).values.tolist()
    edges = [1.0, *highest, 0.0]
    assert edges[asking] - edges[asking + 1] > 1e-4  # the rows differ, or the test would say nothing
    return (edges[asking] + edges[asking + 1]) / 2


@pytest.mark.parametrize("flows", [TWO_FLOWS, FLOWS], ids=len)
@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize("router", ROUTERS)
def test_equals_forward_for_every_router_policy_and_threshold(router, granularity, flows):
    for early in (True, False):
        model = make_model(router=router, granularity=granularity, flows=flows, early=early)
        inputs = batch(model)
        for policy in POLICIES if len(flows) == 3 else set(POLICIES) - {"context"}:
            for theta in THETAS if "threshold" in policy else (0.5,):
                agree(*both(model, inputs, policy=policy, threshold=theta))


@pytest.mark.parametrize("asking", range(len(PAIRS) + 1))
def test_only_the_rows_that_ask_are_encoded(asking):
    model = make_model(early=True)
    inputs = batch(model)
    theta = between(model, inputs, asking)
    with encoded_lengths(model) as seen:
        prediction = model.predict(**inputs, policy="threshold", threshold=theta)
    x, h = inputs["input_ids"].shape, inputs["context_input_ids"].shape
    assert seen == ([x, (asking, h[1])] if asking else [x])
    assert prediction.context_encoded.sum() == asking
    agree(prediction, both(model, inputs, policy="threshold", threshold=theta)[1])


def test_the_rows_encoded_are_those_with_a_token_that_reads():
    model = make_model(early=True)
    inputs = batch(model)
    prediction = model.predict(**inputs, policy="threshold", threshold=between(model, inputs, 2))
    for row, (x, _) in enumerate(PAIRS):
        reads = prediction.flow_weights[row, : len(x.split()), 1] > 0
        assert prediction.context_encoded[row] == reads.any()


def test_padding_asks_for_nothing():
    """Rows 0, 1 and 3 are shorter than row 2: a flow forced upon their padding reads no context."""
    model = make_model(early=True)
    inputs = batch(model)
    overrides = torch.full((len(PAIRS), len(PAIRS[2][0].split())), NO_OVERRIDE)
    overrides[[0, 1, 3], -1] = 1
    prediction, output = both(model, inputs, policy="direct", overrides=overrides)
    assert output.flow_weights[[0, 1, 3], -1, 1].eq(1).all()
    assert not prediction.context_encoded.any()
    agree(prediction, output)


@pytest.mark.parametrize("policy", ["merged", "soft", "threshold"])
def test_without_a_context_nothing_is_encoded(policy):
    model = make_model(early=True)
    own = {key: value for key, value in batch(model).items() if not key.startswith("context")}
    with encoded_lengths(model) as seen:
        prediction = model.predict(**own, policy=policy)
    assert len(seen) == 1
    assert not prediction.context_encoded.any()
    agree(prediction, both(model, own, policy=policy)[1])


def test_a_row_with_an_empty_context_is_not_encoded():
    model = make_model(early=True)
    inputs = batch(model)
    inputs["context_attention_mask"][1] = 0
    inputs["context_attention_mask"][3] = inputs["context_special_tokens_mask"][3]  # no words between them
    prediction, output = both(model, inputs, policy="merged")
    assert prediction.context_encoded.tolist() == [True, False, True, False]
    agree(prediction, output)


def test_an_override_and_a_held_route_ask_too():
    model = make_model(early=True)
    inputs = batch(model)
    overrides = torch.full((len(PAIRS), len(PAIRS[2][0].split())), NO_OVERRIDE)
    overrides[1, 0] = 1
    prediction, output = both(model, inputs, policy="direct", overrides=overrides)
    assert prediction.context_encoded.tolist() == [False, True, False, False]
    agree(prediction, output)
    held, output = both(model, inputs, policy="direct", route=model(**inputs, policy="soft").flow_weights.detach())
    assert held.context_encoded.all()
    agree(held, output)


def test_states_that_are_already_encoded_serve_as_in_forward():
    model = make_model(early=True)
    generator = torch.Generator().manual_seed(0)
    inputs = {
        "hidden_states": torch.randn(3, 4, 32, generator=generator),
        "attention_mask": torch.ones(3, 4, dtype=torch.long),
        "context_hidden_states": torch.randn(3, 5, 32, generator=generator),
        "context_attention_mask": torch.tensor([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 0, 0, 0]]),
    }
    prediction, output = both(model, inputs, policy="soft")
    assert prediction.context_encoded.tolist() == [True, True, False]
    agree(prediction, output)


def test_a_full_router_needs_every_context():
    model = make_model(early=False)
    inputs = batch(model)
    with encoded_lengths(model) as seen:
        prediction = model.predict(**inputs, policy="direct")
    assert seen == [inputs["input_ids"].shape, inputs["context_input_ids"].shape]
    assert prediction.context_encoded.all()


def test_the_checkpoints_own_decision_is_the_default():
    model = make_model(early=True, policy="weighted_threshold", threshold=0.45)
    agree(*both(model, batch(model)))


def test_forward_still_encodes_every_context():
    """A trace needs K of every token, whoever asks."""
    model = make_model(early=True)
    inputs = batch(model)
    with encoded_lengths(model) as seen, torch.no_grad():
        model(**inputs, policy="direct")
    assert seen == [inputs["input_ids"].shape, inputs["context_input_ids"].shape]


def test_the_arguments_are_those_of_forward():
    shared = {*inspect.signature(predict).parameters} - {"model"}
    assert shared | {"self", "output_contributions"} == {*inspect.signature(DualRouteModel.forward).parameters}


@pytest.mark.parametrize("early", [True, False])
def test_what_forward_does_not_take_is_reported(early):
    model = make_model(early=early)
    with pytest.raises(TypeError, match="output_contributions"):
        model.predict(**batch(model), output_contributions=True)
