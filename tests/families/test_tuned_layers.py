"""Tuned layers: untrained they are the backbone's, only their adapters are stored, and the backbone never changes."""

import copy

import pytest
import torch
from factories.tiny import make_backbone
from test_span_readout import inputs, span_model

from dualroute.families.dual_route.backbone_layers import copy_top, drop_top
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.model import DualRouteModel


def tuned_model(layers=1, **changes):
    """With adapters that are not zero."""
    model = span_model(reader="bilinear", tuned_layers=layers, lora_rank=4, **changes)
    with torch.no_grad():
        model.encoder.tuned.up.normal_(std=0.1)
    return model


@pytest.fixture
def backbone():
    return make_backbone()


def words(backbone, without_top=0):
    own = inputs()
    return backbone(own["attention_mask"], input_ids=own["input_ids"], without_top=without_top)


@pytest.mark.parametrize("count", [1, 2])
def test_lower_and_upper_layers_make_the_whole(backbone, count):
    mask = inputs()["attention_mask"]
    upper = copy_top(backbone.model, count)(inputs_embeds=words(backbone, count), attention_mask=mask)
    torch.testing.assert_close(upper.last_hidden_state[mask.bool()], words(backbone)[mask.bool()])


def test_cutting_changes_nothing_of_the_model(backbone):
    before = words(backbone)
    lower = drop_top(backbone.model, 1)
    assert len(lower.encoder.layer) == 1
    assert lower.encoder.layer[0] is backbone.model.encoder.layer[0]
    assert len(backbone.model.encoder.layer) == 2
    torch.testing.assert_close(words(backbone), before, rtol=0, atol=0)


def test_no_more_layers_than_there_are(backbone):
    with pytest.raises(ValueError, match="has 2 layers, not 3"):
        words(backbone, 3)


def test_layers_that_are_elsewhere_are_refused():
    with pytest.raises(ValueError, match="not where those of BERT are"):
        drop_top(torch.nn.Linear(2, 2), 1)


@pytest.mark.parametrize("layers", [1, 2])
def test_untrained_adapters_change_nothing(layers):
    frozen, tuned = span_model(reader="bilinear"), span_model(reader="bilinear", tuned_layers=layers)
    tuned.load_state_dict(frozen.state_dict(), strict=False)
    torch.testing.assert_close(tuned(**inputs()).logits, frozen(**inputs()).logits, rtol=1e-5, atol=1e-5)


def test_adapters_change_what_x_and_h_say(backbone):
    model, mask = tuned_model(), inputs()["attention_mask"]
    changed = model.encoder.tuned(backbone, words(backbone, 1), mask) - words(backbone)
    assert changed[mask.bool()].abs().max() > 0.01


def test_an_adapter_is_a_map_of_low_rank(backbone):
    """By hand: W + 2 · up · down in every square map of the copied layer gives the same states."""
    model, mask = tuned_model(), inputs()["attention_mask"]
    layer = copy.deepcopy(backbone.model)
    attention = layer.encoder.layer[1].attention
    maps = (attention.self.query, attention.self.key, attention.self.value, attention.output.dense)
    with torch.no_grad():
        for linear, up, down in zip(maps, model.encoder.tuned.up[0], model.encoder.tuned.down[0], strict=True):
            linear.weight += 2 * up @ down
        expected = layer(input_ids=inputs()["input_ids"], attention_mask=mask).last_hidden_state
    found = model.encoder.tuned(backbone, words(backbone, 1), mask)
    torch.testing.assert_close(found[mask.bool()], expected[mask.bool()], rtol=1e-4, atol=1e-5)


def test_only_adapters_are_stored_and_come_back(tmp_path):
    model = tuned_model()
    expected = model(**inputs()).logits
    stored = [name for name in model.state_dict() if name.startswith("encoder")]
    assert stored == ["encoder.tuned.down", "encoder.tuned.up"]
    model.save_pretrained(tmp_path)
    again = DualRouteModel.from_pretrained(tmp_path).eval()
    again.__dict__["_backbone"] = make_backbone()
    torch.testing.assert_close(again(**inputs()).logits, expected, rtol=0, atol=0)


def test_learning_moves_the_adapters_and_not_the_backbone():
    model = tuned_model()
    before = copy.deepcopy(model.backbone.model.state_dict())
    adapters = model.encoder.tuned.up.detach().clone()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(**inputs()).logits[0, :3].sum().backward()
    optimizer.step()
    assert (model.encoder.tuned.up != adapters).any()
    for name, value in model.backbone.model.state_dict().items():
        torch.testing.assert_close(value, before[name], rtol=0, atol=0)


def test_states_below_stand_for_the_text():
    model, own = tuned_model(), inputs()
    given = {}
    for prefix in ("", "context_"):
        kept = {name: own[prefix + name] for name in ("attention_mask", "special_tokens_mask")}
        states = model.backbone(own[f"{prefix}attention_mask"], input_ids=own[f"{prefix}input_ids"], without_top=1)
        given |= {prefix + name: value for name, value in kept.items()} | {f"{prefix}hidden_states": states}
    torch.testing.assert_close(model(**given).logits, model(**own).logits)


def test_rows_without_any_token_give_finite_numbers():
    own = inputs()
    own["context_attention_mask"] = own["context_attention_mask"].clone()
    own["context_attention_mask"][0] = 0
    output = tuned_model()(**own)
    assert output.logits.isfinite().all()
    assert output.read_contributions[0].abs().sum() == 0


def test_an_early_router_encodes_only_what_is_asked_for():
    model = tuned_model(early=True)
    torch.testing.assert_close(model.predict(**inputs()).logits, model(**inputs()).logits, rtol=1e-5, atol=1e-5)
    assert not model.predict(**inputs(), policy="direct").context_encoded.any()


def test_only_texts_are_tuned():
    with pytest.raises(ValueError, match="tuned_layers"):
        DualRouteConfig(context="items", tuned_layers=1)


def test_layers_that_are_left_out_are_not_asked(backbone):
    model, own = span_model(left_out_layers=1), inputs()
    given = {name: own[name] for name in ("attention_mask", "special_tokens_mask")}
    states = words(backbone, 1)
    torch.testing.assert_close(model(**given, hidden_states=states).direct_logits, model(**own).direct_logits)
    assert (words(backbone, 0) - states).abs().max() > 0.01


def test_layers_are_tuned_or_left_out():
    with pytest.raises(ValueError, match="mutually exclusive"):
        DualRouteConfig(tuned_layers=1, left_out_layers=1)
