"""Attributions to items: one score each, and all of them add up."""

import numpy as np
import pytest
import torch
from factories.tiny import make_model

from dualroute.api import DualRouter
from dualroute.attribute.methods import METHODS
from dualroute.families.dual_route.interpolation import make_interpolation_path

X, HISTORY = "the striker scored twice", "market shares fell: 4.5\npeace talks: 1\nthe striker"


@pytest.fixture(scope="module")
def router() -> DualRouter:
    return DualRouter(make_model(context="items", reader="bilinear"), "items")


@pytest.mark.parametrize("baseline", ["pad", "mask", "zero", "mean"])
def test_scores_add_up_to_what_words_and_items_change(router, baseline):
    trace = router.trace(X, HISTORY, "soft")
    for found in router.attribute_many(trace, ("prediction", "gate", "gate:1"), baseline=baseline):
        assert (len(found.scores), len(found.context_scores)) == (4, 3)
        total = found.scores.sum() + found.context_scores.sum()
        assert found.converged
        assert total == pytest.approx(found.value - found.baseline_value + found.convergence_delta, abs=1e-5)


def test_both_ways_of_integrating_agree(router):
    trace = router.trace(X, HISTORY, "merged")
    alone = router.attribute(trace, "prediction", n_steps=8)
    together = router.attribute_many(trace, ("prediction", "gate"), n_steps=8)[0]
    np.testing.assert_allclose(alone.context_scores, together.context_scores, atol=1e-5)


def test_the_end_of_the_path_is_the_trace(router):
    trace = router.trace(X, HISTORY, "soft")
    found = router.attribute(trace, f"prediction:{trace.labels[1]}", n_steps=2)
    assert found.value == pytest.approx(float(trace.logits[1]), abs=1e-5)


def test_an_absent_item_is_one_absent_word_without_a_rating(router):
    model = router.model
    side = make_interpolation_path(model, router.trace(X, HISTORY), ()).varied[1]
    pad = model.backbone.tokenizer.pad_token_id
    ids = torch.tensor([[2, pad, 3]])  # [CLS] [PAD] [SEP]
    state = model.backbone(torch.ones_like(ids), input_ids=ids)[0, 1]
    for start in side.start:
        torch.testing.assert_close(start, torch.cat([state, torch.zeros(1)]))


def test_leaving_an_item_out_by_hand(router):
    """Feature ablation of an item is the change of the target where its vector is the absent one."""
    trace = router.trace(X, HISTORY, "merged")
    found = router.attribute(trace, f"prediction:{trace.labels[0]}", method="feature_ablation")
    path = make_interpolation_path(router.model, trace, ())
    present = path.at(torch.ones(1))
    present[1][0, 1] = 0
    left_out = path.output(*present).merged_logits[0, 0]
    assert found.context_scores[1] == pytest.approx(float(trace.logits[0] - left_out), abs=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_an_empty_history_has_no_scores(router, method):
    found = router.attribute(router.trace(X, ""), method=method)
    assert found.context_scores.shape == (0,)
