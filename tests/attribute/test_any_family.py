"""Attributions for a family that implements no more than `AttributionFunction` asks for."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch
from factories.quick import QUICK, assert_same, total

from dualroute.attribute.engine import attribute, attribute_many
from dualroute.attribute.methods import METHODS
from dualroute.faithful.measure import measured
from dualroute.faithful.sensitivity import sensitivity
from dualroute.families.attribution_function import AttributionFunction, Counts
from dualroute.families.base import RoutingModel
from dualroute.trace.targets import parse_target

REFUSED = ("saliency", "layer_conductance")
SERVED = [name for name in METHODS if name not in (*REFUSED, "exact")]


@dataclass(frozen=True, eq=False)
class Bent(AttributionFunction):
    """One stage: the sigmoid of a linear function of 15 presences, and its square."""

    values: tuple = (lambda output: output, lambda output: output**2)
    widths: tuple = (6, 9)
    lengths: tuple = (8, 11)
    counts: Counts = field(default_factory=Counts)

    def output(self, *presence):
        self.counts.forward += len(presence[0])
        return (torch.cat(presence, dim=1) @ torch.linspace(-0.3, 0.5, 15)).sigmoid()

    def with_values(self, values):
        return replace(self, values=values)


class Minimal(RoutingModel):
    family = "minimal"

    @classmethod
    def load(cls, folder, name):
        return cls()

    def trace(self, *inputs, decision=None):
        raise NotImplementedError

    def rerun(self, trace, decision):
        raise NotImplementedError

    def attribution_function(self, trace, targets, baseline="pad", baseline_texts=None):
        return Bent(values=Bent.values[: len(targets)])


@pytest.mark.parametrize("method", SERVED)
@pytest.mark.parametrize("granularity", ["token", "word"])
def test_methods_need_no_more_than_presences(trace_with, method, granularity):
    trace = trace_with("soft")
    options = {"method": method, "granularity": granularity, **QUICK[method]}
    for found in attribute_many(Minimal(), trace, ("prediction", "gate"), **options):
        assert np.isfinite([*found.scores, *found.context_scores]).all()
        assert np.abs(found.scores).max() > 1e-3
        if METHODS[method].complete:
            assert total(found) == pytest.approx(found.value - found.baseline_value, abs=1e-2)


def test_integrated_gradients_fall_back_to_plain_quadrature(trace_with):
    trace = trace_with("soft")
    adaptive, fixed = (attribute(Minimal(), trace, "gate", n_steps=steps) for steps in (None, 50))
    assert adaptive.converged
    assert_same(adaptive, fixed, atol=1e-4)


@pytest.mark.parametrize("method", REFUSED)
def test_what_a_family_lacks_is_refused(trace_with, method):
    with pytest.raises(ValueError, match=r"this family of models does not give .*: choose another method"):
        attribute(Minimal(), trace_with("soft"), method=method)


def test_exact_contributions_come_from_the_trace(trace_with, tiny_router):
    trace = trace_with("soft")
    assert_same(attribute(Minimal(), trace, method="exact"), attribute(tiny_router, trace, method="exact"))


def test_faithfulness_is_measured_and_sensitivity_refused(trace_with):
    trace = trace_with("soft")
    found = attribute(Minimal(), trace, "prediction", "feature_ablation")
    record = measured(Minimal(), trace, found, orders=2)
    assert record.probability is None
    assert record.value.full == pytest.approx(found.value, abs=1e-6)
    with pytest.raises(ValueError, match="does not give its inputs as numbers"):
        sensitivity(Minimal(), trace, [found])


def test_a_parsed_target_is_a_target(trace_with, tiny_router):
    trace = trace_with("soft")
    parsed = parse_target(trace, "margin:Sports|World")
    assert_same(attribute(tiny_router, trace, parsed), attribute(tiny_router, trace, "margin:Sports|World"))
