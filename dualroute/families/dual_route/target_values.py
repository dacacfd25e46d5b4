"""Targets, and their probabilities, as functions of the model's output.

Attributions differentiate and evaluate the targets; measures of erased words use both.
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
    """Return each target of `trace` as a function of the model's output; `own` is the encoded x of the trace."""
    return tuple(
        log_probability(model, own, trace, target) if target.steps else target_value(trace, target)
        for target in targets
    )


def target_value(trace: Trace, target: Target) -> TargetValue:
    """Return a function from outputs of the model to a gate, or to a sum of scores under `held_route`, (B,)."""
    if target.is_gate:
        return lambda output: _gate(output.gates[..., 1:].sum(-1), target.tokens)
    held, free = map(torch.from_numpy, held_route(trace))

    def score(output: DualRouteOutput) -> torch.Tensor:
        kappa, rho = kappa_rho(held + free * output.gates)  # (B,T) each
        if target.effect:
            kappa = kappa - 1  # the direct flow has κ = 1, ρ = 0 and the same bias
        terms = [term.weight * _term(output, term, kappa, rho, not target.effect) for term in target.terms]
        return sum(terms[1:], terms[0])

    return score


def _term(output: DualRouteOutput, term: Term, kappa: torch.Tensor, rho: torch.Tensor, with_bias: bool) -> torch.Tensor:
    """(B,) κ D + ρ Σ_s K, summed over all tokens or of the term's token alone, plus the bias if `with_bias`."""
    parts = output.parts
    direct, read = parts.direct[..., term.output], parts.read[..., term.output]
    mixed = kappa * direct + rho * read  # (B,T)
    summed = mixed.sum(1) if term.token is None else mixed[:, term.token]
    return parts.bias[term.output] + summed if with_bias else summed


def _gate(reading: torch.Tensor, tokens: tuple[int, int] | None) -> torch.Tensor:
    return reading.mean(1) if tokens is None else reading[:, tokens[0] : tokens[1] + 1].mean(1)


def target_probability(trace: Trace, target: Target, value: TargetValue) -> TargetValue | None:
    """Return the probability of a target, (B,) in [0, 1]; None for an effect, which is a difference of scores.

    For a class its probability among the classes; for an answer, among all allowed answers; for a token that starts or
    ends an answer, among the tokens; for a margin, that of its first class among its two; for steps of a text the
    geometric mean; for a gate the gate itself. The route is that of the target.
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
    if isinstance(trace.answer, Span) and target.span is not None:
        span, longest = target.span, trace.answer.longest
        return lambda output: _answer_probability(logits(output), span, longest)
    (term,) = target.terms
    if term.token is not None:
        return lambda output: (
            logits(output)[:, term.token, term.output].sub(_logsumexp(logits(output)[..., term.output])).exp()
        )
    return lambda output: logits(output).softmax(-1)[:, term.output]


def _routed_logits(trace: Trace) -> TargetValue:
    """A function from outputs of the model to logits (B,C), for a span (B,T,2), under `held_route`."""
    held, free = map(torch.from_numpy, held_route(trace))

    def logits(output: DualRouteOutput) -> torch.Tensor:
        kappa, rho = kappa_rho(held + free * output.gates)
        mixed = output.parts.mixed(kappa, rho)
        return output.parts.bias + (mixed if isinstance(trace.answer, Span) else mixed.sum(1))

    return logits


def _answer_probability(logits: torch.Tensor, span: tuple[int, int], longest: int) -> torch.Tensor:
    """(B,) the softmax of logits (B,T,2) over all spans of at most `longest` tokens, at `span`."""
    summed = logits[:, :, None, 0] + logits[:, None, :, 1]  # (B,T,T)
    allowed = torch.ones_like(summed[0], dtype=torch.bool)
    allowed = allowed.triu() & allowed.tril(longest - 1)
    return (summed[:, span[0], span[1]] - _logsumexp(summed[:, allowed])).exp()


def _logsumexp(logits: torch.Tensor) -> torch.Tensor:
    return logits.logsumexp(-1)
