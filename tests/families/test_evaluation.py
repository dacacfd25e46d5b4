"""The engine of all methods that perturb: the same numbers as one pass after another, from fewer passes."""

import numpy as np
import pytest
import torch
from factories.tiny import make_model
from PIL import Image

from dualroute.api import DualRouter
from dualroute.families.dual_route import batched_targets as evaluation
from dualroute.families.dual_route.interpolation import InterpolationPath, make_interpolation_path
from dualroute.trace.policies import FLOWS
from dualroute.trace.targets import parse_target

X, H = "the striker scored twice", "market shares fell sharply say report"
GRU = {"context": "backward", "reader": "diagonal", "recurrent_size": 12}
MODELS = {
    "text": {"router": "attention"},
    "tuned": {"tuned_layers": 1, "lora_rank": 4},
    "three flows": {"flows": FLOWS, "router": "recurrent"},
    "items": {"context": "items", "reader": "bilinear"},
    "image": {"context": "image", "image_size": 32, "patches": 4},
    "backward": GRU,
    "none": {},
}


def path_of(kind: str) -> InterpolationPath:
    router = DualRouter(make_model(**MODELS[kind]), kind)
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8))
    context = {"image": {"image": picture}, "items": {"h": "market shares: 4\npeace talks"}, "none": {}}
    trace = router.trace(X, policy="soft", **context.get(kind, {"h": H}))
    return make_interpolation_path(
        router.model, trace, [parse_target(trace, name) for name in ("prediction", "gate", "gate:1")]
    )


def some_rows(path: InterpolationPath, rows: int, seed: int = 0) -> list[torch.Tensor]:
    draw = torch.Generator().manual_seed(seed)
    return [torch.rand(rows, width, generator=draw) for width in path.widths]


@torch.no_grad()
def one_by_one(path: InterpolationPath, presence) -> torch.Tensor:
    outputs = [path.output(*(part[row : row + 1] for part in presence)) for row in range(len(presence[0]))]
    return torch.stack([torch.cat([value(output) for value in path.values]) for output in outputs])


@pytest.fixture
def path() -> InterpolationPath:
    return path_of("text")


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("tokens", [1, 40, 10_000])
def test_it_is_what_one_pass_after_another_says(monkeypatch, kind, tokens):
    monkeypatch.setattr(evaluation, "BATCH_TOKENS", tokens)
    monkeypatch.setattr(evaluation, "CACHED_TOKENS", 2 * tokens)
    path = path_of(kind)
    presence = [torch.cat([part, part[:2]]) for part in some_rows(path, 5)]
    expected = one_by_one(path, presence)
    assert expected[:, 0].unique().numel() == 5
    torch.testing.assert_close(path.evaluate(*presence), expected, rtol=1e-5, atol=1e-5)


def test_gradients_are_not_kept(path):
    presence = [part.requires_grad_() for part in some_rows(path, 2)]
    assert not path.evaluate(*presence).requires_grad


def test_each_side_is_encoded_once_for_each_of_its_rows(path):
    x, h = some_rows(path, 3)
    path.evaluate(x[[0, 1, 2, 0, 1, 2]], h[[0, 0, 0, 1, 1, 1]])
    own, other = path.lengths  # 4 + 2 and 6 + 2 tokens
    assert path.counts.forward == pytest.approx((3 * own + 2 * other) / (own + other))
    assert path.counts.backward == 0


def test_what_was_asked_before_costs_nothing(path):
    x, h = some_rows(path, 4)
    first = path.evaluate(x, h)
    assert path.counts.forward == pytest.approx(4)
    path.evaluate(*some_rows(path, 2, seed=1))  # whose states are held now instead
    before = path.counts.forward
    again = path.evaluate(x.flip(0), h.flip(0))
    assert torch.equal(again, first.flip(0))
    assert path.counts.forward == before


def test_the_side_that_stays_is_not_encoded_again(path):
    x, h = some_rows(path, 4)
    path.evaluate(x[:2], h[[0, 0]])
    before = path.counts.forward
    path.evaluate(x[2:], h[[0, 0]])
    assert path.counts.forward - before == pytest.approx(2 * path.lengths[0] / sum(path.lengths))


def test_no_more_states_are_held_than_allowed(path, monkeypatch):
    monkeypatch.setattr(evaluation, "CACHED_TOKENS", 3 * sum(path.lengths))
    path.evaluate(*some_rows(path, 10))
    assert [len(states) for states in path.cache.states] == [1, 1]  # 3 + 3 + 3 + 1
    assert len(path.cache.targets) == 10


def test_targets_at_the_ends(path):
    low, high = path.targets_at([0.0, 1.0])
    assert path.counts.forward == pytest.approx(2)
    torch.testing.assert_close(torch.stack([high, low]), path.targets_at([1.0, 0.0]))
    torch.testing.assert_close(high, one_by_one(path, path.at(torch.ones(1)))[0])


def test_states_that_are_given_are_routed_like_encoded_ones(tiny_model):
    states = torch.rand(2, 5, 32, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    given = {"hidden_states": states, "attention_mask": mask}
    whole = tiny_model(**given, **{f"context_{name}": value for name, value in given.items()}, policy="merged")
    apart = tiny_model.route_states((states, mask), (states, mask), policy="merged", output_contributions=True)
    torch.testing.assert_close(apart.logits, whole.logits, rtol=0, atol=0)
    assert apart.context_contributions.shape == (2, 5, 5, 3)
    assert whole.context_contributions is None
