"""Targets, and the probabilities that belong to them, as functions of the model's output.

Attributions differentiate and evaluate the targets; erasing words is measured on both.
"""

from collections.abc import Sequence

import torch
from torch.nn.functional import logsigmoid

from dualroute.families.attribution_function import TargetValue
from dualroute.families.dual_route.encoding import EncodedText
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.families.dual_route.tracing import log_probability
from dualroute.trace.answers import Span
from dualroute.trace.policies import kappa_rho
from dualroute.trace.record import Trace
from dualroute.trace.replay import held_route
from dualroute.trace.targets import Target, Term


def target_values(
    model: DualRouteModel, own: EncodedText, trace: Trace, targets: Sequence[Target]
) -> tuple[TargetValue, ...]:
    """Each target of `trace` as a function of the model's output; `own` is the trace's x, encoded."""
    return tuple(
        log_probability(model, own, trace, target) if target.steps else target_value(trace, target)
        for target in targets
    )


def target_value(trace: Trace, target: Target) -> TargetValue:
    """(B,) a gate, or a sum of scores by the route of `held_route`."""
    if target.is_gate:
        return lambda output: _gate(output.gates[..., 1:].sum(-1), target.tokens)
    held, free = map(torch.from_numpy, held_route(trace))

    def score(output: DualRouteOutput) -> torch.Tensor:
        kappa, rho = kappa_rho(held + free * output.gates)  # (B,T) each
        if target.effect:
            kappa = kappa - 1  # the direct flow's κ is 1 and its ρ 0, and both have the same bias
        return sum(term.weight * _term(output, term, kappa, rho, not target.effect) for term in target.terms)

    return score


def _term(output: DualRouteOutput, term: Term, kappa: torch.Tensor, rho: torch.Tensor, with_bias: bool) -> torch.Tensor:
    """(B,) κ D + ρ Σ_s K, summed over all tokens or of the one the term names, plus the bias `with_bias`."""
    direct, read = output.direct_contributions[..., term.output], output.read_contributions[..., term.output]
    mixed = kappa * direct + rho * read  # (B,T)
    summed = mixed.sum(1) if term.token is None else mixed[:, term.token]
    return output.bias[term.output] + summed if with_bias else summed


def _gate(reading: torch.Tensor, tokens: tuple[int, int] | None) -> torch.Tensor:
    return reading.mean(1) if tokens is None else reading[:, tokens[0] : tokens[1] + 1].mean(1)


def target_probability(trace: Trace, target: Target, value: TargetValue) -> TargetValue | None:
    """The probability that belongs to a target, (B,) in [0, 1]; None for an effect, which is a difference of scores.

    That of a class among the classes; of an answer among all allowed answers; of a token, to start or to end an answer,
    among the tokens; of the first of the two that a margin compares; for the steps of a text the geometric mean; for a
    gate the gate itself. The route is the target's own.
    """
    if target.effect:
        return None
    if target.is_gate:
        return value
    if target.steps:
        return lambda output: (value(output) / len(target.steps)).exp()
    if any(term.weight < 0 for term in target.terms):
        return lambda output: logsigmoid(value(output)).exp()
    logits = _routed_logits(trace)
    if target.span:
        longest = trace.answer.longest
        return lambda output: _answer_probability(logits(output), target.span, longest)
    (term,) = target.terms
    if term.token is not None:
        return lambda output: (
            logits(output)[:, term.token, term.output].sub(_logsumexp(logits(output)[..., term.output])).exp()
        )
    return lambda output: logits(output).softmax(-1)[:, term.output]


def _routed_logits(trace: Trace) -> TargetValue:
    """The logits (B,C), for a span (B,T,2), by the route of `held_route`."""
    held, free = map(torch.from_numpy, held_route(trace))

    def logits(output: DualRouteOutput) -> torch.Tensor:
        kappa, rho = kappa_rho(held + free * output.gates)
        mixed = kappa[..., None] * output.direct_contributions + rho[..., None] * output.read_contributions
        return output.bias + (mixed if isinstance(trace.answer, Span) else mixed.sum(1))

    return logits


def _answer_probability(logits: torch.Tensor, span: tuple[int, int], longest: int) -> torch.Tensor:
    """(B,) the softmax of logits (B,T,2) over all spans of at most `longest` tokens, at `span`."""
    summed = logits[:, :, None, 0] + logits[:, None, :, 1]  # (B,T,T)
    allowed = torch.ones_like(summed[0], dtype=torch.bool)
    allowed = allowed.triu() & allowed.tril(longest - 1)
    return (summed[:, span[0], span[1]] - _logsumexp(summed[:, allowed])).exp()


def _logsumexp(logits: torch.Tensor) -> torch.Tensor:
    return logits.logsumexp(-1)
