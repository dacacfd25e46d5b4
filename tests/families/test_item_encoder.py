"""A context of items: the rating changes what a title says, and every sum stays exact."""

import numpy as np
import pytest
import torch
from factories.tiny import make_model

from dualroute.families.dual_route.config import READERS
from dualroute.families.dual_route.inputs import ModelInput
from dualroute.trace.policies import kappa_rho


@pytest.fixture(scope="module")
def states() -> torch.Tensor:
    """Two rows of three items: the same titles, the second row's ratings turned round."""
    titles = torch.randn(1, 3, 32, generator=torch.Generator().manual_seed(0)).repeat(2, 1, 1)
    ratings = torch.tensor([[1.0, 0.0, -1.0], [-1.0, 0.0, 1.0]])
    return torch.cat([titles, ratings[..., None]], dim=-1)


def encode(model, states, mask=None):
    h = ModelInput(hidden_states=states, attention_mask=torch.ones(states.shape[:2]) if mask is None else mask)
    with torch.no_grad():
        return model.encode_h(h, ModelInput())


def test_an_item_is_modulated_by_its_own_rating_alone(states):
    encoded, mask = encode(make_model(context="items"), states)
    assert encoded.shape == (2, 3, 32)
    assert mask.sum() == 6
    torch.testing.assert_close(encoded[0, 1], encoded[1, 1])
    assert not torch.allclose(encoded[0, 0], encoded[1, 0])
    assert not torch.allclose(encoded[0, 2], encoded[1, 2])


def test_scale_and_shift_by_hand(states):
    model = make_model(context="items")
    encoded = encode(model, states).states
    encoder = model.encoder
    with torch.no_grad():
        scale, shift = encoder.modulate(torch.tensor([1.0])).chunk(2)
        title = encoder.norm(states[0, 0, :-1])
    torch.testing.assert_close(encoded[0, 0], title * (1 + scale) + shift)


@pytest.mark.parametrize("reader", [reader for reader in READERS if reader != "diagonal"])
def test_logits_are_the_sum_of_what_words_and_items_contribute(states, reader):
    model = make_model(context="items", reader=reader)
    mask = torch.tensor([[1, 1, 1], [1, 1, 0]])
    x = {"hidden_states": torch.randn(2, 4, 32, generator=torch.Generator().manual_seed(1))}
    x["attention_mask"] = torch.ones(2, 4, dtype=torch.long)
    with torch.no_grad():
        output = model(
            **x, context_hidden_states=states, context_attention_mask=mask, policy="soft", output_contributions=True
        )
    kappa, rho = kappa_rho(output.flow_weights)
    own = (kappa[..., None] * output.direct_contributions).sum(1)
    read = (rho[..., None, None] * output.context_contributions).sum((1, 2))
    np.testing.assert_allclose(output.bias + own + read, output.logits, rtol=1e-5, atol=1e-5)
    assert (output.context_contributions[1, :, 2] == 0).all()  # padding


def test_without_items_nothing_is_read():
    model = make_model(context="items")
    x = {"hidden_states": torch.randn(1, 4, 32), "attention_mask": torch.ones(1, 4, dtype=torch.long)}
    with torch.no_grad():
        output = model(**x, policy="merged")
    torch.testing.assert_close(output.merged_logits, output.direct_logits)
