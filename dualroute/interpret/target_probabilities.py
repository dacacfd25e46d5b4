"""The probability that belongs to a target, as a function of what the model gives: what words are erased to lower."""

import torch
from torch.nn.functional import logsigmoid

from dualroute.interpret.held_route import held_route
from dualroute.interpret.target import Target
from dualroute.interpret.target_values import Value
from dualroute.interpret.trace import Trace
from dualroute.outputs import DualRouteOutput
from dualroute.policies import parts


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
        longest = trace.spec.max_answer_length
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
        kappa, rho = parts(held + free * output.gates)
        mixed = kappa[..., None] * output.direct_contributions + rho[..., None] * output.read_contributions
        return output.bias + (mixed if trace.readout == "span" else mixed.sum(1))

    return logits


def _of_answer(logits: torch.Tensor, span: tuple[int, int], longest: int) -> torch.Tensor:
    """(B,) of logits (B,T,2): the softmax over all spans that are allowed, at one of them."""
    summed = logits[:, :, None, 0] + logits[:, None, :, 1]  # (B,T,T)
    allowed = torch.ones_like(summed[0], dtype=torch.bool)
    allowed = allowed.triu() & allowed.tril(longest - 1)
    return (summed[:, span[0], span[1]] - _all(summed[:, allowed])).exp()


def _all(logits: torch.Tensor) -> torch.Tensor:
    return logits.logsumexp(-1)
