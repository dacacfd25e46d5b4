"""Attributions asked for with values of numpy, torch and pandas are those of Python's, and are stored as Python's."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from factories.quick import assert_same

from dualroute.faithful.measure import measured
from dualroute.faithful.sensitivity import sensitivity
from dualroute.trace.attribution import Attribution


def test_settings_of_numpy_are_stored_as_plain_ones(tiny_router, trace_with):
    plain = {"target": "gate", "method": "lime", "granularity": "word", "seed": 3, "n_samples": 40, "alpha": 0.25}
    other = {"target": np.str_("gate"), "method": np.str_("lime"), "granularity": np.str_("word")}
    other |= {"seed": np.int64(3), "n_samples": np.int16(40), "alpha": torch.tensor(0.25), "baseline": np.array("pad")}
    one, two = (tiny_router.attribute(trace_with("soft"), **options) for options in (plain, other))
    assert_same(one, two)
    names = ("target", "method", "granularity", "seed", "parameters", "baseline", "steps", "converged")
    stored = [{name: json.loads(record.to_json())[name] for name in names} for record in (one, two)]
    assert stored[0] == stored[1]
    assert Attribution.from_json(two.to_json()).parameters == {"n_samples": 40, "alpha": 0.25}


def test_steps_of_numpy_are_taken(tiny_router, trace_with):
    found = tiny_router.attribute(trace_with("soft"), n_steps=np.int64(4), tolerance=np.float32(0.5))
    assert json.loads(found.to_json())["parameters"] == {"n_steps": 4, "tolerance": 0.5, "max_steps": 140}


@pytest.mark.parametrize("kind", [tuple, np.array, pd.Series, iter])
def test_targets_come_in_lists_of_every_kind(tiny_router, trace_with, kind):
    found = tiny_router.attribute_many(trace_with("soft"), kind(["gate", "margin"]), method="input_x_gradient")
    assert [one.target for one in found] == ["gate", "margin"]
    assert {type(one.target) for one in found} == {str}


def test_one_name_is_one_target(tiny_router, trace_with):
    (found,) = tiny_router.attribute_many(trace_with("soft"), "gate", method="input_x_gradient")
    assert found.target == "gate"


def test_numbers_of_measures_are_taken_from_numpy(tiny_router, trace_with):
    trace = trace_with("soft")
    found = tiny_router.attribute(trace, method="exact")
    record = measured(tiny_router, trace, found, orders=np.int64(2), seed=np.int64(1), samples=np.uint8(3))
    assert {type(one) for one in (record.orders, record.seed, record.samples)} == {int}
    assert json.loads(record.to_json())["orders"] == 2
    moved = sensitivity(tiny_router, trace, [found], disturbances=np.int64(2), seed=np.int64(1))
    assert moved == sensitivity(tiny_router, trace, [found], disturbances=2, seed=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": True}, "seed must be a whole number from 0 to 4,294,967,295, not True"),
        ({"seed": np.array([3])}, "seed must be a whole number .* not an array of shape"),
        ({"method": ["lime"]}, r"unknown method \['lime'\]; choose one of exact"),
        ({"method": "integrated_gradient"}, "did you mean 'integrated_gradients'"),
        ({"method": "lime", "n_sample": 9}, "lime has no parameter 'n_sample'; did you mean 'n_samples'"),
        ({"method": "lime", "n_samples": np.nan}, "n_samples must be a whole number from 3 to 5,000, not nan"),
        ({"method": "lime", "alpha": np.inf}, "alpha must be a number from 0.0 to 1.0, not inf"),
        ({"granularity": np.array(["word", "token"])}, "granularity must be text, not an array of shape"),
        ({"baseline": None}, "baseline must be text, not None"),
        ({"tolerance": "x"}, "tolerance must be a number above 0, not 'x'"),
        ({"n_steps": 2.5}, "n_steps must be a whole number from 1 to 100,000, not 2.5"),
        ({"target": ["gate", "margin"]}, "target must be text"),
        ({"target": None}, "target must be text, not None"),
    ],
)
def test_a_wrong_setting_is_named(tiny_router, trace_with, options, message):
    with pytest.raises(ValueError, match=message):
        tiny_router.attribute(trace_with("soft"), **options)


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([], "no target given"),
        (3, "targets must be a list of names, not 3"),
        ({"gate": 1}, "targets must be a list"),
        (None, "targets"),
    ],
)
def test_wrong_targets_are_named(tiny_router, trace_with, targets, message):
    with pytest.raises(ValueError, match=message):
        tiny_router.attribute_many(trace_with("soft"), targets)


def test_what_is_no_trace_or_attribution_is_refused(tiny_router, trace_with):
    with pytest.raises(ValueError, match="a trace of this model is expected, not 'the text'"):
        tiny_router.attribute("the text")
    with pytest.raises(ValueError, match="an attribution is measured, not 3"):
        list(tiny_router.measure(trace_with("soft"), 3))
    with pytest.raises(ValueError, match="attributions must be a list of attributions"):
        sensitivity(tiny_router, trace_with("soft"), [])


def test_a_router_stores_a_flip_by_a_numpy_index(tiny_router):
    first = tiny_router.trace("the striker scored twice", "rain")
    trace = tiny_router.trace(
        "the striker scored twice", "rain", np.str_("threshold"), np.float32(0.5), {first.gates.argmax(): "direct"}
    )
    assert json.loads(trace.to_json())["spec"]["decision"]["threshold"] == 0.5
    assert trace.spec.overrides == {int(first.gates.argmax()): "direct"}
    assert "<iframe" in trace._repr_html_()
    assert trace.to_html()
    assert tiny_router.rerun(trace, trace.spec.decision).to_json() == trace.to_json()
