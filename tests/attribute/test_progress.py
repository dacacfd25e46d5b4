"""Passes are counted as they are made, and whoever watches can make the next one the last."""

import pytest
from factories.tiny import make_model

from dualroute.api import DualRouter
from dualroute.progress import Cancelled, progress_reported_to, report_forward


@pytest.fixture(scope="module")
def traced():
    router = DualRouter(make_model())
    return router, router.trace("the striker scored twice", "say report market shares fell")


def test_what_is_counted_is_what_the_attribution_says_it_took(traced):
    router, trace = traced
    rows = []
    with progress_reported_to(rows.append):
        found = router.attribute(trace, "gate", "feature_ablation")
    assert sum(rows) == pytest.approx(found.passes[0], abs=0.5)
    assert sum(rows) > 4


@pytest.mark.parametrize("method", ["integrated_gradients", "feature_ablation", "gradient_shap", "shapley_sampling"])
def test_the_next_pass_can_be_the_last(traced, method):
    router, trace = traced
    rows = []

    def once(count):
        rows.append(count)
        if len(rows) == 2:
            raise Cancelled

    with progress_reported_to(once), pytest.raises(Cancelled):
        router.attribute(trace, "prediction", method)
    assert len(rows) == 2


def test_nobody_is_reported_outside_of_the_block(traced):
    router, trace = traced
    rows = []
    with progress_reported_to(rows.append):
        report_forward(1)
    router.attribute(trace, "gate", "input_x_gradient")
    assert rows == [1]
