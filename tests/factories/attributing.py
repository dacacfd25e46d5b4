"""What several tests of attributions begin with."""

import numpy as np
import pytest

from factories.quick import H, X


@pytest.fixture(scope="module")
def trace_with(tiny_router):
    """Traces of X and H with θ amid the gates, so that hard policies take both flows."""
    theta = float(np.median(tiny_router.trace(X, H).gates))
    return lambda policy, overrides=None: tiny_router.trace(X, H, policy, theta, overrides)
