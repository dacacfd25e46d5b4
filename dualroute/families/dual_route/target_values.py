"""Targets as functions of what the model gives: what attributions differentiate and evaluate.

The probability that belongs to a target, as a function of what the model gives: what words are erased to lower.
"""

from collections.abc import Callable, Sequence

import torch
from torch.nn.functional import logsigmoid

from dualroute.families.dual_route.encoding import EncodedText
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.families.dual_route.tracing import log_probability
from dualroute.trace.answers import Span
from dualroute.trace.policies import kappa_rho
from dualroute.trace.record import Trace
from dualroute.trace.replay import held_route
from dualroute.trace.targets import Target, Term

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
        kappa, rho = kappa_rho(held + free * output.gates)  # (B,T) each
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


def target_probability(trace: Trace, target: Target, value: Value) -> Value | None:
    """(B,) in [0, 1], by the route the target itself takes; None for an effect, which is a difference of scores.

    Of a class among the classes; of an answer among all allowed ones; of a token to start or to end one among the
    tokens; of the first of two that a margin compares; of steps of a text the geometric mean; a gate as it is.
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
        return lambda output: _of_answer(logits(output), target.span, longest)
    (term,) = target.terms
    if term.token is not None:
        return lambda output: (
            logits(output)[:, term.token, term.output].sub(_all(logits(output)[..., term.output])).exp()
        )
    return lambda output: logits(output).softmax(-1)[:, term.output]


def _routed_logits(trace: Trace) -> Value:
    """(B,C), or for a span (B,T,2), by the route of `held_route`."""
    held, free = map(torch.from_numpy, held_route(trace))

    def logits(output: DualRouteOutput) -> torch.Tensor:
        kappa, rho = kappa_rho(held + free * output.gates)
        mixed = kappa[..., None] * output.direct_contributions + rho[..., None] * output.read_contributions
        return output.bias + (mixed if isinstance(trace.answer, Span) else mixed.sum(1))

    return logits


def _of_answer(logits: torch.Tensor, span: tuple[int, int], longest: int) -> torch.Tensor:
    """(B,) of logits (B,T,2): the softmax over all spans that are allowed, at one of them."""
    summed = logits[:, :, None, 0] + logits[:, None, :, 1]  # (B,T,T)
    allowed = torch.ones_like(summed[0], dtype=torch.bool)
    allowed = allowed.triu() & allowed.tril(longest - 1)
    return (summed[:, span[0], span[1]] - _all(summed[:, allowed])).exp()


def _all(logits: torch.Tensor) -> torch.Tensor:
    return logits.logsumexp(-1)
