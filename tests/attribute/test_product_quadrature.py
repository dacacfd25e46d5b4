"""Product integration: exact where both factors are polynomials, and the same integral as Captum's."""

import pytest
import torch
from captum.attr import IntegratedGradients
from factories.tiny import make_model

from dualroute.api import DualRouter
from dualroute.attribute import product_quadrature
from dualroute.attribute.product_quadrature import product_scores
from dualroute.families.dual_route.inputs import Encoded
from dualroute.families.dual_route.interpolation import InterpolationPath, make_interpolation_path
from dualroute.trace.targets import parse_target

X, H = "the striker scored twice", "market shares fell sharply say report"
WHOLE = [(0.0, 1.0)]
KINDS = {
    "text": {},
    "tuned": {"tuned_layers": 1, "lora_rank": 4},
    "items": {"context": "items"},
    "backward": {"context": "backward", "reader": "diagonal", "recurrent_size": 12},
}


def path_of(h: str = H, policy: str = "soft", **changes) -> InterpolationPath:
    router = DualRouter(make_model(**changes), "tiny")
    trace = router.trace(X, h, policy)
    return make_interpolation_path(
        router.model, trace, [parse_target(trace, name) for name in ("prediction", "gate", "gate:1")]
    )


class Powers(InterpolationPath):
    """Encodes presences p of x as p² and of h as p; behind the encoders stands the sum of all states."""

    def encode(self, side, presence):
        return (Encoded(presence if side else presence**2, torch.ones_like(presence)),)

    def route(self, encoded):
        return sum(one.states.sum(1) for one in encoded)


@pytest.fixture
def powers() -> InterpolationPath:
    """F = s, and s³, for s = Σ p² over x's 4 words + Σ p over h's 6."""
    return Powers(None, path_of().varied, (lambda s: s, lambda s: s**3))


def test_polynomials_are_integrated_exactly(powers):
    """At α all presences are α, so that s = 4α² + 6α: ∫ 2α dα = 1 for x's words, and of s³ ∫ 3 s² 2α dα = 313.8."""
    line, cube = product_scores(powers, WHOLE, 5)[0]
    torch.testing.assert_close(line, torch.ones(10))
    own, other = 6 * (16 / 6 + 48 / 5 + 36 / 4), 3 * (16 / 5 + 48 / 4 + 36 / 3)  # ∫ 6α s² and ∫ 3 s²
    torch.testing.assert_close(cube, torch.tensor([own] * 4 + [other] * 6))
    assert float(cube.sum()) == pytest.approx(10**3)


def test_pieces_add_up_to_the_whole(powers):
    whole, parts = (product_scores(powers, pieces, 5) for pieces in (WHOLE, [(0.0, 0.3), (0.3, 1.0)]))
    torch.testing.assert_close(parts.sum(0), whole[0])
    assert parts[0, 0].sum() == pytest.approx(4 * 0.3**2 + 6 * 0.3)


class Linear(Powers):
    def encode(self, side, presence):
        return (Encoded(presence, torch.ones_like(presence)),)


def test_what_turns_fast_behind_the_encoders_needs_no_more_of_them(powers):
    """Two nodes do where the encoders are linear, for (10 α)⁹ too: each word has a tenth of 10⁹."""
    found = product_scores(Linear(None, powers.varied, (lambda s: s**9,)), WHOLE, 2)[0, 0]
    torch.testing.assert_close(found, torch.full((10,), 1e8))


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_integral_that_captum_finds(kind):
    path = path_of("market shares: 4\npeace talks" if kind == "items" else H, **KINDS[kind])
    found = product_scores(path, [(0.0, 0.2), (0.2, 0.5), (0.5, 1.0)], 8).sum(0)
    for scores, value in zip(found, path.values, strict=True):
        captum = IntegratedGradients(lambda *p, value=value: value(path.output(*p)))
        expected = torch.cat(captum.attribute(path.at(torch.ones(1)), path.at(torch.zeros(1)), n_steps=150), dim=1)[0]
        torch.testing.assert_close(scores, expected, rtol=0, atol=1e-3 * float(expected.norm()))


def test_without_a_context_only_x_is_pulled_back():
    path = path_of("")
    scores = product_scores(path, [(0.0, 0.5), (0.5, 1.0)], 8).sum(0)
    assert scores.shape == (3, 4)
    low, high = path.targets_at([0.0, 1.0])
    torch.testing.assert_close(scores.sum(1), high - low, rtol=1e-3, atol=1e-3)


def test_a_target_that_does_not_read_leaves_the_context_no_score():
    scores = product_scores(path_of(policy="direct"), WHOLE, 5)[0]
    assert (scores[0, 4:] == 0).all()
    assert (scores[1, 4:] != 0).all()


def test_only_nodes_are_encoded(monkeypatch):
    path = path_of()
    monkeypatch.setattr(product_quadrature, "BETWEEN", 30)
    product_quadrature._between.cache_clear()
    product_scores(path, [(0.0, 0.5), (0.5, 1.0)], 3)
    product_quadrature._between.cache_clear()
    assert (path.counts.forward, path.counts.backward) == (6, 18)


def test_batches_give_what_one_gives(monkeypatch):
    path, pieces = path_of(), [(0.0, 0.5), (0.5, 1.0)]
    together = product_scores(path, pieces, 4)
    monkeypatch.setattr(InterpolationPath, "rows", 1)
    torch.testing.assert_close(product_scores(path, pieces, 4), together, rtol=1e-4, atol=1e-5)
