"""Pictures as contexts: shapes, places, absence, and batches of any size."""

import pytest
import torch
from factories.tiny import make_model

from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.encoders import make_encoder
from dualroute.families.dual_route.inputs import ModelInput

SETTINGS = {"context": "image", "image_size": 32, "patches": 4}


@pytest.fixture(scope="module")
def model():
    return make_model(**SETTINGS, reader="bilinear")


@pytest.fixture
def inputs():
    """Three rows: a picture, none, and another picture."""
    torch.manual_seed(2)
    return {
        "input_ids": torch.tensor([[2, 8, 9, 3], [2, 8, 9, 3], [2, 10, 3, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 0]]),
        "special_tokens_mask": torch.tensor([[1, 0, 0, 1], [1, 0, 0, 1], [1, 0, 1, 0]]),
        "context_pixel_values": torch.rand(3, 3, 32, 32),
        "context_attention_mask": torch.tensor([[1], [0], [1]]),
    }


def encode(encoder, pixels):
    return encoder.encode_h(None, ModelInput(pixel_values=pixels, attention_mask=torch.ones(len(pixels), 1)), None)


@pytest.mark.parametrize(("size", "patches"), [(64, 8), (64, 4), (32, 8), (32, 16), (30, 5), (16, 16), (128, 8)])
def test_a_state_for_every_patch(size, patches):
    encoder = make_encoder(DualRouteConfig(context="image", image_size=size, patches=patches))
    states, mask = encode(encoder, torch.rand(2, 3, size, size))
    assert states.shape == (2, patches**2, encoder.context_size)
    assert mask.shape == (2, patches**2)


@torch.no_grad()
def test_a_picture_is_the_same_alone_and_in_company():
    encoder = make_encoder(DualRouteConfig(**SETTINGS))
    pixels = torch.rand(5, 3, 32, 32)
    torch.testing.assert_close(encode(encoder, pixels).states[3:4], encode(encoder, pixels[3:4]).states)


@torch.no_grad()
def test_what_stands_in_a_patch_changes_its_state_most():
    torch.manual_seed(0)
    encoder = make_encoder(DualRouteConfig(context="image"))
    white = torch.ones(1, 3, 64, 64)
    spot = white.clone()
    spot[:, :, 16:24, 40:48] = 0  # the patch in row 2, column 5, counted from 0
    change = (encode(encoder, spot).states - encode(encoder, white).states)[0].norm(dim=-1)
    assert change.argmax() == 2 * 8 + 5


@torch.no_grad()
def test_the_parts_add_up_to_the_logits(model, inputs):
    output = model(**inputs, policy="soft", output_contributions=True)
    rho = output.flow_weights[..., 1]
    read = torch.einsum("bt,btsc->bc", rho, output.context_contributions)
    torch.testing.assert_close(output.logits, output.bias + output.direct_contributions.sum(1) + read)
    assert output.context_contributions.shape == (3, 2, 16, 3)


@torch.no_grad()
def test_without_a_picture_nothing_is_read(model, inputs):
    output = model(**inputs, policy="merged", output_contributions=True)
    assert not output.context_contributions[1].any()
    torch.testing.assert_close(output.logits[1], output.direct_logits[1])
    assert not torch.allclose(output.logits[0], output.direct_logits[0])
    without = model(**{name: value for name, value in inputs.items() if not name.startswith("context_")})
    torch.testing.assert_close(without.logits[1], output.logits[1])


@torch.no_grad()
def test_an_early_router_encodes_only_the_pictures_that_are_asked_for(inputs):
    model = make_model(**SETTINGS, early=True)
    gates = model(**inputs, policy="soft").gates[..., 1]
    theta = float(gates[0].max() + gates[2, 0]) / 2  # one of the two rows with a picture asks
    predicted = model.predict(**inputs, policy="threshold", threshold=theta)
    assert predicted.context_encoded.sum() == 1
    torch.testing.assert_close(predicted.logits, model(**inputs, policy="threshold", threshold=theta).logits)


def test_all_of_the_encoder_is_trained(model, inputs):
    model.zero_grad()
    model(**inputs, policy="soft").logits.square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in model.encoder.parameters())
    model.zero_grad()


def test_convolutions_begin_at_torchs_scale(model):
    first = model.encoder.halve[0][0].weight.detach()
    assert float(first.std()) == pytest.approx(
        27**-0.5 / 3**0.5, rel=0.2
    )  # uniform up to 1 / sqrt(fan-in); the library's: 0.02
