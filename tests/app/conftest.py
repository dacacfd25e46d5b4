"""The shipped model and its stored examples."""

import pytest

from dualroute.app.catalogue import load_catalogue


@pytest.fixture(scope="session")
def examples():
    """The stored examples of the news task, in the order of the page."""
    return list(load_catalogue()["news"].examples)


@pytest.fixture(scope="session")
def router():
    """The shipped model in this process, to compare with."""
    import dualroute

    return dualroute.load("news")
