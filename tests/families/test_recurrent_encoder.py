"""Forward pass as f(x), backward pass as f(h)."""

import numpy as np
import pytest
import torch
from factories.tiny import make_model

from dualroute.api import DualRouter
from dualroute.families.dual_route.encoders.recurrent import reverse
from dualroute.families.dual_route.tracing import encode_pair, model_inputs
from dualroute.trace.policies import kappa_rho

TEXTS = ["the striker scored twice", "peace talks", "shares fell sharply the market say the peace talks fell"]
RECURRENT = {"context": "backward", "reader": "diagonal", "recurrent_size": 12}


@pytest.fixture(scope="module", params=["gru", "lstm"])
def model(request):
    return make_model(**RECURRENT, recurrent_cell=request.param)


def run(model, text, **options):
    with torch.no_grad():
        return model(**model_inputs(*encode_pair(model, text, "")), output_contributions=True, **options)


def padded(model):
    rows = [model_inputs(*encode_pair(model, text, "")) for text in TEXTS]
    return {key: torch.nn.utils.rnn.pad_sequence([row[key][0] for row in rows], batch_first=True) for key in rows[0]}


def close(a, b):
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-5, atol=1e-5)


def test_turning_reverses_the_words_and_leaves_the_padding():
    states = torch.tensor([[[1.0], [2.0], [3.0]], [[4.0], [5.0], [9.0]]])
    mask = torch.tensor([[1, 1, 1], [1, 1, 0]])
    assert reverse(states, mask)[..., 0].tolist() == [[3, 2, 1], [5, 4, 9]]
    assert torch.equal(reverse(reverse(states, mask), mask), states)


def test_a_forward_state_knows_no_later_word_and_a_backward_state_no_earlier_one(model):
    first, second = (model_inputs(*encode_pair(model, text, "")) for text in ("the striker fell", "the striker scored"))
    other = model_inputs(*encode_pair(model, "rain striker fell", ""))
    with torch.no_grad():
        encoded = [
            (model.encode_x(_x(inputs)).states[0], model.encode_h(_nothing(), _x(inputs)).states[0])
            for inputs in (first, second, other)
        ]
    close(encoded[0][0][:2], encoded[1][0][:2])
    close(encoded[0][1][1:], encoded[2][1][1:])
    assert not torch.allclose(encoded[0][1][0], encoded[1][1][0])
    assert not torch.allclose(encoded[0][0][2], encoded[2][0][2])


def test_logits_are_the_sum_of_their_contributions_and_each_token_reads_its_own_place(model):
    output = run(model, TEXTS[0], policy="soft")
    kappa, rho = kappa_rho(output.flow_weights)
    own = kappa[..., None] * output.direct_contributions
    read = rho[..., None, None] * output.context_contributions
    close(output.bias + own.sum(1) + read.sum((1, 2)), output.logits)
    close(output.attentions[0], np.eye(4))
    off = output.context_contributions[0].abs().sum(-1) * (1 - torch.eye(4))
    assert off.max() == 0


@pytest.mark.parametrize("policy", ["soft", "direct", "merged"])
def test_batched_equals_single_so_padding_changes_nothing(model, policy):
    with torch.no_grad():
        batch = model(**padded(model), policy=policy)
    for i, text in enumerate(TEXTS):
        alone = run(model, text, policy=policy)
        close(batch.logits[i], alone.logits[0])
        close(batch.gates[i, : alone.gates.shape[1]], alone.gates[0])


def test_a_dropped_backward_pass_leaves_the_direct_flow(model):
    inputs = padded(model) | {"context_attention_mask": torch.tensor([[1], [0], [1]])}
    with torch.no_grad():
        output = model(**inputs, policy="merged")
    close(output.logits[1], output.direct_logits[1])
    assert not torch.allclose(output.logits[0], output.direct_logits[0])


def test_what_follows_x_is_read_with_it_and_a_trace_replays_exactly(model):
    router = DualRouter(model, "tiny")
    trace = router.trace("the striker", "scored twice", policy="soft")
    assert trace.tokens == trace.context_tokens == ("the", "striker", "scored", "twice")
    assert (trace.x, trace.h) == ("the striker scored twice", "")
    close(trace.replay().logits, trace.logits)
    close(trace.replay("merged").logits, router.trace(trace.x, trace.h, policy="merged").logits)
    close(trace.replay("direct").logits, router.trace(trace.x, policy="direct").logits)


def test_attributions_reach_the_words_through_both_passes(model):
    router = DualRouter(model, "tiny")
    trace = router.trace("the striker", "scored twice", policy="merged")
    prediction, gate = router.attribute_many(trace, ("prediction", "gate"))
    for found in (prediction, gate):
        assert found.scores.shape == (4,)
        assert found.context_scores.shape == (0,)
        assert found.converged
    assert abs(prediction.scores[3]) > 0


def test_an_early_router_runs_the_backward_pass_only_where_it_is_asked_for(monkeypatch):
    model = make_model(**RECURRENT, early=True)
    inputs, seen = padded(model), []
    original = model.encoder.backward_pass.forward
    monkeypatch.setattr(model.encoder.backward_pass, "forward", lambda *a: (seen.append(len(a[0])), original(*a))[1])
    route = torch.zeros(3, inputs["input_ids"].shape[1] - 2, 2)
    route[..., 0] = 1
    model.predict(**inputs, route=route)
    assert seen == []
    route[1, 0] = torch.tensor([0.0, 1.0])
    found = model.predict(**inputs, route=route)
    assert seen == [1]
    assert found.context_encoded.tolist() == [False, True, False]
    with torch.no_grad():
        close(found.logits, model(**inputs, route=route).logits)


def test_hidden_states_are_no_input(model):
    with pytest.raises(ValueError, match="token ids"):
        model(hidden_states=torch.zeros(1, 2, 32), attention_mask=torch.ones(1, 2))


def _x(inputs):
    from dualroute.families.dual_route.inputs import split_inputs

    return split_inputs(inputs)[0]


def _nothing():
    from dualroute.families.dual_route.inputs import ModelInput

    return ModelInput()
