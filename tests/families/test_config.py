"""Configuration, Auto classes, and the check of the backbone."""

import pytest
from factories.tiny import make_model
from transformers import AutoConfig, AutoModel, BertModel
from transformers.utils import logging

from dualroute.families.dual_route import backbone as backbones
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.model_folders import file_sha256

logging.disable_progress_bar()


def test_auto_classes_know_the_model(tmp_path):
    make_model().save_pretrained(tmp_path)
    assert isinstance(AutoConfig.from_pretrained(tmp_path), DualRouteConfig)
    assert isinstance(AutoModel.from_pretrained(tmp_path), DualRouteModel)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("router", "oracle"), ("granularity", "word"), ("policy", "maybe"), ("flows", ["merged"]), ("num_heads", 5)],
)
def test_settings_are_checked(setting, value):
    with pytest.raises(ValueError, match=setting):
        DualRouteConfig(**{setting: value})


def test_a_backbone_with_other_weights_is_refused(tmp_path):
    folder = save_backbone(tmp_path / "backbone")
    digest = file_sha256(folder / "model.safetensors")
    assert backbones.load_backbone(str(folder), digest).sha256 == digest
    with pytest.raises(ValueError, match="its numbers would be wrong"):
        backbones.load_backbone(str(folder), "0" * 64)


def test_the_embedded_backbone_is_the_one_that_is_named():
    backbone = backbones.load_backbone(backbones.EMBEDDED_NAME, backbones.EMBEDDED_SHA256)
    assert backbone.size == 384
    assert not any(parameter.requires_grad for parameter in backbone.model.parameters())
    assert backbones.load_backbone(backbones.EMBEDDED_NAME) is backbone


def save_backbone(folder):
    tiny = make_model().backbone
    assert isinstance(tiny.model, BertModel)
    tiny.model.save_pretrained(folder)
    tiny.tokenizer.save_pretrained(folder)
    return folder
