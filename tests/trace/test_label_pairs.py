"""Every margin between two labels has a name that is read back, whatever stands in the labels."""

from dataclasses import replace

import numpy as np
import pytest
from factories.traces import make_trace
from hypothesis import given, settings
from hypothesis import strategies as st

from dualroute.trace.label_pairs import margin_name
from dualroute.trace.targets import parse_target

parts = st.sampled_from(["a", "b", "c", "|", "||", ":", '"', "\\", " ", "", "é", "🙂", "-", "1"])
labels = st.lists(st.lists(parts, max_size=5).map("".join) | st.text(max_size=6), min_size=2, max_size=6, unique=True)


def trace_with(names):
    trace = make_trace(classes=len(names))
    zeros = np.full(len(names), 1 / len(names), np.float32)
    return replace(trace, answer=replace(trace.answer, labels=tuple(names), probs=zeros))


@given(labels)
@settings(max_examples=300, deadline=None)
def test_every_name_of_a_target_is_read_back(names):
    trace = trace_with(names)
    for first, label in enumerate(names):
        assert parse_target(trace, f"prediction:{label}").label_index == first
        assert parse_target(trace, f"effect:{label}").label_index == first
        for second, other in enumerate(names):
            if first != second:
                target = parse_target(trace, margin_name(names, label, other))
                assert [term.output for term in target.terms] == [first, second]


@pytest.mark.parametrize(
    ("names", "detail", "pair"),
    [
        (["a|b", "c"], "a|b|c", (0, 1)),
        (["a|b", "c"], "c|a|b", (1, 0)),
        (["a", "a|b"], "a|a|b", (0, 1)),
        (["a", "a|b"], "a|b|a", (1, 0)),
        (["", "b"], "|b", (0, 1)),
        (["", "b"], "b|", (1, 0)),
        (["a|", "|b"], "a|||b", (0, 1)),
        (['"a"', '"b"'], '"a"|"b"', (0, 1)),
        (['"a"', '"b"', "a", "b"], '"a"|"b"', (2, 3)),
        (["x:y", "z w"], "x:y|z w", (0, 1)),
    ],
)
def test_a_bar_in_a_label_is_no_border(names, detail, pair):
    target = parse_target(trace_with(names), f"margin:{detail}")
    assert tuple(term.output for term in target.terms) == pair


def test_a_name_that_can_be_read_in_two_ways_is_refused_with_both():
    trace = trace_with(["a", "b|c", "a|b", "c"])
    with pytest.raises(ValueError, match=r'can be read as "a"\|"b\|c" and "a\|b"\|"c": write one of these'):
        parse_target(trace, "margin:a|b|c")
    assert parse_target(trace, 'margin:"a|b"|"c"').label == "a|b − c"
    assert margin_name(trace.labels, "a", "c") == "margin:a|c"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("margin:a|b|nope", "no class 'nope'"),
        ("margin:nope|a|b", "no class 'nope'"),
        ("margin:a|b", "no class 'a'; there are a.b, Sports"),
        ("margin:Sports", "it is between two classes"),
        ("margin:" + "[" * 50_000, "it is between two classes"),
        ("margin:" + "|" * 2_000, "no margin|no class"),
        ("prediction:Sprots", "no class 'Sprots'; did you mean 'Sports'"),
        ("predicton", "unknown target 'predicton'; did you mean 'prediction'"),
        ("gate:" + "9" * 5_000, "the tokens are numbered 0 to 4"),
        (3, "target must be text, not 3"),
    ],
)
def test_what_no_label_fits_is_named(name, message):
    with pytest.raises(ValueError, match=message):
        parse_target(trace_with(["a|b", "Sports"]), name)


def test_a_name_of_numpy_is_stored_as_text():
    target = parse_target(make_trace(), np.str_("gate:1"))
    assert type(target.name) is str
