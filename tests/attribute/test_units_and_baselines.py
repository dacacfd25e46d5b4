"""What has one score, and what an absent word is."""

import numpy as np
import pytest
import torch
from factories.quick import QUICK, H, assert_same

from dualroute.attribute.engine import attribute
from dualroute.attribute.methods import METHODS
from dualroute.families.attribution_function import Units
from dualroute.families.dual_route.interpolation import make_interpolation_path
from dualroute.trace.attribution import Attribution


def test_sums_and_presences_of_units_by_hand():
    units = Units((torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1])))
    assert units.widths == (2, 2)
    assert units.summed(torch.tensor([[1.0, -3.0, 2.0, 5.0, -1.0, 1.0]])).tolist() == [[-2.0, 2.0, 5.0, 0.0]]
    own, other = units.spread((torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])))
    assert (own.tolist(), other.tolist()) == ([[1.0, 1.0, 0.0]], [[0.0, 1.0, 1.0]])


def test_ablation_of_a_word_leaves_all_its_pieces_out(tiny_router):
    trace = tiny_router.trace("scoreds twices say", "market shares", "merged")
    model = tiny_router.model
    assert trace.tokens[:2] == ("scored", "##s") or "scored" in trace.tokens[0]
    found = attribute(tiny_router, trace, method="feature_ablation", granularity="word")
    path = make_interpolation_path(model, trace, ())
    presence = path.at(torch.ones(1))
    presence[0][0, slice(*found.groups[0])] = 0
    without = float(path.output(*presence).merged_logits[0, trace.replay().label_index])
    assert found.scores[0] == pytest.approx(found.value - without, abs=1e-5)


@pytest.mark.parametrize("granularity", ["word", "sentence"])
@pytest.mark.parametrize("method", ["exact", "integrated_gradients", "input_x_gradient", "layer_conductance"])
def test_a_unit_has_the_sum_of_its_tokens(tiny_router, granularity, method):
    trace = tiny_router.trace("the strikers scored. Say report. rain", "vote. Peace talkss say")
    found, tokens = (
        tiny_router.attribute(trace, method=method, granularity=name, **QUICK[method])
        for name in (granularity, "token")
    )
    assert (tokens.groups, tokens.context_groups, tokens.granularity) == ((), (), "token")
    for units, scores, groups in (
        (found.scores, tokens.scores, found.groups),
        (found.context_scores, tokens.context_scores, found.context_groups),
    ):
        assert 1 < len(groups) < len(scores)
        np.testing.assert_allclose(units, [scores[start:end].sum() for start, end in groups], atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_scores_words_and_sentences(tiny_router, method):
    trace = tiny_router.trace("the strikers scored. Say report", "vote. Peace talkss say")
    for granularity in ("word", "sentence"):
        found = tiny_router.attribute(trace, method=method, granularity=granularity, **QUICK[method])
        assert found.scores.shape == (len(found.groups),)
        assert found.context_scores.shape == (len(found.context_groups),)
        assert np.isfinite(found.scores).all()
        back = Attribution.from_json(found.to_json())
        assert (back.groups, back.parameters, back.passes) == (found.groups, found.parameters, found.passes)


def test_a_mean_word_is_the_mean_of_the_vocabulary(tiny_model, trace_with):
    embeddings = tiny_model.backbone.model.get_input_embeddings().weight
    for side in make_interpolation_path(tiny_model, trace_with("soft"), (), "mean").varied:
        torch.testing.assert_close(side.start[side.words], embeddings.mean(0).expand(len(side.words), -1))


def test_a_baseline_text_stands_word_by_word(tiny_model, trace_with):
    trace = trace_with("soft")
    own, context = make_interpolation_path(
        tiny_model, trace, (), "text", ("the market", "a report " + "rain " * 20)
    ).varied
    ids = tiny_model.backbone.tokenizer.convert_tokens_to_ids(["the", "market", *["[PAD]"] * 4])
    torch.testing.assert_close(own.start[own.words], tiny_model.backbone.embed(torch.tensor(ids)))
    ids = tiny_model.backbone.tokenizer.convert_tokens_to_ids(["a", "report", *["rain"] * 7])
    torch.testing.assert_close(context.start[context.words], tiny_model.backbone.embed(torch.tensor(ids)))


@pytest.mark.parametrize("method", [name for name in METHODS if METHODS[name].baseline])
def test_what_is_in_the_baseline_text_too_has_no_score(tiny_router, trace_with, method):
    texts = ("the market scored twice say report", H)
    options = QUICK[method] | ({"layer": 0} if method == "layer_conductance" else {})
    options |= {"window": 1} if method == "occlusion" else {}
    if method in ("kernel_shap", "lime"):
        options = {"n_samples": 800}
    found = attribute(tiny_router, trace_with("soft"), method=method, baseline="text", baseline_texts=texts, **options)
    assert abs(found.scores[1]) > 1e-3
    others = np.concatenate([np.delete(found.scores, 1), found.context_scores])
    np.testing.assert_allclose(others, 0, atol=1e-3 * abs(found.scores[1]) + 1e-6)


@pytest.mark.parametrize("method", [name for name in METHODS if not METHODS[name].baseline])
def test_no_baseline_matters_where_none_is_used(tiny_router, trace_with, method):
    pad, mean = (attribute(tiny_router, trace_with("soft"), method=method, baseline=name) for name in ("pad", "mean"))
    assert_same(pad, mean, atol=1e-4)
