"""Writing: the same text as teacher-forced choices, whatever the caches; streamed, stopped, compared."""

from itertools import pairwise

import numpy as np
import pytest
from factories.language_models import KINDS, PASSAGE, PROMPT, every_gate, language_model, trained_gate

from dualroute.families.context_lm.gates import Entropy
from dualroute.families.context_lm.tracing import candidates_of
from dualroute.progress import Cancelled, progress_reported_to
from dualroute.trace.decision import Decision

LENGTH = 14


def middle(lm):
    """A decision by which some tokens of the written text read and others do not."""
    gates = sorted(token.gate for token in lm.write(PROMPT, PASSAGE, Decision("soft"), max_tokens=LENGTH))
    between = [(low + high) / 2 for low, high in pairwise(gates)]  # a gate that equals θ would be decided by rounding
    for theta in sorted(between, key=lambda theta: abs(theta - np.median(gates))):
        decision = Decision("threshold", float(theta))  # which writes another text than the one above
        if len({token.flow for token in lm.write(PROMPT, PASSAGE, decision, max_tokens=LENGTH)}) == 2:
            return decision
    raise AssertionError("no θ lets some tokens read and others not")


POLICIES = ["threshold", "soft", "weighted_threshold", "merged", "direct"]


@pytest.mark.parametrize(
    ("kind", "chat", "policy"),
    [("llama", chat, policy) for chat in (False, True) for policy in POLICIES]
    + [(kind, True, "threshold") for kind in KINDS],
)
def test_a_greedy_text_is_what_the_teacher_forced_trace_chooses(kind, chat, policy):
    lm = language_model(kind, chat=chat)
    decision = Decision(policy).over(middle(lm))
    writing = lm.write(PROMPT, PASSAGE, decision, max_tokens=LENGTH).run()
    trace = lm.trace_written(PROMPT, PASSAGE, writing.ids, decision)
    found = candidates_of(trace)
    assert found.ids[found.chosen(trace.replay().flow_weights)].tolist() == writing.ids
    np.testing.assert_allclose(trace.replay().rho, [token.rho for token in writing.tokens], atol=1e-4)
    np.testing.assert_allclose(trace.probs, [token.probability for token in writing.tokens], rtol=1e-3)
    if policy not in ("direct", "merged"):
        np.testing.assert_allclose(trace.gates, [token.gate for token in writing.tokens], atol=1e-4)


BY_KIND = [(kind, Entropy(), None) for kind in KINDS if kind != "llama"]
BY_GATE = [("llama", gate, seed) for gate in every_gate() for seed in (None, 3)]


@pytest.mark.parametrize(("kind", "gate", "seed"), BY_KIND + BY_GATE)
def test_lazy_caches_write_the_same_text_as_caches_that_are_always_on(kind, gate, seed):
    lm = language_model(kind, gate)
    decision = middle(lm)
    lazy, always = (lm.write(PROMPT, PASSAGE, decision, seed, max_tokens=LENGTH, lazy=on).run() for on in (True, False))
    assert lazy.ids == always.ids
    assert [token.flow for token in lazy.tokens] == [token.flow for token in always.tokens]
    if seed is None:
        assert {token.flow for token in lazy.tokens} == {"direct", "merged"}
    assert always.costs.total == always.costs.both_flows == lazy.costs.both_flows
    if gate.full:
        assert lazy.costs.total == lazy.costs.both_flows


def test_the_passage_is_encoded_when_the_first_token_reads():
    lm = language_model(gate=Entropy())
    late = lm.write(PROMPT, PASSAGE, Decision("direct", overrides={5: "merged", 8: "merged"}), max_tokens=10)
    merged = len(late.request.merged)
    tokens = [(next(late).flow, late.costs.merged) for _ in range(10)]
    assert tokens[:5] == [("direct", 0)] * 5
    assert tokens[5:8] == [("merged", merged + 5), ("direct", merged + 5), ("direct", merged + 5)]
    assert tokens[8:] == [("merged", merged + 8), ("direct", merged + 8)]
    assert late.costs.forwards == 2 + 8  # the direct flow waits too while a token reads alone


def test_costs_are_counted_against_merged_alone_and_both_flows():
    lm = language_model(gate=Entropy())
    texts = {
        name: lm.write(PROMPT, PASSAGE, decision, max_tokens=6).run()
        for name, decision in (
            ("direct", Decision("direct")),
            ("merged", Decision("merged")),
            ("closed", Decision("threshold", 1.0)),
        )
    }
    direct, merged = len(texts["direct"].request.direct), len(texts["direct"].request.merged)
    assert texts["merged"].costs.total == texts["merged"].costs.merged_alone == merged + 5
    assert texts["direct"].costs.total == texts["closed"].costs.total == direct + 5
    assert texts["closed"].costs.both_flows == direct + merged + 10


def test_the_same_seed_draws_the_same_text_and_another_another():
    lm = language_model()
    texts = [lm.write(PROMPT, PASSAGE, Decision("soft"), seed, max_tokens=LENGTH).run().ids for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    cold = lm.write(PROMPT, PASSAGE, Decision("merged", temperature=1e-3), 1, max_tokens=LENGTH).run().ids
    assert cold == lm.write(PROMPT, PASSAGE, Decision("merged"), max_tokens=LENGTH).run().ids
    narrow = lm.write(PROMPT, PASSAGE, Decision("soft"), 1, top_p=1e-6, max_tokens=LENGTH).run().ids
    assert narrow == lm.write(PROMPT, PASSAGE, Decision("soft"), max_tokens=LENGTH).run().ids


@pytest.mark.parametrize("gate", [Entropy(), trained_gate("recurrent")], ids=["entropy", "recurrent"])
@pytest.mark.parametrize("seed", [None, 5])
def test_the_first_change_is_where_a_text_under_another_decision_departs(gate, seed):
    lm = language_model(gate=gate)
    old = lm.write(PROMPT, PASSAGE, middle(lm), seed, max_tokens=LENGTH).run()
    for decision in (
        Decision("merged"),
        Decision("direct"),
        Decision(threshold=1.0),
        Decision(overrides={3: "direct"}),
    ):
        complete = decision.over(old.request.decision)
        new = lm.write(PROMPT, PASSAGE, complete, seed, max_tokens=LENGTH).run()
        place = lm.first_change(old, decision)
        assert place == next(
            (at for at, pair in enumerate(zip(old.ids, new.ids, strict=False)) if len(set(pair)) > 1), None
        )
        if place is not None:
            went_on = lm.write(PROMPT, PASSAGE, complete, seed, max_tokens=LENGTH, begin=old.ids[:place]).run()
            assert went_on.ids == new.ids
            assert went_on.tokens[0].position == place
    assert lm.first_change(old, Decision()) is None


def test_two_texts_at_once_do_not_mix():
    lm = language_model()
    alone = [lm.write(prompt, PASSAGE, max_tokens=8).run().ids for prompt in (PROMPT, "rain in the city")]
    both = [lm.write(prompt, PASSAGE, max_tokens=8) for prompt in (PROMPT, "rain in the city")]
    for _ in range(8):
        for writing in both:
            next(writing)
    assert [writing.ids for writing in both] == alone


def test_it_says_why_it_stopped():
    lm = language_model()
    cut = lm.write(PROMPT, PASSAGE, max_tokens=3).run()
    assert (cut.stop_reason, len(cut.ids)) == ("length", 3)
    assert cut.stop_words == "The text was cut at the limit of 3 tokens."
    stopped = lm.write(PROMPT, PASSAGE)
    assert stopped.stop_words == ""
    next(stopped)
    stopped.stop()
    assert list(stopped) == []
    assert (stopped.stop_reason, len(stopped.ids)) == ("stopped", 1)
    ended = lm.write(PROMPT, PASSAGE, begin=[20, lm.end])
    assert list(ended) == []
    assert ended.stop_words == "The model ended the text."
    full = lm.write(PROMPT, PASSAGE, max_tokens=10_000)
    long = full.run()
    if long.stop_reason != "end":
        assert long.stop_reason == "context"
        assert len(full.request.merged) + len(long.ids) == lm.positions + 1
        assert "160 tokens" in long.stop_words


def test_the_end_of_the_text_is_written_with_its_route():
    lm = language_model()
    ends = lm.write(PROMPT, PASSAGE, Decision("soft"), max_tokens=4).run().ids[2]
    lm.ends = (ends,)
    writing = lm.write(PROMPT, PASSAGE, Decision("soft"), max_tokens=10).run()
    assert writing.stop_reason == "end"
    assert writing.tokens[-1].id == ends
    assert writing.tokens[-1].flow == "mixed"


def test_a_listener_can_cancel_between_two_tokens():
    def cancel(rows):
        raise Cancelled

    writing = language_model().write(PROMPT, PASSAGE)
    next(writing)
    with progress_reported_to(cancel), pytest.raises(Cancelled):
        next(writing)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seed": -1}, "seed must be"),
        ({"top_p": 0}, "top_p must be above 0"),
        ({"top_p": 2}, "top_p must be a number from 0 to 1"),
        ({"max_tokens": 0}, "max_tokens must be"),
        ({"begin": [3] * 200}, "too long"),
        ({"decision": Decision("poem")}, "unknown policy 'poem'"),
        ({"decision": Decision(overrides={0: "context"})}, "this model has direct, merged"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(options, words):
    with pytest.raises(ValueError, match=words):
        language_model().write(PROMPT, PASSAGE, **options).run()


def test_the_text_of_the_stream_is_that_of_the_tokens():
    lm = language_model()
    begin = [*lm.tokenizer("rain 🎉", add_special_tokens=False)["input_ids"][:-2]]
    writing = lm.write(PROMPT, PASSAGE, Decision("soft"), 4, max_tokens=40, begin=begin)
    streamed = "".join(token.text for token in writing)
    assert writing.text.startswith("rain ")
    assert ("rain " + streamed).rstrip("\ufffd") == writing.text.rstrip("\ufffd")
