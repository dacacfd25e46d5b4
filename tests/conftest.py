"""Fixtures shared by all tests."""

import pytest
from tiny import make_model

from dualroute.api import DualRouter
from dualroute.families.dual_route.model import DualRouteModel


@pytest.fixture(scope="session")
def tiny_model() -> DualRouteModel:
    return make_model()


@pytest.fixture(scope="session")
def tiny_router(tiny_model) -> DualRouter:
    return DualRouter(tiny_model, "tiny")
