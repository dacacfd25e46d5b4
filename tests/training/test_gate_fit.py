"""Gates fitted to effects: what each token is to do, and that nothing but the router learns it."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from factories.tiny import make_model
from safetensors.torch import load_file

import dualroute
from dualroute.evaluation.gate_use import reading_effects
from dualroute.families.dual_route.outputs import Parts
from dualroute.rows.corpus import Corpus
from dualroute.training.gate_fit import FULL, LEAST, check_gates, effects, gate_loss, reading_set
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import train

YES = torch.tensor([1])


def parts_of(read: list[float]) -> Parts:
    """One row of two classes: each token's reading adds a number to the logit of the second."""
    tokens = len(read)
    added = torch.zeros(1, tokens, 2)
    added[0, :, 1] = torch.tensor(read)
    mask = torch.ones(1, tokens)
    return Parts(torch.zeros(1, tokens, 2), added, mask / tokens, torch.zeros(2), mask)


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def all_readable(parts: Parts) -> torch.Tensor:
    return parts.mask.bool()


def test_tokens_join_by_what_they_add_and_stop_where_it_is_little():
    """σ: 0.5, 0.881 with the first, 0.982 with both; a third would add 0.011, the last takes away."""
    parts = parts_of([2.0, 2.0, 1.0, -1.0])
    assert reading_set(parts, all_readable(parts), YES).tolist() == [[1, 1, 0, 0]]
    found = effects(parts, torch.tensor([[1.0, 1.0, 0.0, 0.0]]), YES)[0].tolist()
    assert found == pytest.approx(
        [sigmoid(4) - sigmoid(2), sigmoid(4) - sigmoid(2), sigmoid(5) - sigmoid(4), sigmoid(3) - sigmoid(4)], abs=1e-6
    )


def test_a_token_leaves_that_the_others_made_needless():
    """The first adds most alone, and the others one after the other; after them it adds 0.011: 0.987 becomes 0.998."""
    added = torch.tensor([[[2.0, 0.0, 0.0], [0.0, -5.0, 0.0], [0.0, 0.0, -5.0]]])
    mask = torch.ones(1, 3)
    parts = Parts(torch.zeros_like(added), added, mask / 3, torch.zeros(3), mask)
    assert reading_set(parts, all_readable(parts), torch.tensor([0])).tolist() == [[0, 1, 1]]


def test_every_member_adds_enough_and_no_other_token_may_join():
    generator = torch.Generator().manual_seed(5)
    for _ in range(50):
        added = torch.randn(4, 7, 3, generator=generator) * 2
        mask = torch.ones(4, 7)
        parts = Parts(torch.randn(4, 7, 3, generator=generator), added, mask / 7, torch.zeros(3), mask)
        readable, labels = torch.rand(4, 7, generator=generator) < 0.8, torch.tensor([0, 1, 2, 0])
        reads = reading_set(parts, readable, labels)
        assert not (reads.bool() & ~readable).any()
        assert (effects(parts, reads, labels)[reads.bool()] >= LEAST).all()


def test_effects_are_those_that_evaluation_reports():
    model, labels = make_model(), torch.tensor([0, 2])
    output = model(**batch(), policy="soft")
    words, reads = output.mask.bool(), torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    corpus = Corpus(
        gates=output.gates[words].detach().numpy(),
        starts=np.array([0, 3]),
        has_context=np.array([True, True]),
        direct=output.direct_contributions[words].detach().numpy(),
        read=output.read_contributions[words].detach().numpy(),
        bias=output.bias.detach().numpy(),
        labels=labels.numpy(),
    )
    expected = reading_effects(corpus, np.ones(5), reads[words].numpy(), corpus.labels)
    assert effects(output.parts, reads, labels)[words].detach().numpy() == pytest.approx(expected, abs=1e-6)


def test_the_loss_is_least_for_gates_that_are_their_targets():
    """A gate is to be open as far as its token's effect is of FULL; tokens without a context have no target."""
    model, labels = make_model(), torch.tensor([0, 2])
    output = model(**batch(), policy="soft")
    reads = reading_set(output.parts, output.mask.bool(), labels)
    targets = (effects(output.parts, reads, labels) / FULL).clamp(0, 1).detach()
    assert 0 < targets.sum() < output.mask.sum()
    there = torch.logit(targets, eps=1e-6)
    least = gate_loss(replace(output, router_logits=there), labels)
    for change in (-1.0, 1.0):
        assert gate_loss(replace(output, router_logits=there + change), labels) > least
    nothing = replace(output, context_mask=torch.zeros_like(output.context_mask))
    assert gate_loss(nothing, labels) == 0


def batch() -> dict:
    torch.manual_seed(3)
    return {
        "hidden_states": torch.randn(2, 3, 32),
        "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]]),
        "context_hidden_states": torch.randn(2, 4, 32) * 3,
        "context_attention_mask": torch.tensor([[1, 1, 1, 1], [1, 0, 0, 0]]),
    }


@pytest.mark.parametrize(
    ("changes", "settings", "message"),
    [
        ({"flows": ["direct", "context", "merged"]}, {"gate_epochs": 1}, "--gate-epochs"),
        ({"readout": "span"}, {"gate_epochs": 1}, "--gate-epochs"),
        ({}, {"gate_router": "oracle"}, "--gate-router must be one of .*recurrent.*; not 'oracle'"),
    ],
)
def test_what_it_cannot_fit_is_refused(changes, settings, message):
    model = make_model(**changes, id2label={0: "start", 1: "end"}, label2id={"start": 0, "end": 1})
    with pytest.raises(ValueError, match=message):
        check_gates(TrainingSettings(**settings), model.config)


def test_only_the_router_is_another_one(task, data, backbone, tmp_path):
    small = {"hidden_size": 16, "num_heads": 2, "router_size": 8}
    short = TrainingSettings(epochs=1, batch_size=32)
    fitted = replace(short, gate_epochs=2, gate_router="recurrent", gate_router_size=12)
    weights = {}
    for name, settings in {"whole": short, "fitted": fitted}.items():
        train(task, data, tmp_path / name, settings, small, backbone, cache=tmp_path / "features")
        weights[name] = load_file(tmp_path / name / "model.safetensors")
    kept = [name for name in weights["whole"] if not name.startswith("router.")]
    assert all(torch.equal(weights["whole"][name], weights["fitted"][name]) for name in kept)
    config = dualroute.load(tmp_path / "fitted").model.config
    assert (config.router, config.router_size) == ("recurrent", 12)
