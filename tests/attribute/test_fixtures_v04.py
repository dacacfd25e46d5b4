"""Attributions that version 0.4 made with the shipped checkpoints: the same trace has the same scores today."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from dualroute.api import DualRouter, load
from dualroute.attribute.methods import METHODS
from dualroute.families.dual_route.linear_kernels import torch_products
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace

V04 = Path(__file__).parents[1] / "fixtures" / "v04"
FILES = sorted((V04 / "attributions").glob("*.jsonl"))
RELATIVE = 1e-4  # of the largest score

pytestmark = pytest.mark.shipped


@cache
def records(file: Path) -> tuple[Trace, list[Attribution]]:
    first, *lines = file.read_text(encoding="utf-8").splitlines()
    return Trace.from_json(first), [Attribution.from_json(line) for line in lines]


@cache
def router_of(name: str):
    """The checkpoint as 0.4 shipped it: where today's has other weights, it is kept beside the fixtures."""
    kept = V04 / "checkpoints" / name
    return DualRouter.load(kept, name) if kept.is_dir() else load(name)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scores_are_those_of_version_0_4(file, method):
    trace, attributions = records(file)
    old = [one for one in attributions if one.method == method]
    options = {name: value for name, value in old[0].parameters.items() if value is not None}
    options |= {"baseline": old[0].baseline, "granularity": old[0].granularity, "seed": old[0].seed}
    with torch_products():  # those of 0.4: a fit to few samples makes more of another rounding
        new = router_of(file.stem).attribute_many(trace, [one.target for one in old], method=method, **options)
    for before, now in zip(old, new, strict=True):
        size = max(np.abs(before.scores).max(), np.abs(before.context_scores).max(initial=0))
        np.testing.assert_allclose(now.scores, before.scores, rtol=0, atol=RELATIVE * size)
        np.testing.assert_allclose(now.context_scores, before.context_scores, rtol=0, atol=RELATIVE * size)
        assert (now.value, now.baseline_value) == pytest.approx((before.value, before.baseline_value), rel=1e-4)
        assert now.passes == before.passes
        if method != "lime":  # 0.4 named no samples of it, and called every fit converged
            assert (now.steps, now.converged) == (before.steps, before.converged)
        assert (now.label, now.route) == (before.label, before.route)
