"""A start from another checkpoint's weights."""

import pytest
import torch
from factories.tiny import make_model

from dualroute.training.train import CONTEXT_WEIGHTS, init_from


def test_seeing_is_taken_over_and_nothing_else(monkeypatch):
    teacher, pupil = make_model(context="image"), make_model(context="image", id2label={0: "a", 1: "b"})
    monkeypatch.setattr(
        "dualroute.training.train.load_dual_router", lambda name: type("Router", (), {"model": teacher})
    )
    with torch.no_grad():
        for parameter in teacher.parameters():
            parameter.add_(1)
    before = {name: value.clone() for name, value in pupil.state_dict().items()}
    shared = init_from(pupil, "teacher")
    assert shared
    assert all(name.startswith(CONTEXT_WEIGHTS) for name in shared)
    for name, value in pupil.state_dict().items():
        assert torch.equal(value, teacher.state_dict()[name] if name in shared else before[name])


def test_an_encoder_of_another_kind_is_refused(monkeypatch):
    teacher, pupil = make_model(), make_model(context="image")
    monkeypatch.setattr(
        "dualroute.training.train.load_dual_router", lambda name: type("Router", (), {"model": teacher})
    )
    with pytest.raises(ValueError, match="cannot start from 'teacher'"):
        init_from(pupil, "teacher")
