"""Replay by hand-computed numbers: two tokens, two context tokens, two classes."""

import numpy as np
import pytest
from factories.by_hand import replay_trace

from dualroute.trace.decision import Decision


def test_single_fields_replace_those_of_a_decision():
    trace = replay_trace()
    outcome = trace.replay("direct", overrides={0: "merged"}, decision=Decision("soft", 0.2))
    assert (outcome.policy, outcome.threshold, outcome.overrides) == ("direct", 0.2, {0: "merged"})


@pytest.mark.parametrize("changes", [{"temperature": 2.0}, {"top_k": 1}])
def test_what_a_sum_does_not_say_is_a_rerun(changes):
    with pytest.raises(ValueError, match=f"another {next(iter(changes))} is a rerun"):
        replay_trace().replay(decision=Decision("soft", **changes))


@pytest.mark.parametrize(
    ("policy", "theta", "overrides", "logits"),
    [
        ("direct", 0.5, {}, [1, 2.5]),
        ("merged", 0.5, {}, [4, 5.5]),
        ("threshold", 0.5, {}, [4, 2.5]),
        ("threshold", 0.2, {}, [4, 5.5]),
        ("threshold", 0.95, {}, [1, 2.5]),
        ("soft", 0.5, {}, [1 + 0.9 * 3, 2.5 + 0.3 * 3]),
        ("weighted_threshold", 0.5, {}, [1 + 0.9 * 3, 2.5]),
        ("threshold", 0.5, {0: "direct"}, [1, 2.5]),
        ("direct", 0.5, {1: "merged"}, [1, 5.5]),
    ],
)
def test_logits_by_hand(policy, theta, overrides, logits):
    np.testing.assert_allclose(replay_trace().replay(policy, theta, overrides).logits, logits, rtol=1e-6)


def test_shares_flows_and_label():
    outcome = replay_trace().replay("threshold", 0.5)
    assert outcome.shares == {"direct": 0.5, "merged": 0.5}
    assert outcome.flows_taken == ("merged", "direct")
    assert (outcome.label, outcome.label_index) == ("left", 0)
    assert replay_trace(gates=(0.99, 0.3)).replay("soft").flows_taken == ("mixed", "mixed")
    assert outcome.probs.sum() == pytest.approx(1)


def test_a_tie_says_so():
    assert replay_trace(bias=(1.5, 0.0)).replay("direct").tie is False
    assert replay_trace(bias=(1.0, 0.0)).replay("direct").tie is True
    large = replay_trace(bias=(1000.004, 999.0))  # 0.004 apart at 1001, which float32 sums do not settle
    assert large.replay("direct").tie is True


def test_a_gate_at_the_threshold_stays_closed():
    assert replay_trace(gates=(0.5, 0.25)).replay("threshold", 0.5).shares["merged"] == 0
