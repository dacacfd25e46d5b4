"""Interventions: the smallest change against brute force, controls by hand, and what each selection takes."""

from itertools import combinations, product

import numpy as np
import pytest
from factories.by_hand import replay_trace as by_hand
from factories.traces import changed, make_spans, make_trace

from dualroute.compare.interventions import (
    draw_flips,
    every,
    first,
    force,
    last,
    of_class,
    of_words,
    random_flips,
    random_unread,
    smallest_change,
    span,
    word_classes,
)
from dualroute.compare.selection import function_words, words
from dualroute.trace.decision import Decision


def decided(trace):
    """With scores that lie further apart, so that one flip is seldom enough."""
    return changed(trace, direct_contributions=3 * trace.direct_contributions)


THREE = ("direct", "context", "merged")
SMALL = {
    "two flows": lambda seed: make_trace(tokens=6, context=2, seed=seed),
    "three flows": lambda seed: make_trace(tokens=4, context=2, flows=THREE, seed=seed),
    "spans": lambda seed: decided(make_spans(tokens=6, context=2, seed=seed)),
    "spans, three flows": lambda seed: make_spans(tokens=4, context=2, flows=THREE, seed=seed),
}


def fewest_by_trying(trace, policy, overrides) -> int | None:
    """The size of the smallest set of flips with another answer, by trying all sets."""
    before = trace.replay(policy, 0.5, overrides)
    for size in range(1, len(trace.tokens) + 1):
        for tokens in combinations(range(len(trace.tokens)), size):
            for flows in product(trace.flows, repeat=size):
                after = trace.replay(policy, 0.5, overrides | dict(zip(tokens, flows, strict=True)))
                if (after.label_index, after.span) != (before.label_index, before.span):
                    return size
    return None


@pytest.mark.parametrize("made", SMALL.values(), ids=SMALL)
def test_the_smallest_change_is_the_smallest(made):
    sizes = set()
    for seed in range(6):
        trace = made(seed)
        for policy, overrides in (("threshold", {}), ("soft", {0: "merged"})):
            found = smallest_change(trace, Decision(policy, 0.5, overrides))
            expected = fewest_by_trying(trace, policy, overrides)
            assert (len(found.flips) if found else None) == expected
            sizes.add(expected)
            if found:
                assert (found.before.label_index, found.before.span) != (found.after.label_index, found.after.span)
                assert found.after.overrides == overrides | found.flips
                assert not found.after.tie
    assert len(sizes) > 1  # not always the same


def test_an_answer_of_a_long_span_needs_at_most_four_flips():
    sizes = set()
    for seed in range(10):
        made = make_spans(tokens=60, longest=8, seed=seed)
        far = changed(made, direct_contributions=6 * made.direct_contributions)  # one flip is seldom enough
        found = smallest_change(far)
        sizes.add(len(found.flips) if found else None)
    assert {None, 1, 3} <= sizes <= {None, 1, 2, 3, 4}


def test_the_smallest_change_by_hand():
    """Merged: logits [4, 5.5]. The second token's direct flow takes 3 off the right, the first takes 3 off the left."""
    found = smallest_change(by_hand(), Decision("merged"))
    assert (found.flips, found.after.label) == ({1: "direct"}, "left")
    np.testing.assert_allclose(found.after.logits, [4, 2.5], rtol=1e-6)


def test_a_change_that_rounding_could_undo_is_none():
    """With the second token direct the right has 2 + its bias against 4: the lead has to be clear."""
    assert smallest_change(by_hand(bias=(0.0, 1.999)), Decision("merged")).flips == {1: "direct"}
    assert smallest_change(by_hand(bias=(0.0, 2 - 2e-5)), Decision("merged")) is None


def test_of_sets_of_one_size_the_one_that_leads_most_is_taken():
    """Direct: [2, 0, 0]; the first token reads 3 for the second class, the second token 4 for the third."""
    made, f = by_hand(), np.float32
    read = np.array([[[0, 3, 0], [0, 0, 0]], [[0, 0, 4], [0, 0, 0]]], f)
    scores = {"direct_contributions": np.array([[2, 0, 0], [0, 0, 0]], f), "context_contributions": read}
    empty = {"bias": np.zeros(3, f), "logits": np.zeros(3, f), "probs": np.full(3, 1 / 3, f)}
    found = smallest_change(changed(made, labels=("a", "b", "c"), **scores, **empty), Decision("direct"))
    assert (found.flips, found.after.label) == ({1: "merged"}, "c")


def test_no_flips_are_enough_where_nothing_is_read():
    trace = make_trace(context=0)
    assert smallest_change(trace) is None


def test_context_tokens_left_unread_by_hand():
    """The first context token gives the left 1 and the right 4."""
    trace = by_hand()
    outcome = trace.replay("merged", ignored=[0])
    np.testing.assert_allclose(outcome.logits, [3, 1.5], rtol=1e-6)
    assert (outcome.label, outcome.ignored) == ("left", (0,))
    everything = trace.replay("merged", ignored=[1, 0, 1])
    np.testing.assert_allclose(everything.logits, trace.replay("direct").logits, rtol=1e-12)
    assert smallest_change(trace, Decision("merged", ignored=(0, 1))) is None


@pytest.mark.parametrize(
    ("ignored", "message"),
    [
        ([2], "token 2 of the context cannot be left unread: the context's are numbered 0 to 1"),
        ([-1], "each of ignored must be a whole number from 0 on, not -1"),
        (["0"], "each of ignored must be a whole number from 0 on, not '0'"),
        ([0.0], "each of ignored must be a whole number from 0 on, not 0.0"),
        ([0, True], "each of ignored must be a whole number from 0 on, not True"),
        (np.array([True, False]), r"not a mask: use np.flatnonzero\(mask\)"),
        (0, r"ignored must be a list of whole numbers from 0 on, not 0: write \[0\]"),
        ("01", "ignored must be a list of whole numbers from 0 on, not '01'"),
        (b"01", "ignored must be a list"),
        ({0: True}, "ignored must be a list"),
        (np.array([[0, 1]]), "each of ignored must be a whole number from 0 on, not an array of shape"),
    ],
)
def test_what_is_no_index_of_the_context_is_refused(ignored, message):
    with pytest.raises(ValueError, match=message):
        by_hand().replay(ignored=ignored)


def test_without_a_context_nothing_can_be_left_unread():
    with pytest.raises(ValueError, match="no context"):
        make_trace(context=0).replay(ignored=[0])


def test_random_flips_by_hand():
    """Direct: [1, 2.5]; merging the first token gives [4, 2.5], the second [1, 5.5]: two equally likely draws."""
    trace = by_hand()

    def right(logits):
        return np.exp(logits[1]) / np.exp(logits).sum()

    first_one, second = (right(np.asarray(z)) - right(np.asarray([1, 2.5])) for z in ([4, 2.5], [1, 5.5]))
    controls = random_flips(trace, {0: "merged"}, Decision("direct"), draws=400)
    assert controls.effect == pytest.approx(first_one, rel=1e-6)
    assert sorted(set(controls.draws.round(9))) == pytest.approx(sorted([first_one, second]), abs=1e-6)
    assert 0.4 < controls.share < 0.6
    assert (controls.size, controls.choices) == (1, 2)
    assert controls.low == pytest.approx(first_one, rel=1e-6)
    assert controls.mean == pytest.approx(np.mean(controls.draws))


def test_draws_that_move_the_answer_the_other_way_do_not_count():
    """Merging the first token moves the answer further than the second, but down."""
    controls = random_flips(by_hand(), {1: "merged"}, Decision("direct"), draws=400)
    assert controls.effect > 0 > controls.draws.min()
    assert abs(controls.draws.min()) > controls.effect
    assert controls.share == np.mean(controls.draws > 0) < 1


def test_a_token_is_drawn_for_one_flow_alone():
    pools = {"direct": {0, 1}, "merged": {0, 1}}
    drawn = [draw_flips(np.random.default_rng(seed), {"direct": 1, "merged": 1}, pools) for seed in range(20)]
    assert all(sorted(flips) == [0, 1] for flips in drawn)


def test_random_flips_change_as_many_routes_as_the_intervention():
    trace = make_trace(tokens=12, seed=3)
    reading = [t for t, flow in enumerate(trace.replay().flows_taken) if flow == "merged"]
    controls = random_flips(trace, dict.fromkeys(range(12), "direct"), draws=5)
    assert (controls.size, controls.choices) == (len(reading), len(reading))
    np.testing.assert_allclose(controls.draws, controls.effect)  # all that read: there is no other set
    assert controls.share == 1


def test_random_context_tokens_left_unread():
    trace = make_trace(tokens=5, context=6, seed=2)
    controls = random_unread(trace, [0, 1], Decision("merged"), draws=50)
    assert (controls.size, controls.choices, len(controls.draws)) == (2, 6, 50)
    expected = trace.replay("merged", ignored=[0, 1]).probs[trace.replay("merged").label_index]
    assert controls.effect == pytest.approx(expected - trace.replay("merged").probability)


def test_context_that_is_unread_already_is_not_drawn():
    trace = make_trace(tokens=5, context=4, seed=2)
    controls = random_unread(trace, [0, 3], Decision("merged", ignored=(2, 3)), draws=20)
    assert (controls.size, controls.choices) == (1, 2)  # 3 was unread before; 0 and 1 can be drawn
    effects = {
        trace.replay("merged", ignored=[2, 3, token]).probs[trace.replay("merged").label_index] for token in (0, 1)
    }
    before = trace.replay("merged", ignored=[2, 3])
    assert set((controls.draws + before.probability).round(9)) == {round(float(value), 9) for value in effects}


@pytest.mark.parametrize("flips", [{}, {0: "merged"}])
def test_without_an_effect_there_is_nothing_to_compare(flips):
    with pytest.raises(ValueError, match="no flip changes"):
        random_flips(by_hand(), flips, Decision("merged"))


def test_selections():
    trace = make_trace(tokens=7)
    assert span(trace, 2, 4) == (2, 3, 4)
    assert (first(trace, 2), last(trace, 2), every(trace, 3)) == ((0, 1), (5, 6), (0, 3, 6))
    assert first(trace, 99) == last(trace, 99) == tuple(range(7))
    assert force(trace, (1, 2), "direct", {0: "merged", 1: "merged"}) == {0: "merged", 1: "direct", 2: "direct"}


def test_selections_refuse_what_is_not_there():
    trace = make_trace(tokens=3)
    for call in (
        lambda: span(trace, 1, 3),
        lambda: span(trace, 2, 1),
        lambda: first(trace, 0),
        lambda: every(trace, True),
        lambda: of_class(trace, "verbs"),
        lambda: force(trace, [3], "direct"),
        lambda: force(trace, [0], "sideways"),
    ):
        with pytest.raises(ValueError, match=r"[a-z]{3,} [a-z]"):
            call()


def test_word_classes_of_a_title():
    text = "The Fed cut rates by 0.5 %, unwillingly"
    tokens = ("the", "fed", "cut", "rates", "by", "0", ".", "5", "%", ",", "un", "##willing", "##ly")
    offsets = ((0, 3), (4, 7), (8, 11), (12, 17), (18, 20), (21, 22), (22, 23), (23, 24), (25, 26), (26, 27))
    made = make_trace(tokens=13)
    trace = changed(made, x=text, tokens=tokens, offsets=(*offsets, (28, 30), (30, 37), (37, 39)))
    assert words(trace)[-1] == range(10, 13)
    assert word_classes(trace) == {
        "function words": (0, 4),
        "content words": (1, 2, 3, 10, 11, 12),
        "numbers": (5, 7),
        "punctuation": (6, 8, 9),
        "capitalised": (0, 1),
    }
    assert of_words(trace, "UNWILLINGLY", "fed") == (1, 10, 11, 12)
    assert word_classes(changed(trace, offsets=()))["capitalised"] == ()


def test_the_list_of_function_words_is_scikit_learns():
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    assert function_words() == ENGLISH_STOP_WORDS


def test_unread_tokens_may_come_from_a_generator():
    trace = make_trace()
    listed, drawn = (random_unread(trace, tokens, Decision("merged"), draws=5) for tokens in ([0, 2], iter([0, 2])))
    assert (drawn.effect, drawn.draws.tolist()) == (listed.effect, listed.draws.tolist())
