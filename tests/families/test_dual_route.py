"""Identities of the model."""

import pkgutil

import numpy as np
import pytest
import torch
from factories.tiny import make_backbone, make_model

from dualroute.families.dual_route import routers
from dualroute.families.dual_route.config import ROUTERS
from dualroute.families.dual_route.model import NO_OVERRIDE
from dualroute.families.dual_route.tracing import encode_pair, model_inputs, override_tensor
from dualroute.trace.policies import FLOWS, TWO_FLOWS, kappa_rho

PAIRS = [
    ("the striker scored twice", "a report of the market say shares fell sharply"),
    ("peace talks vote", "rain"),
    ("shares fell sharply the market say the peace talks fell", "the striker"),
]
TWO_FLOW_POLICIES = ("soft", "threshold", "weighted_threshold", "select", "direct", "merged")
VARIANTS = [
    {"router": router, "granularity": granularity, "early": early, "flows": flows}
    for router in ROUTERS
    for granularity in ("token", "sequence")
    for early in (False, True)
    for flows in (TWO_FLOWS, FLOWS)
]


def run(model, pair, **options):
    with torch.no_grad():
        return model(**model_inputs(*encode_pair(model, *pair)), output_contributions=True, **options)


def padded(model, pairs):
    """One batch of all pairs, padded on the right."""
    rows = [model_inputs(*encode_pair(model, *pair)) for pair in pairs]
    return {key: torch.nn.utils.rnn.pad_sequence([row[key][0] for row in rows], batch_first=True) for key in rows[0]}


def close(a, b):
    a, b = np.asarray(a), np.asarray(b)
    np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5 * np.abs(b).max())


@pytest.mark.parametrize("policy", TWO_FLOW_POLICIES)
@pytest.mark.parametrize("pair", PAIRS)
def test_logits_are_the_sum_of_their_contributions(tiny_model, pair, policy):
    output = run(tiny_model, pair, policy=policy, threshold=0.5)
    kappa, rho = kappa_rho(output.flow_weights)
    own = kappa[..., None] * output.direct_contributions
    read = rho[..., None, None] * output.context_contributions
    close(output.bias + own.sum(1) + read.sum((1, 2)), output.logits)
    close(output.context_contributions.sum(2), output.read_contributions)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: "-".join(map(str, v.values())))
def test_every_router_is_additive_and_its_forced_flows_are_the_flows_alone(variant):
    model = make_model(**variant)
    output = run(model, PAIRS[0], policy="soft")
    kappa, rho = kappa_rho(output.flow_weights)
    close(
        output.bias
        + (kappa[..., None] * output.direct_contributions + rho[..., None] * output.read_contributions).sum(1),
        output.logits,
    )
    close(run(model, PAIRS[0], policy="direct").logits, output.direct_logits)
    close(run(model, PAIRS[0], policy="merged").logits, output.merged_logits)
    if variant["granularity"] == "sequence" or _constant(model):
        close(output.gates, output.gates[:, :1].expand_as(output.gates))
    else:
        assert output.gates.std(1).max() > 1e-4


def _constant(model) -> bool:
    """Whether a decision layer looks at no input: a static share is one, with the same gates for every text."""
    first, *others = (run(model, pair, policy="soft").gates[0] for pair in PAIRS)
    return all(torch.allclose(gates, first[:1].expand_as(gates)) for gates in others)


def test_the_direct_flow_is_the_model_without_a_context(tiny_model):
    x, h = PAIRS[0]
    alone = run(tiny_model, (x, ""))
    close(run(tiny_model, (x, h), policy="direct").logits, alone.logits)
    assert alone.context_contributions.shape[2] == 0
    assert alone.attentions.shape[2] == 0


@pytest.mark.parametrize("policy", TWO_FLOW_POLICIES)
def test_without_a_context_the_gate_has_no_effect(tiny_model, policy):
    close(
        run(tiny_model, ("peace talks", ""), policy=policy).logits, run(tiny_model, ("peace talks", "")).direct_logits
    )


def test_a_masked_context_reads_nothing(tiny_model):
    inputs = padded(tiny_model, PAIRS)
    inputs["context_attention_mask"][1] = 0
    with torch.no_grad():
        output = tiny_model(**inputs, policy="merged")
    close(output.logits[1], output.direct_logits[1])
    assert output.attentions[1].abs().max() == 0
    assert torch.isfinite(output.logits).all()
    assert not torch.allclose(output.logits[0], output.direct_logits[0])


@pytest.mark.parametrize("policy", TWO_FLOW_POLICIES)
def test_batched_equals_single_so_padding_changes_nothing(tiny_model, policy):
    with torch.no_grad():
        batch = tiny_model(**padded(tiny_model, PAIRS), policy=policy)
    for i, pair in enumerate(PAIRS):
        alone = run(tiny_model, pair, policy=policy)
        length = alone.gates.shape[1]
        close(batch.logits[i], alone.logits[0])
        close(batch.gates[i, :length], alone.gates[0])
        assert batch.pooling[i, length:].abs().sum() == 0


@pytest.mark.parametrize("router", ROUTERS)
def test_padding_changes_no_router(router):
    model = make_model(router=router)
    with torch.no_grad():
        batch = model(**padded(model, PAIRS), policy="soft")
    for i, pair in enumerate(PAIRS):
        alone = run(model, pair, policy="soft")
        close(batch.gates[i, : alone.gates.shape[1]], alone.gates[0])
        close(batch.logits[i], alone.logits[0])


def test_every_router_has_its_file_and_its_line():
    files = {item.name for item in pkgutil.iter_modules(routers.__path__)} - {"base"}
    assert files == set(routers.ROUTER_CLASSES) == set(ROUTERS)
    for name, kind in routers.ROUTER_CLASSES.items():
        assert type(make_model(router=name).router).__name__ == kind


def test_pooling_and_attention_are_distributions(tiny_model):
    output = run(tiny_model, PAIRS[0])
    close(output.pooling.sum(1), np.ones(1))
    close(output.attentions.sum(2), np.ones((1, output.attentions.shape[1])))


def test_special_tokens_are_not_routed(tiny_model):
    output = run(tiny_model, PAIRS[0])
    assert output.gates.shape[1] == len(PAIRS[0][0].split())
    assert output.context_contributions.shape[2] == len(PAIRS[0][1].split())


def test_the_route_moves_no_pooling_weight(tiny_model):
    close(run(tiny_model, PAIRS[0], policy="direct").pooling, run(tiny_model, PAIRS[0], policy="merged").pooling)


def test_an_override_moves_one_token_only(tiny_model):
    free = run(tiny_model, PAIRS[0], policy="direct")
    forced = run(tiny_model, PAIRS[0], policy="direct", overrides=override_tensor({2: "merged"}, 4, TWO_FLOWS))
    close(forced.logits - free.logits, free.read_contributions[:, 2])
    assert override_tensor({}, 4, TWO_FLOWS).eq(NO_OVERRIDE).all()


def test_tokens_without_an_override_go_as_the_policy_says(tiny_model):
    forced = run(tiny_model, PAIRS[0], policy="merged", overrides=override_tensor({2: "direct"}, 4, TWO_FLOWS))
    assert forced.flow_weights[0].tolist() == [[0, 1], [0, 1], [1, 0], [0, 1]]


def test_a_held_route_replaces_the_policy(tiny_model):
    soft = run(tiny_model, PAIRS[0], policy="soft")
    close(run(tiny_model, PAIRS[0], policy="direct", route=soft.flow_weights).logits, soft.logits)


def test_saved_and_loaded_gives_the_same_numbers_and_no_backbone(tiny_model, tmp_path):
    tiny_model.save_pretrained(tmp_path)
    loaded = type(tiny_model).from_pretrained(tmp_path).eval()
    loaded.__dict__["_backbone"] = make_backbone()
    close(run(loaded, PAIRS[0]).logits, run(tiny_model, PAIRS[0]).logits)
    from safetensors import safe_open

    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        assert not [key for key in file.keys() if "backbone" in key or "embeddings" in key]  # noqa: SIM118


def test_contributions_are_centred_over_the_classes(tiny_model):
    output = run(tiny_model, PAIRS[0])
    for part in (output.direct_contributions, output.context_contributions, output.bias):
        assert part.sum(-1).abs().max() < 1e-5
