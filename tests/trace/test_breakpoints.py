"""The outcome over all θ: the same as replaying each, at the gates and beside them too."""

import numpy as np
import pytest
from factories.by_hand import replay_trace as by_hand
from factories.traces import make_spans, make_trace, make_written

from dualroute.trace.breakpoints import breakpoints
from dualroute.trace.decision import Decision
from dualroute.trace.replay import routes_taken

THREE = ("direct", "context", "merged")
TRACES = {
    "two flows": make_trace(tokens=9),
    "three flows": make_trace(tokens=9, flows=THREE, seed=1),
    "equal gates": make_trace(tokens=12, seed=2, coarse=True),
    "no context": make_trace(context=0, seed=3),
    "spans": make_spans(seed=4),
    "spans, three flows": make_spans(flows=THREE, seed=5),
}
HELD = ({}, {0: "merged", 3: "direct"})


def thetas(found) -> list[float]:
    """Every breakpoint, the numbers next to it on both sides, some others, and both ends."""
    cuts = found.lows
    beside = [*np.nextafter(cuts[1:], 0), *np.nextafter(cuts[:-1], 1)]
    return [0.0, 1.0, *cuts, *beside, *np.random.default_rng(0).uniform(size=20)]


@pytest.mark.parametrize("policy", ["threshold", "weighted_threshold"])
@pytest.mark.parametrize("overrides", HELD, ids=["free", "held"])
@pytest.mark.parametrize("name", TRACES)
def test_every_theta_is_its_replay(name, overrides, policy):
    trace = TRACES[name]
    found = breakpoints(trace, policy, overrides)
    for theta in thetas(found):
        expected, stretch = trace.replay(policy, theta, overrides), found.at(theta)
        np.testing.assert_array_equal(stretch.outcome.flow_weights, expected.flow_weights)
        np.testing.assert_array_equal(stretch.outcome.probs, expected.probs)
        assert (stretch.outcome.label, stretch.outcome.span) == (expected.label, expected.span)


def test_by_hand():
    found = breakpoints(by_hand(gates=(0.75, 0.25)))
    assert found.lows.tolist() == [0.0, 0.25, 0.75]
    assert [stretch.closed for stretch in found.stretches] == [(), (1,), (0,)]
    assert [stretch.answer for stretch in found.stretches] == [1, 0, 1]  # 4 : 5.5, 4 : 2.5, 1 : 2.5
    assert [stretch.low for stretch in found.changes] == [0.25, 0.75]
    assert (found.direct, found.merged) == (1, 1)
    assert (found.smallest(0), found.constant_below(1), found.constant_from(1)) == (0.25, 0.25, 0.75)
    assert (found.constant_below(0), found.constant_from(0), found.smallest(7)) == (None, None, None)


def test_an_answer_that_never_changes_is_kept_up_to_one():
    found = breakpoints(by_hand(bias=(9.0, 0.0)))
    assert (found.smallest(0), found.constant_below(0), found.constant_from(0)) == (0.0, 1.0, 0.0)


def test_a_gate_is_closed_at_its_own_theta():
    found = breakpoints(by_hand(gates=(0.75, 0.25)))
    assert found.at(0.75).outcome.shares["merged"] == 0
    assert found.at(np.nextafter(0.75, 0)).outcome.shares["merged"] == 0.5


def test_gates_at_the_ends():
    found = breakpoints(by_hand(gates=(0.0, 1.0)))
    assert found.lows.tolist() == [0.0, 1.0]
    assert (found.at(0).outcome.shares["merged"], found.at(1).outcome.shares["merged"]) == (0.5, 0)


def test_flips_that_are_held_break_nothing():
    found = breakpoints(by_hand(gates=(0.75, 0.25)), overrides={0: "merged"})
    assert found.lows.tolist() == [0.0, 0.25]
    assert (found.direct, found.merged) == (0, 1)  # 4 : 2.5 and 4 : 5.5
    assert found.at(1).outcome.flows_taken == ("merged", "direct")
    assert breakpoints(by_hand(), overrides={0: "merged", 1: "direct"}).lows.tolist() == [0.0]


def test_a_written_text_has_shares_and_flips_alone():
    trace = make_written()
    found = breakpoints(trace)
    assert len(found.stretches) == 1 + len(trace.tokens)
    for stretch in found.stretches:
        assert stretch.outcome.shares == routes_taken(trace, Decision("threshold", stretch.low)).shares
    assert (found.changes, found.direct, found.merged) == ([], None, None)


@pytest.mark.parametrize("policy", ["soft", "select", "merged"])
def test_a_policy_without_a_threshold_is_refused(policy):
    with pytest.raises(ValueError, match="does not look at θ"):
        breakpoints(make_trace(), policy)


def test_a_theta_outside_is_refused():
    with pytest.raises(ValueError, match="must lie in"):
        breakpoints(make_trace()).at(1.5)
