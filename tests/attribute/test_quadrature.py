"""Integration by pieces, on functions whose integral is known."""

import numpy as np
import pytest
import torch

from dualroute.attribute.quadrature import CUTS, MAX_STEPS, NODES, Effort, integrate

WEIGHTS = torch.tensor([[3.0, -2.0], [0.5, 0.25]])  # (K,N) two targets, two inputs


class Steps:
    """F_k(α) = Σ_n WEIGHTS_kn S_kn(α), with S a step of the given widths at 0.42; its pieces are kept in `asked`."""

    def __init__(self, *widths: float):
        self.widths = torch.tensor(widths)[:, None]
        self.asked = []

    def rise(self, points: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid((points - 0.42) / self.widths)  # (K,P)

    def targets_at(self, points):
        return (WEIGHTS.sum(1)[:, None] * self.rise(torch.tensor(points))).T

    def scores_of(self, pieces, nodes):
        self.asked += pieces
        x, weights = (torch.tensor(part, dtype=torch.float32) for part in np.polynomial.legendre.leggauss(nodes))
        lows, highs = torch.tensor(pieces).T[..., None]
        rise = self.rise((lows + (highs - lows) * (x + 1) / 2).flatten())
        slope = (rise * (1 - rise) / self.widths).unflatten(1, (-1, nodes))  # (K,P,nodes)
        return torch.einsum("kpn,n,p,ki->pki", slope, weights / 2, (highs - lows)[:, 0], WEIGHTS)

    @property
    def exact(self) -> torch.Tensor:
        """(K,N)"""
        return WEIGHTS * (self.rise(torch.tensor([1.0])) - self.rise(torch.tensor([0.0])))


def solve(function: Steps, **effort):
    return integrate(function.scores_of, function.targets_at, Effort(**effort))


def test_a_smooth_function_needs_no_halving():
    found = solve(steps := Steps(0.2, 0.2))
    assert found.steps == NODES * (len(CUTS) - 1)
    assert found.converged.tolist() == [True, True]
    torch.testing.assert_close(found.scores, steps.exact, rtol=1e-4, atol=1e-4)


def test_panels_are_halved_at_the_step_and_nowhere_else():
    found = solve(steps := Steps(0.005, 0.2))
    halved = steps.asked[len(CUTS) - 1 :]
    assert halved
    assert all(0.3 < low < 0.6 for low, _ in halved)
    assert found.steps == NODES * len(steps.asked)
    assert found.converged.tolist() == [True, True]
    torch.testing.assert_close(found.scores, steps.exact, rtol=0.02, atol=0)


def test_halving_is_worth_more_than_as_many_steps_everywhere():
    pieces = solve(steps := Steps(0.005, 0.005))
    whole = solve(steps, n_steps=pieces.steps)
    assert (pieces.scores - steps.exact).norm() < 0.2 * (whole.scores - steps.exact).norm()


def test_the_sharper_target_alone_makes_it_go_on():
    assert solve(Steps(0.2, 0.005)).steps == solve(Steps(0.005, 0.005)).steps > solve(Steps(0.2, 0.2)).steps


def test_steps_are_limited_and_the_failure_told():
    found = solve(Steps(1e-4, 0.2), max_steps=60)
    assert 20 < found.steps <= 60
    assert found.converged.tolist() == [False, True]


@pytest.mark.parametrize(("effort", "steps"), [({"n_steps": 7}, 7), ({"max_steps": 3}, 3), ({"max_steps": 20}, 20)])
def test_steps_asked_for_are_steps_taken(effort, steps):
    found = solve(function := Steps(0.005, 0.005), **effort)
    assert found.steps == steps
    assert len(function.asked) == (4 if steps == 20 else 1)
    assert not found.converged.any()


def test_too_few_steps_for_the_cuts_are_spread_evenly():
    found = solve(function := Steps(0.005, 0.005), max_steps=NODES * 2 + 1)
    assert found.steps == NODES * 2
    assert function.asked == [(0.0, 0.5), (0.5, 1.0)]


def test_errors_that_cancel_do_not_count_as_convergence():
    class Crooked(Steps):
        def scores_of(self, pieces, nodes):
            """Too much on the second piece, as much too little on the third."""
            return super().scores_of(pieces, nodes) + torch.tensor([0.0, 0.2, -0.2, 0.0])[:, None, None]

    found = solve(crooked := Crooked(0.2, 0.2), max_steps=20)
    torch.testing.assert_close(found.scores, crooked.exact, rtol=1e-4, atol=1e-4)
    assert not found.converged.any()


def test_a_change_below_the_floor_is_not_resolved():
    class Flat(Steps):
        def targets_at(self, points):
            return 1e-6 * super().targets_at(points)

        def scores_of(self, pieces, nodes):
            return 1e-5 * super().scores_of(pieces, nodes)

    found = solve(Flat(0.005, 0.2))
    assert found.converged.all()
    assert found.steps == NODES * (len(CUTS) - 1) < MAX_STEPS


def test_where_scores_cancel_an_error_is_measured_by_the_scores():
    """+5 and −5 with a gap of 0.06 in their sum: 0.02 · ‖scores‖₂ / 2 = 0.0707 allows it, 0.02 · FLOOR would not."""

    def scores_of(pieces, nodes):
        shares = torch.tensor([high - low for low, high in pieces])[:, None, None]
        return shares * torch.tensor([[[5.06, -5.0]]])

    found = integrate(scores_of, lambda points: torch.zeros(len(points), 1), Effort())
    assert found.steps == Effort().start[1] * len(Effort().start[0])
    assert found.converged.all()


def test_the_panel_that_misses_most_is_halved_first():
    """Two steps, the second three times as high, and nodes left for one halving."""
    heights, places, width = torch.tensor([1.0, 3.0]), torch.tensor([0.42, 0.8]), 0.005
    asked = []

    def rise(points):
        return torch.sigmoid((points[..., None] - places) / width)

    def scores_of(pieces, nodes):
        asked.extend(pieces)
        x, weights = (torch.tensor(part, dtype=torch.float32) for part in np.polynomial.legendre.leggauss(nodes))
        lows, highs = torch.tensor(pieces).T[..., None]
        risen = rise(lows + (highs - lows) * (x + 1) / 2)  # (P,nodes,N)
        slope = heights * risen * (1 - risen) / width
        return (torch.einsum("pnk,n->pk", slope, weights / 2) * (highs - lows))[:, None]

    found = integrate(scores_of, lambda points: (rise(torch.tensor(points)) @ heights)[:, None], Effort(max_steps=30))
    assert asked[len(CUTS) - 1 :] == [(0.55, pytest.approx(0.775)), (pytest.approx(0.775), 1.0)]
    assert not found.converged.any()
