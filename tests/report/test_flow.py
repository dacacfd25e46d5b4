"""Ribbons by hand-computed numbers; what flows into a node flows out, and the ends are the logit."""

from collections import defaultdict

import numpy as np
import pytest
from factories.traces import changed

from dualroute.report.flow import MOST_CONTEXT, MOST_WORDS, Ribbon, flow_figure, flow_ribbons


def ends(ribbons: list[Ribbon]) -> tuple[float, float]:
    """(Σ for, Σ against)."""
    sums = defaultdict(float)
    for ribbon in ribbons:
        sums[ribbon.target] += ribbon.value
    return sums["for"], sums["against"]


def widen(trace, tokens: int, context: int, seed=0):
    """A trace of random numbers with more tokens than the picture shows one by one."""
    draw, f = np.random.default_rng(seed), np.float32
    gates = draw.uniform(size=(1, tokens, 1))
    return changed(
        trace,
        tokens=tuple(f"x{t}" for t in range(tokens)),
        context_tokens=tuple(f"h{s}" for s in range(context)),
        flow_gates=np.concatenate([1 - gates, gates], -1).astype(f),
        pooling=np.full(tokens, 1 / tokens, f),
        attention=np.full((tokens, context), 1 / context, f),
        direct_contributions=draw.normal(size=(tokens, 2)).astype(f),
        context_contributions=draw.normal(size=(tokens, context, 2)).astype(f),
        spec=dict(overrides={}),
    )


def test_ribbons_by_hand(trace):
    assert set(flow_ribbons(trace, trace.replay(), 0)) == {
        Ribbon("own", "t0", True, 1.0),
        Ribbon("c0", "t0", True, 0.5),
        Ribbon("c1", "t0", False, 0.25),
        Ribbon("own", "t1", True, 0.5),
        Ribbon("t0", "for", True, 1.5),
        Ribbon("t0", "against", False, 0.25),
        Ribbon("t1", "for", True, 0.5),
    }


def test_the_other_class_by_hand(trace):
    assert set(flow_ribbons(trace, trace.replay(), 1)) == {
        Ribbon("own", "t0", False, 1.0),
        Ribbon("c1", "t0", True, 2.0),
        Ribbon("own", "t1", True, 0.25),
        Ribbon("t0", "against", False, 1.0),
        Ribbon("t0", "for", True, 2.0),
        Ribbon("t1", "for", True, 0.25),
    }


@pytest.mark.parametrize("policy", ["threshold", "weighted_threshold", "soft", "direct", "merged"])
@pytest.mark.parametrize("size", [(2, 2), (3, 1), (60, 90)])
def test_for_less_against_and_bias_is_the_logit(trace, policy, size):
    wide = widen(trace, *size)
    outcome = wide.replay(policy, 0.4)
    for label in range(2):
        up, down = ends(flow_ribbons(wide, outcome, label))
        assert up - down + float(wide.bias[label]) == pytest.approx(outcome.logits[label], rel=1e-12, abs=1e-12)


def test_what_flows_into_a_token_flows_out_with_its_sign(trace):
    wide = widen(trace, 60, 90)
    balance = defaultdict(float)
    for ribbon in flow_ribbons(wide, wide.replay("merged"), 1):
        assert ribbon.value > 0
        inward = ribbon.target not in ("for", "against")
        node = ribbon.target if inward else ribbon.source
        balance[node, ribbon.positive] += ribbon.value if inward else -ribbon.value
    assert balance
    assert list(balance.values()) == pytest.approx([0] * len(balance), abs=1e-9)


def test_small_tokens_are_put_together_none_left_out(trace):
    wide = widen(trace, 60, 90)
    ribbons = flow_ribbons(wide, wide.replay("merged"), 0)
    nodes = {node for ribbon in ribbons for node in (ribbon.source, ribbon.target)}
    assert {"c+", "t+", "own", "for", "against"} <= nodes
    assert sum(node[0] == "c" for node in nodes) == MOST_CONTEXT + 1
    assert sum(node[0] == "t" for node in nodes) == MOST_WORDS + 1
    keys = [(ribbon.source, ribbon.target, ribbon.positive) for ribbon in ribbons]
    assert len(keys) == len(set(keys))
    everything = np.abs(wide.direct_contributions[:, 0]).sum() + np.abs(wide.context_contributions[:, :, 0]).sum()
    assert sum(ends(ribbons)) == pytest.approx(everything, rel=1e-5)


def test_the_pieces_of_a_word_share_a_node(trace):
    wide = widen(trace, 3, 3)
    pieces = changed(wide, tokens=("x0", "##x1", "x2"), context_tokens=("h0", "h1", "##h2"))
    ribbons = flow_ribbons(pieces, pieces.replay("merged"), 0)
    nodes = {node for ribbon in ribbons for node in (ribbon.source, ribbon.target)}
    assert nodes == {"own", "c0", "c1", "t0", "t2", "for", "against"}
    for single, joined in (({"t0", "t1"}, "t0"), ({"t2"}, "t2")):
        before = [r.value for r in flow_ribbons(wide, wide.replay("merged"), 0) if r.target in single]
        assert sum(r.value for r in ribbons if r.target == joined) == pytest.approx(sum(before))
    assert "x0x1" in flow_figure(pieces, pieces.replay("merged"), "A").data[0].node.label


def test_the_largest_tokens_keep_their_own_node(trace):
    wide = widen(trace, 60, 90)
    sizes = np.abs(wide.direct_contributions[:, 0]) + np.abs(wide.context_contributions[:, :, 0]).sum(1)
    ribbons = flow_ribbons(wide, wide.replay("merged"), 0)
    shown = {ribbon.target for ribbon in ribbons if ribbon.target[0] == "t" and ribbon.target != "t+"}
    assert shown == {f"t{t}" for t in np.argsort(-sizes)[:MOST_WORDS]}


def test_the_figure_for_a_notebook(trace):
    sankey = flow_figure(trace).data[0]
    ribbons = flow_ribbons(trace, trace.replay(), 0)
    labels = list(sankey.node.label)
    assert list(sankey.link.value) == [ribbon.value for ribbon in ribbons]
    assert labels == ["the text itself", "left", "right", "red", "&lt;b>", "for A", "against A"]
    assert [labels[i] for i in sankey.link.target[:3]] == ["red", "for A", "red"]
    assert "for B" in flow_figure(trace, label="B").data[0].node.label
    with pytest.raises(ValueError, match="not in tuple"):
        flow_figure(trace, label="C")
