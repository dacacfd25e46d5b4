"""Targets as functions of what the model gives: what attributions differentiate and evaluate."""

from collections.abc import Callable, Sequence

import torch

from dualroute.interpret.encoding import EncodedText
from dualroute.interpret.held_route import held_route
from dualroute.interpret.target import Target, Term
from dualroute.interpret.trace import Trace
from dualroute.interpret.writing import log_probability
from dualroute.model.dual_route import DualRouteModel
from dualroute.outputs import DualRouteOutput
from dualroute.policies import parts

Value = Callable[[DualRouteOutput], torch.Tensor]  # a target of every row, (B,)


def target_values(
    model: DualRouteModel, own: EncodedText, trace: Trace, targets: Sequence[Target]
) -> tuple[Value, ...]:
    """Each target of `trace` as a function of the model's output; `own` is the trace's x, encoded."""
    return tuple(
        log_probability(model, own, trace, target) if target.steps else target_value(trace, target)
        for target in targets
    )


def target_value(trace: Trace, target: Target) -> Value:
    """A gate, or a sum of scores; a score takes the route of `held_route`."""
    if target.is_gate:
        return lambda output: _gate(output.gates[..., 1:].sum(-1), target.tokens)
    held, free = map(torch.from_numpy, held_route(trace))

    def score(output: DualRouteOutput) -> torch.Tensor:
        kappa, rho = parts(held + free * output.gates)  # (B,T) each
        if target.effect:
            kappa = kappa - 1  # the direct flow's κ is 1 and its ρ 0, and both have the same bias
        return sum(term.weight * _term(output, term, kappa, rho, not target.effect) for term in target.terms)

    return score


def _term(output: DualRouteOutput, term: Term, kappa, rho, biased: bool) -> torch.Tensor:
    """(B,) the bias, if asked for, and κ D + ρ Σ_s K of all tokens or of the one the term names."""
    direct, read = output.direct_contributions[..., term.output], output.read_contributions[..., term.output]
    mixed = kappa * direct + rho * read  # (B,T)
    summed = mixed.sum(1) if term.token is None else mixed[:, term.token]
    return output.bias[term.output] + summed if biased else summed


def _gate(reading: torch.Tensor, tokens: tuple[int, int] | None) -> torch.Tensor:
    return reading.mean(1) if tokens is None else reading[:, tokens[0] : tokens[1] + 1].mean(1)
