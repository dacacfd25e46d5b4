"""What a row costs an early router: the encoder of h is paid for where a token reads, and counted as the books say."""

import numpy as np
import pytest
import torch
from factories.tiny import make_model
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from dualroute.evaluation.row_study import row_operations
from dualroute.families.dual_route.linear_kernels import torch_products
from dualroute.families.dual_route.tracing import encode_pair, model_inputs
from dualroute.tasks import Example

WORDS = ["the", "striker", "scored", "twice", "report", "say", "rain"]
# A query times a key and a weight times a value: 2 · 2 · n² · 32 operations in each of the tiny backbone's two layers.
QUADRATIC = 2 * (2 * 2 * 32)


def rows_with_context(*lengths: int) -> list[Example]:
    return [Example("shares fell sharply", " ".join(WORDS[:length]), "Business") for length in lengths]


@pytest.fixture(scope="module")
def model():
    return make_model(early=True)


def test_the_context_costs_what_its_encoder_does(model):
    """All else that depends on the number S of context tokens is linear in it."""
    direct, reading = row_operations(model, rows_with_context(4, 5, 6)).T
    assert len(set(direct)) == 1
    assert reading[2] - 2 * reading[1] + reading[0] == 2 * QUADRATIC
    assert (reading > direct).all()


def test_without_a_context_there_is_nothing_to_save(model):
    row = Example("shares fell", "", "Business")
    (direct, reading), *_ = row_operations(model, [row])
    assert direct == reading > 0


def test_where_all_read_predicting_costs_what_forward_does(model):
    (_, reading), *_ = row_operations(model, rows_with_context(5))
    inputs = model_inputs(*encode_pair(model, "shares fell sharply", " ".join(WORDS[:5])))
    with torch.no_grad(), FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH), torch_products():
        model(**inputs)
    assert reading == pytest.approx(counter.get_total_flops(), rel=0.02)


def test_equal_shapes_are_counted_once_and_alike(model, monkeypatch):
    counted, original = [], model.predict
    monkeypatch.setattr(model, "predict", lambda **inputs: counted.append(1) or original(**inputs))
    counts = row_operations(model, rows_with_context(4, 4, 4))
    assert len(counted) == 2
    assert np.ptp(counts, axis=0).tolist() == [0, 0]


def test_a_router_that_sees_both_texts_has_nothing_to_choose():
    assert row_operations(make_model(early=False), rows_with_context(4)) is None
