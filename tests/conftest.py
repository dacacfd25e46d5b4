"""Fixtures that all tests share, and the marks of slow tests."""

import pytest
from factories.tiny import make_model

import dualroute
from dualroute.api import DualRouter
from dualroute.app.catalogue import load_catalogue
from dualroute.families.dual_route.model import DualRouteModel

pytest_plugins = ["factories.attributing", "factories.by_hand", "factories.trained"]

# Modules whose tests load trained checkpoints without the fixture `shipped_router`.
LOADS_SHIPPED = (
    "tests/app/test_attributing",
    "tests/app/test_handlers",
    "tests/app/test_endpoints",
    "tests/app/test_links_v04",
    "tests/attribute/test_fixtures_v04",
    "tests/attribute/test_telling_words",
    "tests/families/test_loading",
    "tests/test_api",
)


def pytest_collection_modifyitems(items):
    """Mark tests that drive a browser, need a server or load a trained checkpoint."""
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker("browser")
        if "server" in item.fixturenames or hasattr(item.module, "serve"):
            item.add_marker("server")
        if "shipped_router" in item.fixturenames or item.nodeid.startswith(LOADS_SHIPPED):
            item.add_marker("shipped")


@pytest.fixture(scope="session")
def tiny_model() -> DualRouteModel:
    """A random model with a tiny encoder."""
    return make_model()


@pytest.fixture(scope="session")
def tiny_router(tiny_model) -> DualRouter:
    """A router around the tiny model."""
    return DualRouter(tiny_model, "tiny")


@pytest.fixture(scope="session")
def shipped_router() -> DualRouter:
    """The trained checkpoint of the news task."""
    return dualroute.load("news")


@pytest.fixture(scope="session")
def router(shipped_router) -> DualRouter:
    """The trained checkpoint, unless a test module has a router of its own."""
    return shipped_router


@pytest.fixture(scope="session")
def examples():
    """The stored examples of the news task, in the order of the page."""
    return list(load_catalogue()["news"].examples)
