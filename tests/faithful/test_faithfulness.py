"""Faithfulness: numbers by hand on a model linear in presences, then identities on a random one."""

import itertools
import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch
from factories.tiny import make_model
from PIL import Image

from dualroute.api import DualRouter
from dualroute.attribute.engine import attribute
from dualroute.faithful import measure as faithfulness
from dualroute.faithful.measure import Probe, Progress, measure, measured
from dualroute.families.attribution_function import AttributionFunction, Counts
from dualroute.measures.faithfulness import (
    GRID,
    MEASURES,
    Faithfulness,
    counts_at,
    erased,
    random_orders,
    random_presences,
    units_of,
)
from dualroute.trace.attribution import Attribution
from dualroute.trace.policies import FLOWS

X, H = "the striker scored twice", "say report market shares fell sharply"
WEIGHTS = np.array([5, 4, 3, 2, 1, 0, -1, -2, -3, -4], dtype=np.float32)  # of 4 words of x and 6 of h


@dataclass(frozen=True)
class LinearFunction(AttributionFunction):
    """All targets are `start + scale · presence · WEIGHTS`."""

    values: tuple = (None,)
    start: float = 0.0
    scale: float = 1.0
    widths: tuple = (4, 6)
    lengths: tuple = (4, 6)
    rows: int = 16
    counts: Counts = field(default_factory=Counts)
    evaluated: list = field(default_factory=list)

    def output(self, *presence):
        return self.start + self.scale * torch.cat(presence, dim=1) @ torch.from_numpy(WEIGHTS)

    def evaluate(self, *presence):
        self.evaluated.append(len(presence[0]))
        return self.output(*presence)[:, None].repeat(1, len(self.values))

    def with_values(self, values):
        return replace(self, values=values)


@dataclass(frozen=True)
class LinearModel:
    """A model whose attribution function is `function`, whatever the trace."""

    function: LinearFunction = field(default_factory=LinearFunction)

    def attribution_function(self, *arguments):
        return self.function


@pytest.fixture
def linear() -> LinearModel:
    return LinearModel()


@pytest.fixture(scope="module")
def trace(tiny_router):
    return tiny_router.trace(X, H, "soft")


def scored(scores, target: str = "prediction", **changes) -> Attribution:
    scores = np.asarray(scores, dtype=np.float32)
    ends = {"value": float(scores.sum()), "baseline_value": 0.0, "convergence_delta": 0.0, "seconds": 0.0}
    told = {"target": target, "method": "by hand", "baseline": "pad", "steps": 1, "converged": True, "route": "free"}
    return Attribution(scores=scores[:4], context_scores=scores[4:], **ends, **told, **changes)


def test_measures_of_a_linear_model_by_hand(trace, linear):
    """The first 1, 1, 1, 2 and 5 of ten words weigh 5, 5, 5, 9 and 15; all weigh 5."""
    erasure = measured(linear, trace, scored(WEIGHTS)).value
    assert (erasure.full, erasure.empty) == (5.0, 0.0)
    found = erasure.measures()
    assert found["comprehensiveness"] == pytest.approx((5 + 5 + 5 + 9 + 15) / 5)
    assert found["sufficiency"] == pytest.approx((0 + 0 + 0 - 4 - 10) / 5)
    kept = np.concatenate([[0], np.cumsum(WEIGHTS)])  # with none to all of the words
    area = np.trapezoid(kept, dx=0.1)
    assert found["insertion_area"] == pytest.approx(area)
    assert found["deletion_area"] == pytest.approx(5 - area)  # erasing the rest is keeping the first, and linear


def test_no_order_is_more_comprehensive_than_that_of_the_weights(trace, linear):
    best = measured(linear, trace, scored(WEIGHTS), orders=100).value
    for name, way in MEASURES.items():
        assert (way * best.measures()[name] > way * best.random_measures()[name]).all()
    worst = measured(linear, trace, scored(-WEIGHTS)).value.measures()
    assert worst["comprehensiveness"] < best.random_measures()["comprehensiveness"].min()


def test_a_gate_is_explained_towards_where_the_input_moved_it(trace):
    """Turned round, the same words lower the gate, and are found by the same measure."""
    found = {}
    for sign in (1, -1):
        model = LinearModel(LinearFunction(start=0.5, scale=sign / 100))
        record = measured(model, trace, scored(sign * WEIGHTS / 100, "gate"))
        assert record.direction == sign
        assert record.value is None
        found[sign] = record.probability.measures()
    assert found[1] == pytest.approx(found[-1])
    assert found[1]["comprehensiveness"] == pytest.approx(0.078)


def test_infidelity_is_zero_for_the_exact_scores_and_known_for_others(trace, linear):
    exact = measured(linear, trace, scored(WEIGHTS))
    assert exact.infidelity == pytest.approx(0, abs=1e-9)
    assert exact.unexplained == pytest.approx(0, abs=1e-6)
    doubled = measured(linear, trace, scored(2 * WEIGHTS))
    gone = 1 - random_presences(10, faithfulness.SAMPLES, 0)
    assert doubled.infidelity == pytest.approx(np.mean((gone @ WEIGHTS) ** 2), rel=1e-5)
    assert doubled.unexplained == pytest.approx(0, abs=1e-6)  # the same up to a scale
    nothing = measured(linear, trace, scored(0 * WEIGHTS))
    assert nothing.unexplained == pytest.approx(1)


def test_units_of_several_tokens_are_erased_together(trace, linear):
    groups = {"granularity": "word", "groups": ((0, 2), (2, 4)), "context_groups": ((0, 6),)}
    attribution = replace(scored(WEIGHTS), scores=np.array([9.0, 5.0]), context_scores=np.array([-9.0]), **groups)
    record = measured(linear, trace, attribution)
    assert record.units == 3
    assert record.value.measures()["comprehensiveness"] == pytest.approx((9 + 9 + 9 + 9 + 14) / 5)
    assert record.infidelity == pytest.approx(0, abs=1e-9)


def test_shares_are_rounded_up_but_not_by_what_floats_add():
    assert counts_at((0.0, 0.01, 0.1, 0.7, 1.0), 10).tolist() == [0, 1, 1, 7, 10]
    assert counts_at((0.05, 0.07), 100).tolist() == [5, 7]  # 0.07 · 100 is 7.000…001


def test_a_row_is_evaluated_once(trace, linear):
    """Curves and infidelity are read off the rows that were evaluated batch by batch."""
    measured(linear, trace, scored(WEIGHTS), orders=1)
    distinct = sum(linear.function.evaluated)
    assert distinct < (1 + 1) * 2 * len(GRID) + faithfulness.SAMPLES + 2
    assert max(linear.function.evaluated) <= 16


def test_equal_scores_are_taken_in_the_order_of_the_text(trace):
    units = units_of(scored([1, 2, 2, 1, 0, 2, 0, 0, 0, 0]), (4, 6))
    assert units.order().tolist() == [1, 2, 5, 0, 3, 4, 6, 7, 8, 9]
    gone, kept = erased(units.order())
    assert kept[GRID.index(0.2)].nonzero()[0].tolist() == [1, 2]
    assert (gone + kept == 1).all()


def test_random_orders_are_seeded_and_the_first_stay_the_first():
    few, many = random_orders(12, 3, 5), random_orders(12, 6, 5)
    assert (few == many[:3]).all()
    assert not (few == random_orders(12, 3, 6)).all()
    assert all(sorted(order) == list(range(12)) for order in many)
    assert not (many[0] == many[1]).all()
    gone = random_presences(6, 500, 0)
    assert set((1 - gone).sum(1)) == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("target", ["prediction", "margin", "effect", "gate", "gate:1"])
def test_ends_of_the_curves_are_the_whole_and_the_empty_input(tiny_router, trace, target):
    attribution = attribute(tiny_router, trace, target, "input_x_gradient")
    record = measured(tiny_router, trace, attribution, orders=3)
    for scale, erasure in record.erasures.items():
        ends = np.array([attribution.value, attribution.baseline_value])
        ends = 1 - ends if target.startswith("gate") and record.direction < 0 else ends * record.direction
        if scale == "value" or target.startswith("gate"):
            np.testing.assert_allclose([erasure.full, erasure.empty], ends, atol=1e-5)
        for curves in (erasure.deletion, erasure.random_deletion):
            np.testing.assert_allclose(curves[..., 0], erasure.full, atol=1e-6)
            np.testing.assert_allclose(curves[..., -1], erasure.empty, atol=1e-6)
        for curves in (erasure.insertion, erasure.random_insertion):
            np.testing.assert_allclose(curves[..., 0], erasure.empty, atol=1e-6)
            np.testing.assert_allclose(curves[..., -1], erasure.full, atol=1e-6)


def test_the_probability_is_the_model_s_own(tiny_router, trace):
    attribution = attribute(tiny_router, trace, "prediction", "input_x_gradient")
    record = measured(tiny_router, trace, attribution, orders=1)
    assert record.probability.full == pytest.approx(trace.replay().probability, abs=1e-5)
    margin = attribute(tiny_router, trace, "margin", "input_x_gradient")
    of_two = measured(tiny_router, trace, margin, orders=1).probability.full
    assert of_two == pytest.approx(1 / (1 + math.exp(-margin.value)), abs=1e-5)
    assert measured(tiny_router, trace, attribute(tiny_router, trace, "effect", "input_x_gradient")).probability is None


def test_attributions_that_share_a_probe_share_the_random_orders(tiny_router, trace):
    shared = Probe(tiny_router, trace, ("prediction", "gate"))
    first, second = (
        attribute(tiny_router, trace, "prediction", method) for method in ("input_x_gradient", "feature_ablation")
    )
    one = measured(tiny_router, trace, first, probe=shared)
    other = measured(tiny_router, trace, second, probe=shared)
    assert (one.value.random_deletion == other.value.random_deletion).all()
    assert other.passes < one.passes / 3
    alone = measured(tiny_router, trace, second)
    np.testing.assert_allclose(other.value.deletion, alone.value.deletion, atol=1e-6)


def test_a_closed_generator_asks_the_model_nothing_more(trace, linear):
    work = measure(linear, trace, scored(WEIGHTS))
    steps = list(itertools.islice(work, 3))
    assert all(isinstance(step, Progress) and step.total == (1 + 10) * 2 * len(GRID) + 32 for step in steps)
    assert [step.done for step in steps] == [0, 16, 32]
    work.close()
    assert [rows <= 16 for rows in linear.function.evaluated] == [True, True]  # equal rows once
    assert next(work, None) is None


def test_the_record_survives_json(tiny_router, trace):
    attribution = attribute(tiny_router, trace, "gate", "input_x_gradient")
    record = measured(tiny_router, trace, attribution, orders=2)
    again = Faithfulness.from_json(record.to_json())
    assert again.to_json() == record.to_json()
    assert math.isnan(again.sensitivity)
    assert again.spec == trace.spec
    assert (again.probability.random_deletion == record.probability.random_deletion).all()
    assert again.probability.summary() == record.probability.summary()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"orders": 0}, "orders must be a whole number from 1 to 100"),
        ({"samples": 5000}, "samples must be a whole number from 1 to 1,000"),
    ],
)
def test_numbers_outside_the_limits_are_refused(trace, linear, options, message):
    with pytest.raises(ValueError, match=message):
        measured(linear, trace, scored(WEIGHTS), **options)


def test_an_attribution_of_another_input_is_refused(tiny_router, trace):
    attribution = attribute(tiny_router, tiny_router.trace("the striker", H), "gate", "input_x_gradient")
    with pytest.raises(ValueError, match="2 scores for 4 tokens"):
        measured(tiny_router, trace, attribution)


KINDS = {
    "no context": {},
    "backward": {"context": "backward", "reader": "diagonal", "recurrent_size": 12},
    "items": {"context": "items", "reader": "bilinear"},
    "image": {"context": "image", "image_size": 32, "patches": 4},
    "three flows": {"flows": FLOWS},
    "span": {"readout": "span", "id2label": {0: "start", 1: "end"}, "label2id": {"start": 0, "end": 1}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_context_and_answer_is_measured(kind):
    router = DualRouter(make_model(**KINDS[kind]), kind)
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8))
    given = {"image": {"image": picture}, "items": {"h": "market shares: 4\npeace talks"}, "no context": {}}
    trace = router.trace(X, policy="soft", **given.get(kind, {"h": H}))
    targets = ("prediction", "effect", "gate", "start:1") if kind == "span" else ("prediction", "effect", "gate")
    shared = router.probe(trace, targets)
    for attribution in router.attribute_many(trace, targets, method="feature_ablation"):
        record = measured(router, trace, attribution, orders=2, probe=shared)
        assert record.units == len(trace.tokens) + len(attribution.context_scores)
        assert 0 <= record.unexplained <= 1 + 1e-6 or math.isnan(record.unexplained)
        for scale, erasure in record.erasures.items():
            assert np.isfinite([erasure.full, erasure.empty, *erasure.measures().values()]).all()
            if scale == "probability":
                assert ((erasure.deletion >= 0) & (erasure.deletion <= 1 + 1e-6)).all()
        assert ("probability" in record.erasures) == (attribution.target != "effect")
        if attribution.target == "prediction":
            assert record.probability.full == pytest.approx(trace.replay().probability, abs=1e-5)
