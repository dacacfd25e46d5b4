"""The shipped model and its stored examples."""

import pytest

from dualroute.paths import assets_dir
from dualroute.trace.attribution import read_examples


@pytest.fixture(scope="session")
def examples():
    """The stored examples, as the page reads them."""
    return read_examples(assets_dir() / "examples" / "news.jsonl")


@pytest.fixture(scope="session")
def router():
    """The shipped model in this process, to compare with."""
    import dualroute

    return dualroute.load("news")
