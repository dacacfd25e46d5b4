"""Decisions: plain numbers, open fields, and what only a rerun of the model can answer."""

import json
from dataclasses import replace

import numpy as np
import pytest
from factories.by_hand import replay_trace

from dualroute.compare.interventions import smallest_change
from dualroute.compare.views import View
from dualroute.measures.flipping import flips
from dualroute.trace.answers import Classes, NextTokens, Segment
from dualroute.trace.breakpoints import breakpoints
from dualroute.trace.context import TextContext
from dualroute.trace.decision import Decision
from dualroute.trace.ledger import MixtureOfProbabilities
from dualroute.trace.record import Trace
from dualroute.trace.replay import held_route, routes_taken
from dualroute.trace.routing import Routing


def with_decision(trace: Trace, **changes) -> Trace:
    return replace(trace, spec=replace(trace.spec, decision=replace(trace.spec.decision, **changes)))


def two_layers() -> Trace:
    """The trace by hand behind a first layer that sends both tokens by the direct flow."""
    trace = replay_trace()
    scores = np.concatenate([np.asarray([[[0.75, 0.25], [0.75, 0.25]]], np.float32), trace.flow_gates])
    weights = np.concatenate([np.asarray([[[1, 0], [1, 0]]], np.float32), trace.routing.weights])
    routing = replace(trace.routing, layers=("first", "second"), scores=scores, weights=weights)
    return replace(trace, routing=routing)


def given_text(decision=None) -> Trace:
    """A text of two tokens whose probabilities are mixtures of two flows, beside a passage of three tokens."""
    texts = {"prompt": "Say", "passage": "a b c", "answer": "x y"}
    inputs = tuple(Segment(name, text, tuple(text.split())) for name, text in texts.items())
    scores = np.asarray([[[0.75, 0.25], [0.25, 0.75]]], np.float32)
    weights = np.asarray([[[1, 0], [0, 1]]], np.float32)
    spec = replay_trace().spec
    trace = Trace(
        inputs,
        Routing(2, ("router",), ("direct", "merged"), weights, scores),
        NextTokens(np.asarray([0.5, 0.25], np.float32)),
        spec,
        TextContext(1),
        MixtureOfProbabilities(np.asarray([[0.5, 0.125], [0.5, 0.25]], np.float32)),
    )
    return with_decision(trace, **decision or {})


def dense_experts() -> Trace:
    weights = np.asarray([[[0.5, 0.25, 0.25, 0], [0, 0, 0, 1]]], np.float32)
    routing = Routing(0, ("layer 0",), ("e0", "e1", "e2", "e3"), weights, weights)
    answer = Classes(("no", "yes"), np.asarray([0, 1], np.float32), np.asarray([0.25, 0.75], np.float32))
    spec = replace(replay_trace().spec, decision=Decision(top_k=4))
    return Trace((Segment("text", "a b", ("a", "b")),), routing, answer, spec)


def test_numbers_of_numpy_become_plain_ones():
    decision = Decision(
        threshold=np.float32(0.5), overrides={np.int64(3): "direct"}, ignored=np.array([2, 0]), top_k=np.int16(2)
    )
    assert json.loads(json.dumps(decision.to_dict())) == {
        "threshold": 0.5,
        "overrides": {"3": "direct"},
        "ignored": [2, 0],
        "top_k": 2,
    }
    assert decision == Decision(threshold=0.5, overrides={3: "direct"}, ignored=(2, 0), top_k=2)


@pytest.mark.parametrize("part", [{"threshold": "0.5"}, {"threshold": True}, {"top_k": 1.5}, {"temperature": "hot"}])
def test_what_is_no_number_is_refused(part):
    with pytest.raises(ValueError, match=r"must be a (whole )?number"):
        Decision.from_dict(part)


@pytest.mark.parametrize("place", [-1, (0, -1), (-1, 0), True, 0.5, "1.2.3"])
def test_a_place_is_an_index_from_0_on(place):
    with pytest.raises(ValueError, match="a place is a token's index"):
        Decision(overrides={place: "direct"})


@pytest.mark.parametrize("overrides", [5, "abc", [3], [[3, "direct", "merged"]]])
def test_overrides_are_pairs(overrides):
    with pytest.raises(ValueError, match=r"overrides must be .*pairs of a token's index"):
        Decision(overrides=overrides)


def test_unread_tokens_are_open_like_every_other_field():
    base = Decision("merged", 0.5, {}, (1,))
    assert Decision(threshold=0.2).over(base).ignored == (1,)
    assert Decision(ignored=()).over(base).ignored == ()
    assert Decision.from_dict(Decision(ignored=()).to_dict()).ignored == ()


def test_a_replay_leaves_unread_what_the_trace_left_unread():
    trace = with_decision(replay_trace(), ignored=(0,))
    assert trace.replay().ignored == (0,)
    np.testing.assert_array_equal(trace.replay().logits, replay_trace().replay(ignored=[0]).logits)
    assert trace.replay(ignored=[1, 0]).ignored == (0, 1)
    with pytest.raises(ValueError, match="token 0 of the context was not read: reading it is a rerun"):
        trace.replay(ignored=[])


def test_a_mixture_replays_its_own_unread_tokens_only():
    trace = given_text({"ignored": (2,)})
    assert trace.replay(threshold=0.1).ignored == (2,)
    for ignored in ((), (1, 2)):
        with pytest.raises(ValueError, match="rerun"):
            trace.replay(ignored=ignored)


def test_without_a_ledger_the_own_decision_has_an_outcome():
    trace = replace(given_text({"ignored": (2,)}), ledger=None)
    assert trace.replay().probs.tolist() == [0.5, 0.25]
    assert trace.replay("threshold", ignored=[2]).ignored == (2,)
    with pytest.raises(ValueError, match="rerun"):
        trace.replay(ignored=())


def test_a_decision_that_names_no_threshold_is_refused():
    trace = with_decision(replay_trace(), threshold=None)
    assert trace.replay("merged").label == "right"
    with pytest.raises(ValueError, match="needs a threshold"):
        trace.replay()


def test_flips_act_on_the_last_of_two_layers():
    trace, last = two_layers(), Decision("direct", overrides={(1, 0): "merged"})
    outcome = trace.replay(decision=last)
    np.testing.assert_array_equal(outcome.logits, replay_trace().replay("direct", overrides={0: "merged"}).logits)
    assert outcome.overrides == {0: "merged"}
    change = smallest_change(trace, Decision("direct"))
    assert change.after.decision.overrides.keys() == {(1, token) for token in change.flips}
    assert change.after.label != change.before.label


def test_a_flip_in_the_last_layer_is_held():
    overrides = {(1, 0): "merged"}
    soft = with_decision(replay_trace(), policy="soft")
    layers = two_layers()
    weights = np.concatenate([layers.flow_gates[:1], soft.routing.weights])
    trace = with_decision(replace(layers, routing=replace(layers.routing, weights=weights)), policy="soft")
    held, free = held_route(with_decision(trace, overrides=overrides))
    assert (held.tolist(), free.tolist()) == ([[0, 1], [0, 0]], [[0], [1]])


def test_other_routes_in_an_earlier_layer_are_a_rerun():
    trace = two_layers()
    assert trace.replay(threshold=0.4).logits.tolist() == replay_trace().replay(threshold=0.4).logits.tolist()
    for decision in (Decision("merged"), Decision(threshold=0.2), Decision(overrides={0: "merged"})):
        with pytest.raises(ValueError, match="rerun"):
            trace.replay(decision=decision)


def test_experts_have_no_flows():
    trace = dense_experts()
    assert trace.replay().label == View(trace).answer == "yes"
    assert trace.replay().threshold is None
    assert list(trace.to_frame()["layer 0"]) == ["e0 e1 e2", "e3"]
    assert trace.to_text().splitlines()[0] == "hand (0): yes (73.1%)"
    with pytest.raises(ValueError, match="rerun"):
        routes_taken(trace)
    with pytest.raises(ValueError, match="no flows"):
        _ = trace.replay().rho
    with pytest.raises(ValueError, match="no gates"):
        _ = trace.gates


def test_flips_of_a_text_that_is_no_sum_are_not_measured():
    assert flips(given_text(), np.ones(2)) is None


def test_a_given_text_reads_its_passage():
    assert (given_text().x, given_text().h) == ("x y", "a b c")
    assert breakpoints(given_text()).changes == []
    with pytest.raises(ValueError, match="no logits"):
        _ = given_text().logits


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"routing": replace(dense_experts().routing, segment=-1)}, "no input -1"),
        ({"context": TextContext(1)}, "no input 1"),
        ({"inputs": (Segment("text", "a b", ("a", "b"), ((0, 1),)),)}, "1 offsets do not fit 2 tokens"),
        ({"ledger": MixtureOfProbabilities(np.ones((2, 3), np.float32))}, "probs has shape"),
        ({"answer": NextTokens(np.ones(3, np.float32))}, "probs has shape"),
    ],
)
def test_parts_that_do_not_fit_are_refused(part, message):
    with pytest.raises(ValueError, match=message):
        replace(dense_experts(), **part)


@pytest.mark.parametrize("numbers", [[-1, 0], [0, 4]])
def test_experts_that_do_not_exist_are_refused(numbers):
    indices = np.asarray([[numbers, [0, 1]]], np.int16)
    routing = replace(dense_experts().routing, weights=np.ones((1, 2, 2), np.float32) / 2, indices=indices)
    with pytest.raises(ValueError, match="indices are numbered 0 to 3"):
        replace(dense_experts(), routing=routing)
