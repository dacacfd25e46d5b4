"""What a trace takes as its texts."""

import numpy as np
import pytest
from factories.tiny import make_model

from dualroute.api import DualRouter

ROUTER = DualRouter(make_model(), "tiny")


@pytest.mark.parametrize("h", [False, 0, {}, set(), -1, 0.5, [0.5], np.array(["a", "b"]), np.nan, b"a"])
def test_a_context_that_is_no_text_is_refused(h):
    with pytest.raises(ValueError, match="h must be a text, a list of lines, or None, not"):
        ROUTER.trace("peace talks", h)


@pytest.mark.parametrize("x", [None, 3, ["a"], np.array(["a"]), b"a"])
def test_a_main_input_that_is_no_text_is_refused(x):
    with pytest.raises(ValueError, match="x must be text, not"):
        ROUTER.trace(x, "talks")


def test_nothing_is_an_empty_context_and_lines_are_one_text():
    assert ROUTER.trace("peace talks", None).context_tokens == ()
    assert ROUTER.trace("peace talks", ["peace", "talks"]).h == "peace\ntalks"
