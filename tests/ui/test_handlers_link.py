"""The view a link describes: read back as it was written, or refused in words."""

import pytest

from dualroute.figures.payload import trace_payload
from dualroute.ui import handlers
from dualroute.ui.links import Link, shown
from dualroute.ui.model_store import get_router

from .made import make_spans

QUERY = {"task": "news", "x": "Oil up", "h": "Prices rose", "policy": "soft", "theta": "0.250", "flips": "0:merged"}
BROKEN = {
    "task": ["nope", "../news"],
    "policy": ["bogus", "<b>"],
    "theta": ["x", "", "nan", "inf", "-1", "7", "0,5"],
    "flips": ["what", "0", "0:direct:1", "99:direct", "-1:direct", "0:sideways", "x:direct", "0.5:direct", ":"],
    "x": [" ", "\x00"],
    "label": ["nope", "<b>", "0-1"],
    "token": ["x", "-1", "99", "1.5", "9" * 400, "²"],
}


def test_a_link_is_the_view_it_was_made_of():
    trace = get_router("news").trace("Oil up", "Prices rose", "soft", 0.25, {0: "merged"})
    assert handlers.from_link(QUERY) == trace_payload(trace)


def test_what_a_link_leaves_out_is_as_usual():
    assert handlers.from_link({"x": "Oil up"}) == trace_payload(get_router("news").trace("Oil up", ""))


def test_a_link_names_the_answer_and_the_token_that_are_looked_at():
    payload = handlers.from_link(QUERY | {"label": "Sports", "token": "1"})
    assert payload["shown"] == {"label": payload["labels"].index("Sports"), "token": 1}


@pytest.mark.parametrize(("label", "number"), [("0-0", 0), ("2-3", 2 * 7 + 3)])
def test_an_answer_in_the_text_is_named_by_its_ends(label, number):
    trace = make_spans(tokens=7, longest=3)
    assert shown(Link("x", label=label), trace) == {"label": number}


@pytest.mark.parametrize("label", ["3-2", "0-3", "6-7", "a-b", "3", "-1-2", "start"])
def test_no_answer_in_the_text(label):
    with pytest.raises(ValueError, match="no answer here"):
        shown(Link("x", label=label), make_spans(tokens=7, longest=3))


@pytest.mark.parametrize("query", [{}, {"x": ""}, {"theta": "0.5"}, {"__theme": "dark"}])
def test_an_address_without_a_text_describes_no_view(query):
    assert handlers.from_link(query) is None


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in BROKEN.items() for value in values])
def test_a_broken_link_is_refused_in_words(key, value):
    with pytest.raises(ValueError, match=r"[a-z]{3,} [a-z]"):
        handlers.from_link(QUERY | {key: value})
