"""Content and control apart: what is added up comes from a low layer, and how it is weighed from the top."""

import numpy as np
import pytest
import torch
from factories.tiny import make_backbone, make_model

from dualroute.api import DualRouter
from dualroute.data.features.text import encode_texts
from dualroute.families.dual_route.fit import check_fit
from dualroute.trace.decision import Decision
from dualroute.trace.replay import replay

IDS = torch.tensor([[2, 5, 6, 7, 8, 3], [2, 8, 9, 10, 3, 0]])
SPECIAL = ((IDS == 2) | (IDS == 3)).long()
MASK = (IDS > 0).long()
X, H = "the striker scored twice", "market shares fell sharply"
KINDS = {
    "two flows": {},
    "bilinear": {"reader": "bilinear"},
    "three flows": {"flows": ["direct", "context", "merged"]},
    "early": {"early": True},
    "spans": {"readout": "span", "id2label": {0: "start", 1: "end"}, "label2id": {"start": 0, "end": 1}},
    "left out": {"left_out_layers": 1},
    "tuned": {"tuned_layers": 1},
}


def inputs() -> dict[str, torch.Tensor]:
    own = {"input_ids": IDS, "attention_mask": MASK, "special_tokens_mask": SPECIAL}
    return own | {f"context_{name}": value for name, value in own.items()}


def router(**changes) -> DualRouter:
    return DualRouter(make_model(**changes))


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_a_states_content_stands_behind_it(layer):
    backbone = make_backbone()
    states = backbone(MASK, input_ids=IDS, content_layer=layer)
    of_layers = backbone.model(IDS, attention_mask=MASK, output_hidden_states=True).hidden_states
    assert torch.equal(states[..., :32], of_layers[2])
    assert torch.equal(states[..., 32:], of_layers[layer])


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_add_up(kind):
    trace = router(content_layer=0, **KINDS[kind]).trace(X, H)
    rerun = router(content_layer=0, **KINDS[kind]).trace(X, H, policy="soft")
    assert np.abs(replay(trace, Decision(policy="soft")).logits - rerun.logits).max() < 1e-5
    assert np.abs(trace.replay().logits - trace.logits).max() < 1e-5


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_context_is_read_by_nobody(kind):
    trace = router(content_layer=0, **KINDS[kind]).trace(X, "", policy="merged" if kind != "three flows" else "select")
    assert trace.context is None
    assert np.abs(trace.replay().logits - trace.logits).max() < 1e-5


def test_contents_of_layer_0_belong_to_their_words():
    """Another word elsewhere changes how a word is weighed, and nothing of what it says."""
    model = make_model(content_layer=0)
    other = IDS.clone()
    other[0, 1] = 11
    says = []
    for ids in (IDS, other):
        states = model.direct_state(model.backbone(MASK, input_ids=ids, content_layer=0))
        says.append(states)
    assert torch.equal(says[0].content[0, 2:], says[1].content[0, 2:])
    assert not torch.equal(says[0].content[0, 1], says[1].content[0, 1])
    assert not torch.allclose(says[0].control[0, 2], says[1].control[0, 2])


def test_without_a_content_layer_nothing_changes():
    plain, same = make_model(), make_model(content_layer=None)
    assert plain.state_dict().keys() == same.state_dict().keys()
    assert torch.equal(plain(**inputs()).logits, same(**inputs()).logits)
    apart = make_model(content_layer=0).state_dict()
    assert set(apart) - set(plain.state_dict()) == {name for name in apart if ".content." in name}


@pytest.mark.parametrize("kind", ["two flows", "bilinear", "early", "spans", "tuned"])
def test_integrated_gradients_is_complete(kind):
    model = router(content_layer=0, **KINDS[kind])
    result = model.attribute(model.trace(X, H, policy="soft"))
    assert abs(result.convergence_delta) < 0.01 * max(1, abs(result.value - result.baseline_value))


@pytest.mark.parametrize("content", [0, 1, 2])
@pytest.mark.parametrize("layer", [0, 1, 2, None])
def test_conductance_is_complete_at_every_layer(content, layer):
    model = router(content_layer=content)
    trace = model.trace(X, H, policy="soft")
    result = model.attribute(trace, method="layer_conductance", layer=layer, n_steps=400)
    total = result.scores.sum() + result.context_scores.sum()
    assert total == pytest.approx(result.value - result.baseline_value, abs=0.01, rel=0.03)


@pytest.mark.parametrize("tuned", [0, 1])
def test_stored_features_give_the_models_own_answers(tmp_path, tuned):
    model = make_model(content_layer=0, tuned_layers=tuned)
    text = "the striker scored twice"
    features = encode_texts(
        model.backbone, [text], 40, tmp_path, "x", without_top=tuned, with_special=tuned > 0, content_layer=0
    )
    batch = features.batch([features[0]])
    batch |= {f"context_{name}": value for name, value in batch.items()}
    trace = DualRouter(model).trace(text, text)
    assert np.abs(model(**batch).logits[0].numpy() - trace.logits).max() < 0.02  # float16 in the store


def test_a_layer_that_does_not_run_is_refused():
    model = make_model()
    for changes, most in (({}, 2), ({"tuned_layers": 1}, 1), ({"left_out_layers": 1}, 1)):
        config = make_model(**changes, content_layer=most).config
        check_fit(config, model.backbone)
        config.content_layer = most + 1
        with pytest.raises(ValueError, match=f"--content-layer must be at most {most}"):
            check_fit(config, model.backbone)
    with pytest.raises(ValueError, match="content_layer"):
        make_model(context="backward", reader="diagonal", content_layer=0)
