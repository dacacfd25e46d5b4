"""Fixtures shared by all tests."""

import pytest
from factories.tiny import make_model

from dualroute.api import DualRouter
from dualroute.families.dual_route.model import DualRouteModel

pytest_plugins = ["factories.attributing", "factories.by_hand", "factories.trained"]


@pytest.fixture(scope="session")
def tiny_model() -> DualRouteModel:
    return make_model()


@pytest.fixture(scope="session")
def tiny_router(tiny_model) -> DualRouter:
    return DualRouter(tiny_model, "tiny")
