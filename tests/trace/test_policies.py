"""Policies by hand-computed numbers, for numpy and for torch."""

import numpy as np
import pytest
import torch

from dualroute.trace.policies import FLOWS, POLICIES, flow_weights, kappa_rho

TWO = np.array([[0.8, 0.2], [0.5, 0.5], [0.1, 0.9]])
THREE = np.array([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.1, 0.2, 0.7], [0.4, 0.4, 0.2]])


def rho(policy, gates, theta=0.5):
    return kappa_rho(flow_weights(policy, gates, theta))[1].tolist()


def kappa(policy, gates, theta=0.5):
    return kappa_rho(flow_weights(policy, gates, theta))[0].tolist()


def test_two_flows_by_hand():
    assert rho("soft", TWO) == [0.2, 0.5, 0.9]
    assert rho("threshold", TWO, 0.5) == [0, 0, 1]  # g > θ: a gate at θ stays closed
    assert rho("threshold", TWO, 0.19) == [1, 1, 1]
    assert rho("weighted_threshold", TWO, 0.3) == [0, 0.5, 0.9]
    assert rho("select", TWO) == [0, 0, 1]
    assert rho("direct", TWO) == [0, 0, 0]
    assert rho("merged", TWO) == [1, 1, 1]


@pytest.mark.parametrize("policy", ["soft", "threshold", "weighted_threshold", "select", "direct", "merged"])
def test_two_flows_always_keep_the_direct_part(policy):
    np.testing.assert_allclose(kappa(policy, TWO, 0.3), 1)


def test_three_flows_by_hand():
    np.testing.assert_allclose(kappa("soft", THREE), [0.7, 0.5, 0.8, 0.6])
    np.testing.assert_allclose(rho("soft", THREE), [0.4, 0.8, 0.9, 0.6])
    assert flow_weights("threshold", THREE, 0.5).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]
    assert flow_weights("select", THREE).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]
    assert (kappa("context", THREE), rho("context", THREE)) == ([0] * 4, [1] * 4)
    np.testing.assert_allclose(flow_weights("weighted_threshold", THREE, 0.7)[1:3], [[0.2, 0.5, 0.3], [0.1, 0.2, 0.7]])
    assert flow_weights("weighted_threshold", THREE, 0.7)[0].tolist() == [1, 0, 0]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("gates", [TWO, THREE], ids=["two", "three"])
def test_torch_and_numpy_agree_and_weights_sum_to_one(policy, gates):
    if policy == "context" and gates.shape[-1] == 2:
        with pytest.raises(ValueError, match="three-flow"):
            flow_weights(policy, gates)
        return
    before = gates.copy()
    weights = flow_weights(policy, gates, 0.45)
    np.testing.assert_array_equal(weights, flow_weights(policy, torch.from_numpy(gates), 0.45).numpy())
    np.testing.assert_allclose(weights.sum(-1), 1)
    np.testing.assert_array_equal(gates, before)


def test_soft_lets_gradients_through():
    gates = torch.tensor(TWO, requires_grad=True)
    kappa_rho(flow_weights("soft", gates))[1].sum().backward()
    assert gates.grad[:, 1].tolist() == [1, 1, 1]


def test_bad_arguments():
    with pytest.raises(ValueError, match="unknown policy 'maybe'"):
        flow_weights("maybe", TWO)
    for theta in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=r"\[0, 1\]"):
            flow_weights("threshold", TWO, theta)


def test_flows_stand_in_the_order_of_their_cost():
    assert FLOWS == ("direct", "context", "merged")


def test_of_two_reading_flows_that_are_equal_the_merged_one_is_taken():
    """As `frontend/src/core/policies.ts` does; what f(x) says is then not thrown away."""
    assert flow_weights("threshold", np.array([[0.2, 0.4, 0.4]]), 0.5).tolist() == [[0, 0, 1]]
