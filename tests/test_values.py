"""Values of numpy, torch and pandas are taken where Python's are, stored as Python's, or refused in words."""

import json
import math
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import torch
from factories.traces import make_trace, with_own_answer
from hypothesis import given, settings
from hypothesis import strategies as st

from dualroute.compare.interventions import force, random_flips, random_unread, smallest_change, span
from dualroute.compare.views import Comparison, View
from dualroute.trace.breakpoints import breakpoints
from dualroute.trace.decision import Ban, Decision, Drop, Swap, as_decision
from dualroute.trace.record import Trace
from dualroute.values import as_named, indices, known, real_number, seed_number, text, threshold_number, whole_number

TRACE = make_trace(tokens=6, context=4)
WHOLE = (int, np.int8, np.int16, np.int64, np.uint8, np.uint64, np.array, torch.tensor)
REAL = (float, np.float64, np.float32, np.array, torch.tensor, np.longdouble)
LISTS = (list, tuple, set, np.array, pd.Series, torch.tensor, iter, lambda values: np.array(values, np.uint8))
TEXTS = (str, np.str_, np.array)


@pytest.mark.parametrize("kind", WHOLE)
def test_scalars_of_every_kind_are_whole_numbers(kind):
    found = whole_number(kind(3), "count", 1, 5)
    assert (found, type(found)) == (3, int)


class Places(IntEnum):
    third = 20


@pytest.mark.parametrize("value", [20.0, Places.third, np.float32(20), Fraction(20), Decimal("20"), 10**30])
def test_a_count_may_be_written_as_another_number(value):
    found = whole_number(value, "count")
    assert (found, type(found)) == (int(value), int)


@pytest.mark.parametrize("kind", [*REAL, Decimal, Fraction, np.float16])
def test_scalars_of_every_kind_are_real_numbers(kind):
    found = real_number(kind(0.25), "temperature")
    assert (found, type(found)) == (0.25, float)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "not True"),
        (np.bool_(True), "not True"),
        (torch.tensor(True), "not True"),
        ("3", "not '3'"),
        (np.str_("3"), "not '3'"),
        (None, "not None"),
        (pd.NA, "not <NA>"),
        (math.nan, "not nan"),
        (np.float32("inf"), "not inf"),
        (Decimal("NaN"), "not Decimal"),
        (3.5, "not 3.5"),
        (3j, "not 3j"),
        (np.array([3]), r"not an array of shape \(1,\)"),
        (torch.tensor([3, 4]), r"not an array of shape \(2,\)"),
        (pd.Series([3]), r"not an array of shape \(1,\)"),
        (np.ma.masked, "not None"),
        (np.datetime64("2020-01-01"), "not datetime"),
        ("x" * 900, "not 'x{78}…$"),
    ],
)
def test_what_is_no_whole_number_is_named_with_its_limits(value, words):
    with pytest.raises(ValueError, match=f"^draws must be a whole number from 1 to 1,000, {words}"):
        whole_number(value, "draws", 1, 1000)


@pytest.mark.parametrize("value", [True, None, "0.5", math.nan, -math.inf, pd.NA, np.array([0.5]), 10**400, 1j])
def test_what_is_no_real_number_is_refused(value):
    for read in (real_number, threshold_number):
        with pytest.raises(ValueError, match=r"^theta must (be a number|lie in \[0, 1\])[^\n]{0,120}$"):
            read(value, "theta")


@pytest.mark.parametrize("kind", LISTS)
def test_indices_come_in_lists_of_every_kind(kind):
    found = indices(kind([0, 2, 3]), "ignored")
    assert found == (0, 2, 3)
    assert {type(one) for one in found} == {int}


def test_a_seed_is_limited():
    assert seed_number(np.int64(7)) == 7
    with pytest.raises(ValueError, match="seed must be a whole number from 0 to 4,294,967,295, not 4294967296"):
        seed_number(2**32)


def test_texts_are_plain():
    assert {type(text(kind("soft"), "policy")) for kind in TEXTS} == {str}
    assert type(known(np.str_("soft"), ("soft",), "policy")) is str
    with pytest.raises(ValueError, match=r"unknown policy 'treshold'; did you mean 'threshold'\? choose one of soft"):
        known("treshold", ("soft", "threshold"), "policy")


def plain_only(decision: Decision) -> bool:
    """Whether every stored value is one of Python's own."""
    values = [decision.policy, decision.threshold, decision.top_k, decision.temperature, *(decision.ignored or ())]
    values += [one for place, rule in (decision.overrides or {}).items() for one in (*place, str(rule))]
    return {type(value) for value in values} <= {type(None), str, int, float}


@st.composite
def same_decisions(draw):
    """A decision of Python's values, and the same of other libraries' values."""
    flips = draw(st.dictionaries(st.integers(0, 5), st.sampled_from(["direct", "merged"]), max_size=4))
    ignored = draw(st.lists(st.integers(0, 3), unique=True, max_size=4))
    theta = draw(st.floats(0, 1, width=32))
    policy = draw(st.sampled_from(["soft", "threshold", "weighted_threshold", "merged"]))
    whole, real, name = (draw(st.sampled_from(kinds)) for kinds in ((np.int16, np.int64, np.uint8), REAL, TEXTS))
    keys = [whole(token) if draw(st.booleans()) else (whole(0), whole(token)) for token in flips]
    overrides = dict(zip(keys, map(np.str_, flips.values()), strict=True))
    form = draw(st.sampled_from([dict, lambda pairs: list(pairs.items())]))
    other = Decision(name(policy), real(theta), form(overrides), np.array(ignored, int))
    return Decision(policy, theta, flips, tuple(ignored)), other


@given(same_decisions())
@settings(max_examples=150)
def test_a_decision_of_any_library_is_the_same_decision(both):
    ours, other = both
    assert other == ours
    assert hash(other) == hash(ours)
    assert plain_only(other)
    assert Decision.from_dict(json.loads(json.dumps(other.to_dict()))) == ours
    np.testing.assert_array_equal(TRACE.replay(decision=other).logits, TRACE.replay(decision=ours).logits)


def test_a_series_of_overrides_is_taken():
    assert Decision(overrides=pd.Series({3: "direct"})) == Decision(overrides={3: "direct"})
    with pytest.raises(ValueError, match="an override names a route, not <NA>"):
        Decision(overrides=pd.Series({3: pd.NA}))


def test_rules_about_experts_hold_plain_numbers():
    rules = Decision(overrides={0: Swap(np.int64(1), np.uint8(2)), 1: Drop(np.int16(3)), 2: Ban(torch.tensor(4))})
    assert rules.to_dict()["overrides"] == {"0": "swap 1>2", "1": "drop 3", "2": "ban 4"}
    assert rules == Decision(overrides={0: "swap 1>2", 1: "drop 3", 2: "ban 4"})
    with pytest.raises(ValueError, match="the number of an expert must be a whole number"):
        Drop(True)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"policy": 3}, "policy must be text, not 3"),
        ({"policy": ["soft"]}, r"policy must be text, not \['soft'\]"),
        ({"threshold": np.array([0.5])}, r"threshold must be a number in \[0, 1\], not an array of shape \(1,\)"),
        ({"threshold": True}, r"threshold must be a number in \[0, 1\], not True"),
        ({"threshold": math.nan}, r"threshold must lie in \[0, 1\], not nan"),
        ({"threshold": 1.5}, r"threshold must lie in \[0, 1\], not 1.5"),
        ({"top_k": 0}, "top_k must be a whole number from 1 on, not 0"),
        ({"temperature": math.inf}, "temperature must be a number above 0, not inf"),
        ({"temperature": 0}, "temperature must be a number above 0, not 0"),
        ({"overrides": 3}, "overrides must be a list of pairs of a token's index and a route, not 3"),
        ({"overrides": {3: None}}, "an override names a route, not None"),
        ({"overrides": {np.bool_(True): "direct"}}, "override of token True: a place is a token's index"),
        ({"overrides": {(0, 1, 2): "direct"}}, r"override of token \(0, 1, 2\)"),
        ({"overrides": {3: "direct", "0.3": "merged"}}, "override of token 3 has two rules: direct and merged"),
    ],
)
def test_a_wrong_field_of_a_decision_is_named(fields, message):
    with pytest.raises(ValueError, match=message):
        Decision(**fields)


def test_what_is_no_decision_is_refused():
    for value in ({"policy": "soft"}, "soft", TRACE):
        for take in (as_decision, Decision("soft").over, lambda one: TRACE.replay(decision=one), TRACE.decided):
            with pytest.raises(ValueError, match="decision must be a Decision"):
                take(value)
    with pytest.raises(ValueError, match="a decision must be an object with names, not 3"):
        Decision.from_dict(3)


def test_a_flip_by_a_numpy_index_is_saved_and_shown():
    token = TRACE.gates.argmax()
    view = View(TRACE, overrides={token: "direct"}, threshold=np.float32(0.5), ignored=np.array([1]))
    pair = Comparison(View(TRACE), view)
    assert json.loads(json.dumps(view.decision.to_dict()))["overrides"] == {str(token): "direct"}
    assert "<iframe" in pair._repr_html_()
    assert pair.to_html()
    assert breakpoints(TRACE, overrides={token: "direct"}).overrides == {int(token): "direct"}


def test_interventions_take_what_numpy_gives():
    flips = {np.int64(0): "merged", np.uint8(2): np.str_("merged")}
    found = random_flips(TRACE, flips, Decision("direct"), draws=np.int64(20), seed=np.uint32(3))
    plain = random_flips(TRACE, {0: "merged", 2: "merged"}, Decision("direct"), draws=20, seed=3)
    np.testing.assert_array_equal(found.draws, plain.draws)
    unread = random_unread(TRACE, np.array([1, 1]), Decision("merged"), draws=9, seed=np.int8(1))
    assert (unread.size, unread.effect) == (1, random_unread(TRACE, [1], Decision("merged"), draws=9).effect)
    forced = force(TRACE, np.array([1, 2]), np.str_("direct"), {np.int64(0): "merged"})
    assert forced == {0: "merged", 1: "direct", 2: "direct"}
    assert {type(one) for pair in forced.items() for one in pair} == {int, str}
    assert span(TRACE, np.int64(1), np.int64(2)) == (1, 2)
    assert json.dumps(smallest_change(TRACE, Decision(threshold=np.float32(0.5))).flips)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (
            lambda: random_flips(TRACE, {0: "merged"}, draws=0),
            "draws must be a whole number from 1 to 1,000,000",
        ),
        (lambda: random_flips(TRACE, {9: "merged"}), "override of token 9: the tokens are numbered 0 to 5"),
        (lambda: random_flips(TRACE, {0: "sideways"}), "override to flow 'sideways': this model has direct, merged"),
        (lambda: random_flips(TRACE, {0: "merged"}, seed=True), "seed must be a whole number"),
        (lambda: random_unread(TRACE, 1), r"unread must be a list of whole numbers from 0 on, not 1: write \[1\]"),
        (lambda: force(TRACE, "01", "direct"), "tokens must be a list of whole numbers"),
        (lambda: force(TRACE, [0], 3), "flow must be text, not 3"),
        (lambda: View("a text"), "a view shows a trace, not 'a text'"),
        (lambda: Comparison(TRACE, TRACE), r"a must be a View, such as View\(trace\)"),
        (lambda: breakpoints(TRACE).at(np.array([0.5])), "threshold must be a number"),
        (lambda: breakpoints(TRACE, "tresold"), "did you mean 'threshold'"),
    ],
)
def test_wrong_arguments_of_interventions_and_views_are_named(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_records_show_themselves_in_one_line():
    view = View(TRACE, "threshold", 0.25, {0: "direct"}, [1])
    label = TRACE.replay().label
    assert repr(TRACE).startswith("<Trace of news: 6 tokens and 4 of the context, ")
    assert f"{label} (" in repr(TRACE)
    assert repr(TRACE).endswith("threshold at θ = 0.5, checkpoint made (0)>")
    assert "threshold at θ = 0.25, 1 override, 1 unread>" in repr(view)
    assert repr(Comparison(View(TRACE), view)) == f"<Comparison of {View(TRACE)!r} and {view!r}>"
    for record in (TRACE, view, Comparison(view, view)):
        assert "\n" not in repr(record)
        assert len(repr(record)) < 300


def test_a_long_answer_does_not_make_the_line_long():
    assert len(repr(make_trace(classes=2))) < 300
    trace = Trace.from_json(with_own_answer(TRACE).to_json().replace('"A"', json.dumps("long\nlabel " * 99)))
    assert len(repr(trace)) < 300
    assert "\n" not in repr(trace)


@pytest.mark.parametrize(
    ("label", "names", "meant"),
    [
        ("1.0", ("1", "2"), "1"),
        ("1", ("1.0", "2.0"), "1.0"),
        ("true", ("True", "False"), "True"),
        ("1", ("1", "1.0"), "1"),
        ("1.00", ("1", "1.0"), "1.00"),  # two are meant: none is
        ("nan", ("nan", "1"), "nan"),
        ("Sports", ("sports",), "Sports"),
    ],
)
def test_a_label_means_the_only_one_of_its_value(label, names, meant):
    assert as_named(label, names) == meant
