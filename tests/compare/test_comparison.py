"""Two views side by side, by numbers that were worked out by hand."""

import numpy as np
import pytest
from factories.by_hand import replay_trace as make_trace
from factories.traces import changed, make_spans, make_written

from dualroute.compare.alignment import align
from dualroute.compare.sentences import edits, listed
from dualroute.compare.views import Comparison, View
from dualroute.trace.decision import Decision


def test_single_fields_of_a_view_replace_those_of_its_decision():
    view = View(make_trace(), "direct", decision=Decision("soft", 0.2))
    assert (view.outcome.policy, view.outcome.threshold) == ("direct", 0.2)


def compared(a, b) -> str:
    return Comparison(a, b).sentence


def named(trace, **spec):
    return changed(trace, spec=dict(**spec))


def test_two_thresholds_by_hand():
    """At 0.2 both tokens are merged: logits [4, 5.5]; at 0.5 the first alone: [4, 2.5]."""
    trace = make_trace()
    pair = Comparison(View(trace, threshold=0.2), View(trace, threshold=0.5))
    low, high = np.exp([4, 5.5]), np.exp([4, 2.5])
    expected = {"left": (low[0] / low.sum(), high[0] / high.sum()), "right": (low[1] / low.sum(), high[1] / high.sum())}
    for name, values in expected.items():
        np.testing.assert_allclose(pair.answers[name], values, rtol=1e-6)
    assert [(c.a, c.b) for c in pair.rerouted] == [(1, 1)]
    assert pair.sentence == "θ 0.200 → 0.500: ‘b’ no longer reads; the answer turns from right (82%) to left (82%)."


def test_the_frame_by_hand():
    """Contributions are to A's answer, right: [0, 2 + 3] in A, [0, 2] in B."""
    trace = make_trace()
    frame = Comparison(View(trace, threshold=0.2), View(trace, threshold=0.5)).to_frame()
    np.testing.assert_allclose(frame["contribution_a"], [0, 5], atol=1e-6)
    np.testing.assert_allclose(frame["contribution_b"], [0, 2], atol=1e-6)
    np.testing.assert_allclose(frame["contribution_change"], [0, -3], atol=1e-6)
    np.testing.assert_allclose(frame["gate_change"], 0)
    assert frame["flow_a"].tolist() == ["merged", "merged"]
    assert frame["flow_b"].tolist() == ["merged", "direct"]
    assert frame["rerouted"].tolist() == [False, True]
    assert set(frame["change"]) == {"same"}


def test_contributions_and_bias_are_the_logits():
    trace = make_trace()
    for view in (View(trace, "soft"), View(trace, "merged", ignored=(1,)), View(trace, overrides={1: "merged"})):
        for answer in (0, 1):
            summed = trace.bias[answer] + view.contributions(answer)["contribution"].sum()
            assert summed == pytest.approx(view.outcome.logits[answer])


def test_edited_texts_are_aligned():
    a, b = make_trace(), make_trace()
    b = changed(b, tokens=("new", "b"), x="new b", direct_contributions=2 * b.direct_contributions)
    frame = Comparison(View(a), View(b)).to_frame()
    assert frame["change"].tolist() == ["swapped", "same"]
    b = changed(b, tokens=("b", "c"))
    frame = Comparison(View(a), View(b)).to_frame()
    assert frame["change"].tolist() == ["deleted", "same", "inserted"]
    assert frame["token_a"].tolist() == ["a", "b", ""]
    assert np.isnan(frame["contribution_change"]).tolist() == [True, False, True]


def test_alignment_keeps_everything_in_order():
    draw = np.random.default_rng(0)
    for _ in range(50):
        a, b = (draw.choice(list("abcd"), draw.integers(0, 9)).tolist() for _ in range(2))
        columns = align(a, b)
        assert [c.a for c in columns if c.a is not None] == list(range(len(a)))
        assert [c.b for c in columns if c.b is not None] == list(range(len(b)))
        for c in columns:
            assert (c.change == "same") == (c.a is not None and c.b is not None and a[c.a] == b[c.b])


def test_what_changed_in_words():
    trace = make_trace()
    other = named(changed(trace, x="a c", tokens=("a", "c")), checkpoint="other")
    same = "‘b’ → ‘c’ in the text: no token changes its route; left 82%, as before."
    assert compared(View(trace), View(trace)) == "A and B are the same."
    assert compared(View(trace), View(other)) == f"hand → other, {same}"
    assert compared(View(trace), View(named(other, checkpoint="hand"))) == same
    assert compared(View(trace), View(trace, "soft")).startswith(
        "Threshold θ 0.500 → Proportional: ‘b’ now reads; ‘a’ reads less;"
    )
    flipped = View(trace, overrides={1: "merged"})
    assert compared(View(trace), flipped).startswith("‘b’ flipped to merged: ‘b’ now reads; the answer")
    assert compared(flipped, View(trace)).startswith("‘b’ no longer flipped: ‘b’ no longer reads;")
    unread = View(trace, ignored=(0,))
    assert compared(View(trace), unread) == (
        "‘c’ of the context left unread: no token changes its route; left 82% → 62%."
    )
    assert compared(unread, View(trace)).startswith("‘c’ of the context read again:")


def test_other_labels_are_not_compared_as_one_scale():
    trace = make_trace()
    other = named(changed(trace, labels=("up", "down")), checkpoint="other")
    pair = Comparison(View(trace), View(other))
    assert pair.sentence == "hand → other: no token changes its route; A says left (82%), B says up (82%)."
    assert np.isnan(pair.answers["left"][1])
    assert np.isnan(pair.answers["up"][0])


def test_spans_compare_by_their_words():
    trace = make_spans(seed=2)
    pair = Comparison(View(trace, "direct"), View(trace, "merged"))
    assert set(pair.answers) == {pair.a.answer, pair.b.answer}
    frame = pair.to_frame()
    np.testing.assert_allclose(frame["start_contribution_b"] + trace.bias[0], pair.b.outcome.logits[:, 0], rtol=1e-6)
    assert f"“{pair.b.answer}”" in pair.sentence


def test_written_texts_belong_to_their_route():
    trace = make_written()
    pair = Comparison(View(trace), View(trace, "direct"))
    assert pair.sentence.endswith("“small upturn ends” becomes “small rise”.")
    assert "contribution_a" not in pair.to_frame()
    with pytest.raises(ValueError, match="no text was written"):
        View(trace, threshold=0.01, overrides={0: "direct", 1: "merged"})


def test_the_small_words():
    assert listed(["a", "##b", "c"]) == "‘a’, ‘·b’ and ‘c’"
    assert listed(list("abcde")) == "‘a’, ‘b’ and 3 others"
    assert edits("oil is up", "gold is up", "title") == ["‘oil’ → ‘gold’ in the title"]
    assert edits("oil is up", "oil up now", "title") == ["‘is’ deleted in the title", "‘now’ added in the title"]
    assert edits("", "oil", "title") == ["title given"]
    assert edits("oil", "", "title") == ["title left out"]
    assert edits("a b c d e f g", "x b y d z f w", "title") == ["another title"]


def test_words_that_are_frequent_in_a_long_text_are_aligned_too():
    words = ["the", "a"] * 150
    columns = align(words, ["new", *words])
    assert [column.change for column in columns] == ["inserted"] + ["same"] * 300
