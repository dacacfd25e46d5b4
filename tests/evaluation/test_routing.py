"""Accuracy, share and controls on a data set small enough to count by hand."""

import numpy as np
import pytest

from dualroute.evaluation.routing import (
    STATIC,
    RoutingEvaluation,
    choose_threshold,
    constant,
    even,
    leading,
    random_decision,
)
from dualroute.rows.corpus import Corpus


@pytest.fixture
def corpus() -> Corpus:
    """Four rows, two classes. Row 0 is right either way, 1 only merged, 2 only direct, 3 has no context and is wrong.

    Row 1 needs its first token alone to be merged.
    """
    gate = np.array([0.1, 0.3, 0.9, 0.2, 0.4, 0.95])
    return Corpus(
        gates=np.stack([1 - gate, gate], axis=-1),
        direct=np.array([[1, 0], [1, 0], [1, 0], [0, 0], [1, 0], [1, 0]], float),
        read=np.array([[0, 0], [0, 0], [0, 3], [0, 0], [0, 6], [0, 0]], float),
        starts=np.array([0, 2, 4, 5]),
        bias=np.zeros(2),
        labels=np.array([0, 1, 0, 1]),
        has_context=np.array([True, True, True, False]),
    )


def closed(corpus: Corpus) -> Corpus:
    """The same with all gates shut at 0."""
    return Corpus(**vars(corpus) | {"gates": np.tile([1.0, 0.0], (6, 1))})


def test_the_flows_and_the_soft_gates(corpus):
    summary = RoutingEvaluation(corpus).summary([])
    assert summary["direct"]["accuracy"] == 0.5
    assert summary["merged"]["accuracy"] == 0.5
    assert summary["soft"]["accuracy"] == 0.5
    assert summary["soft"]["share"] == pytest.approx((0.1 + 0.3 + 0.9 + 0.2 + 0.4) / 5)


def test_thresholds(corpus):
    entries = {entry["theta"]: entry for entry in RoutingEvaluation(corpus).summary([0.5, 0.3, 0.5])["thresholds"]}
    assert list(entries) == [0.3, 0.5]
    assert (entries[0.5]["accuracy"], entries[0.5]["share"]) == (0.75, 0.2)
    assert (entries[0.3]["accuracy"], entries[0.3]["share"]) == (0.5, 0.4)
    assert entries[0.5]["minus_merged"]["difference"] == 0.25


def test_the_oracle_merges_row_1_alone(corpus):
    oracle = RoutingEvaluation(corpus).oracle()
    assert (oracle["accuracy"], oracle["share"]) == (0.75, 0.4)


def test_random_gates_of_one_token_in_five(corpus):
    """Merging token 2 gives 3 of 4 rows, token 4 gives 1, any other 2: the mean is 1/2."""
    entry = RoutingEvaluation(corpus, draws=2000).at_threshold(0.5)
    assert entry["random"]["accuracy"] == pytest.approx(0.5, abs=0.02)
    assert entry["minus_random"]["difference"] == pytest.approx(0.75 - entry["random"]["accuracy"])


def test_random_gates_keep_the_share_and_stay_where_there_is_something_to_read(corpus):
    decision = corpus.decision("threshold", 0.5)
    seen = set()
    for seed in range(40):
        kappa, rho = random_decision(corpus, *decision, np.random.default_rng(seed))
        assert corpus.mean_reading(rho) == corpus.mean_reading(decision[1])
        assert rho[5] == decision[1][5]
        assert (kappa == 1).all()
        seen.add(int(rho[:5].argmax()))
    assert seen == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("draws", [1, 20])
def test_random_and_static_gates_are_a_flow_alone_at_the_ends(corpus, draws):
    comparison = RoutingEvaluation(corpus, draws)
    nothing, everything = comparison.at_threshold(1.0), comparison.at_threshold(0.0)
    for entry, flow, share in ((nothing, comparison.direct, 0.0), (everything, comparison.merged, 1.0)):
        assert entry["share"] == share
        for control in (entry["random"], *entry["static"].values()):
            assert control["accuracy"] == flow.mean()
        assert entry["minus_random"] == {"difference": 0.0, "ci": [0.0, 0.0]}


def test_static_gates(corpus):
    assert (constant(corpus, 0.2) == 0.2).all()
    assert leading(corpus, 0.6).tolist() == [1, 0, 1, 0, 1, 0]
    assert leading(corpus, 0.8).sum() == 4
    assert even(corpus, 0.4).tolist() == [0, 1, 0, 1, 0, 0]
    assert RoutingEvaluation(corpus).at_threshold(0.5)["static"]["constant"]["accuracy"] == 0.25


@pytest.mark.parametrize("name", STATIC)
@pytest.mark.parametrize("share", [0.0, 0.2, 0.4, 1.0])
def test_static_gates_have_the_share_and_do_not_look_at_the_gates(corpus, name, share):
    assert corpus.mean_reading(STATIC[name](corpus, share)) == pytest.approx(share)
    assert (STATIC[name](corpus, share) == STATIC[name](closed(corpus), share)).all()


def test_the_numbers_of_a_threshold_do_not_depend_on_the_others(corpus):
    few, many = RoutingEvaluation(corpus).summary([0.3]), RoutingEvaluation(corpus).summary([0.1, 0.3, 0.5])
    assert few["thresholds"][0] == many["thresholds"][1]


def test_no_draws_are_an_error(corpus):
    with pytest.raises(ValueError, match="at least one draw"):
        RoutingEvaluation(corpus, draws=0)


def test_the_chosen_threshold_is_accurate_and_affordable(corpus):
    chosen = choose_threshold(corpus)
    assert chosen["theta"] == pytest.approx(0.65, abs=0.011)  # the middle of 0.4 to 0.9, which decide alike
    assert (chosen["accuracy"], chosen["share"]) == (0.75, 0.2)


def test_a_dearer_threshold_is_not_chosen_even_if_it_is_better(corpus):
    chosen = choose_threshold(corpus, largest_share=0.1)
    assert chosen["theta"] >= 0.9
    assert (chosen["accuracy"], chosen["share"]) == (0.5, 0.0)


def test_of_equally_accurate_thresholds_the_one_that_merges_less(corpus):
    easy = Corpus(**vars(corpus) | {"read": np.zeros((6, 2))})
    assert choose_threshold(easy)["share"] == 0


def test_where_no_threshold_is_affordable_the_cheapest_is_taken(corpus):
    open_gates = Corpus(**vars(corpus) | {"gates": np.tile([0.0, 1.0], (6, 1))})
    assert choose_threshold(open_gates)["share"] == 1


def test_the_cheapest_is_taken_even_where_a_dearer_one_is_better(corpus):
    """The one token that always reads turns its row's answer wrong; up to θ = 0.5 another sets its own right."""
    gate = np.array([0.0, 0.0, 0.5, 0.0, 1.0, 0.0])
    one_open = Corpus(**vars(corpus) | {"gates": np.stack([1 - gate, gate], axis=-1)})
    chosen = choose_threshold(one_open, largest_share=0.1)
    assert (chosen["accuracy"], chosen["share"]) == (0.25, 0.2)
    assert choose_threshold(one_open, largest_share=0.4)["accuracy"] == 0.5


def test_any_policy_by_its_name(corpus):
    """Above 0.5 only token 2 reads, with the weight of its gate."""
    entry = RoutingEvaluation(corpus).under("weighted_threshold", 0.5)
    assert (entry["accuracy"], entry["share"]) == (0.75, pytest.approx(0.9 / 5))
    assert not {"select", "context"} & set(RoutingEvaluation(corpus).summary([]))


def test_three_flows_have_context_alone_and_the_likeliest_flow(corpus):
    """Context alone is right in row 1, and in row 0 where nothing speaks; row 2 by the flow that its gates prefer."""
    of = {"direct": [1, 0, 0], "context": [0, 1, 0], "merged": [0, 0, 1]}
    chosen = ("direct", "direct", "context", "merged", "direct", "direct")
    three = Corpus(**vars(corpus) | {"gates": np.array([of[flow] for flow in chosen], float)})
    summary = RoutingEvaluation(three).summary([0.5])
    assert (summary["context"]["accuracy"], summary["context"]["share"]) == (0.5, 1.0)
    assert (summary["select"]["accuracy"], summary["select"]["share"]) == (0.75, 0.4)
    assert summary["thresholds"][0]["share"] == 0.4


def test_the_gain_over_the_best_static_gate(corpus):
    """Of the static gates at one token in five, `even` and `leading` are right in two rows of four, `constant` in 1."""
    entry = RoutingEvaluation(corpus).at_threshold(0.5)
    best = max(entry["static"].values(), key=lambda control: control["accuracy"])
    gain = entry["minus_static"]
    assert entry["static"][gain["static"]]["accuracy"] == best["accuracy"]
    assert gain["difference"] == pytest.approx(0.75 - best["accuracy"])
    assert gain["ci"][0] <= gain["difference"] <= gain["ci"][1]


def test_random_gates_of_a_router_with_one_gate_per_row_are_dealt_by_row(corpus):
    """The rows with a context have 2, 2 and 1 tokens; one decision in three goes round among them."""
    gate = np.array([0.1, 0.1, 0.9, 0.9, 0.2, 0.95])
    whole = Corpus(**vars(corpus) | {"gates": np.stack([1 - gate, gate], axis=-1), "granularity": "sequence"})
    decision = whole.decision("threshold", 0.5)
    seen = set()
    for seed in range(40):
        kappa, rho = random_decision(whole, *decision, np.random.default_rng(seed))
        assert (rho[0], rho[2]) == (rho[1], rho[3])
        assert rho[[0, 2, 4]].sum() == 1
        assert rho[5] == decision[1][5]
        assert (kappa == 1).all()
        seen.add(int(rho[[0, 2, 4]].argmax()))
    assert seen == {0, 1, 2}
    assert whole.subset(np.array([True, False, True, True])).granularity == "sequence"
