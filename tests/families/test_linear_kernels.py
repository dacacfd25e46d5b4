"""Linear maps of frozen models: the same numbers as torch's, the same gradients to the input."""

import pytest
import torch
from factories.tiny import make_model
from torch import nn
from torch.nn.functional import linear
from torch.utils.flop_counter import FlopCounterMode

from dualroute.api import DualRouter
from dualroute.evaluation.row_study import operations
from dualroute.families.dual_route.linear_kernels import FrozenLinear, freeze_linear, torch_products


def frozen(bias: bool = True) -> FrozenLinear:
    return freeze_linear(nn.Sequential(nn.Linear(5, 3, bias=bias)).requires_grad_(False))[0]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(5,), (4, 5), (2, 7, 5), (0, 7, 5)])
def test_it_is_the_map_and_its_gradient(bias, shape):
    torch.manual_seed(0)
    one, x = frozen(bias), torch.randn(shape, requires_grad=True)
    found, expected = one(x), linear(x, one.weight, one.bias)
    torch.testing.assert_close(found, expected)
    back = torch.randn(found.shape)
    torch.testing.assert_close(torch.autograd.grad(found, x, back)[0], torch.autograd.grad(expected, x, back)[0])


def test_by_hand():
    one = frozen()
    with torch.no_grad():
        one.weight.copy_(torch.arange(15.0).view(3, 5))
        one.bias.copy_(torch.tensor([1.0, 2.0, 3.0]))
    x = torch.tensor([[1.0, 0.0, 0.0, 0.0, 2.0]], requires_grad=True)
    assert one(x).tolist() == [[0 + 2 * 4 + 1, 5 + 2 * 9 + 2, 10 + 2 * 14 + 3]]
    assert torch.autograd.grad(one(x)[0, 1], x)[0].tolist() == [[5, 6, 7, 8, 9]]


def test_weights_that_are_trained_again_get_their_gradient():
    one = frozen().requires_grad_(True)
    one(torch.ones(2, 5)).sum().backward()
    assert one.weight.grad.tolist() == [[2.0] * 5] * 3


def test_in_other_numbers_torch_takes_over():
    one, x = frozen(), torch.ones(1, 5, dtype=torch.float64)
    torch.testing.assert_close(one.double()(x), linear(x, one.weight, one.bias))


def test_operations_are_counted_where_torch_multiplies():
    """3 outputs of 5 inputs for 2 rows: 2 · 30 operations."""
    one, x = frozen(), torch.ones(2, 5)
    with torch_products(), FlopCounterMode(display=False) as counter:
        one(x)
    assert counter.get_total_flops() == 60
    assert operations(one, input=x) == 60


def test_a_loaded_model_uses_them_and_keeps_its_names():
    model = make_model()
    names = list(model.state_dict())
    router = DualRouter(model, "tiny")
    kinds = {type(part) for part in router.model.modules() if isinstance(part, nn.Linear)}
    assert kinds == {FrozenLinear}
    assert list(router.model.state_dict()) == names
    assert any(isinstance(part, FrozenLinear) for part in router.model.backbone.model.modules())
