"""Flips: every step equals the replay, and no order beats that of the effects."""

import numpy as np
import pytest
from factories.tiny import make_model

from dualroute.api import DualRouter
from dualroute.measures.flipping import Flips, effects, flip, flips, reading_tokens
from dualroute.trace.policies import FLOWS

X, H = "the striker scored twice say report rain", "a report of the market say shares fell sharply"
MODELS = {
    "two flows": {},
    "three flows": {"flows": FLOWS},
    "span": {"readout": "span", "id2label": {0: "start", 1: "end"}},
}


@pytest.fixture(scope="module", params=MODELS)
def trace(request):
    changes = dict(MODELS[request.param])
    if "id2label" in changes:
        changes["label2id"] = {"start": 0, "end": 1}
    return DualRouter(make_model(**changes), "tiny").trace(X, H, "soft", overrides={1: "direct"})


def score_of(trace, outcome) -> float:
    routed = trace.replay()
    if routed.span is None:
        return outcome.logits[routed.label_index]
    return sum(outcome.logits[token, end] for end, token in enumerate(routed.span))


def test_every_step_is_the_replay_s(trace):
    tokens = reading_tokens(trace)
    assert 1 not in tokens
    assert len(tokens) == len(trace.tokens) - 1
    flipped = flip(trace, tokens[::-1])
    routed = trace.replay()
    for step in range(len(tokens) + 1):
        overrides = trace.spec.overrides | {int(token): "direct" for token in tokens[::-1][:step]}
        outcome = trace.replay(overrides=overrides)
        assert flipped.scores[step] == pytest.approx(score_of(trace, outcome), abs=1e-9)
        assert flipped.changed[step] == ((outcome.label_index, outcome.span) != (routed.label_index, routed.span))


def test_the_order_of_the_effects_is_the_best_at_every_step(trace):
    found = flips(trace, trace.gates, orders=30)
    for other in (found.gate, *found.random):
        assert (found.contribution.scores <= other.scores + 1e-9).all()
        assert other.scores[[0, -1]] == pytest.approx(found.contribution.scores[[0, -1]])
    assert found.contribution.drop > np.mean([one.drop for one in found.random])
    assert (found.attribution.tokens == found.gate.tokens).all()  # it was given the gates


def test_effects_add_up_to_what_the_context_changed(trace):
    direct = trace.replay(overrides=dict.fromkeys(range(len(trace.tokens)), "direct"))
    assert effects(trace).sum() == pytest.approx(score_of(trace, trace.replay()) - score_of(trace, direct), abs=1e-9)


def test_random_orders_are_seeded(trace):
    first, again = (flips(trace, trace.gates, 3, seed=4) for _ in range(2))
    assert all((a.tokens == b.tokens).all() for a, b in zip(first.random, again.random, strict=True))
    other = flips(trace, trace.gates, 3, seed=5)
    assert any((a.tokens != b.tokens).any() for a, b in zip(first.random, other.random, strict=True))


def test_nothing_is_flipped_where_nothing_reads(tiny_router):
    assert flips(tiny_router.trace(X, H, "direct"), np.zeros(7)) is None
    assert flips(tiny_router.trace("rain", H, "merged"), np.zeros(1)) is None


def test_the_drop_by_hand(tiny_router):
    """Two flips of equal effect drop the score by half of it on average over the share."""
    found = flip(tiny_router.trace(X, H, "merged"), [0, 2])
    first, second = found.scores[0] - found.scores[1:]
    assert found.drop == pytest.approx((first / 2 + (first + second) / 2) / 2)


def test_flips_survive_plain_values(tiny_router):
    found = flips(tiny_router.trace(X, H, "merged"), np.arange(7.0), orders=2)
    plain = {"tokens": [6, 5], "scores": [1.0, 0.5, 0.0], "changed": [False, False, True]}
    again = Flips.from_dict({"gate": plain, "attribution": plain, "contribution": plain, "random": [plain]})
    assert again.gate.changes == pytest.approx(0.25)
    assert again.gate.drop == pytest.approx(0.5)
    assert list(found.named) == ["gate", "attribution", "contribution"]
