"""Targets of a trace as functions of how present each token of the answer, and of passage or prompt, is.

A token at presence p has the embedding b + p (e − b), between that of the baseline and its own. The frame around prompt
and passage, and the input that is not varied, stay as they are.
"""

from collections.abc import Sequence
from copy import copy
from typing import NamedTuple

import torch

from dualroute.families.attribution_function import BATCH_TOKENS, AttributionFunction, Counts, TargetValue
from dualroute.families.context_lm.flows import FlowOutput, kept_positions, run, with_heard
from dualroute.families.context_lm.gates import Gate
from dualroute.families.context_lm.layout import Before
from dualroute.families.context_lm.tracing import candidates_of
from dualroute.trace.record import Trace
from dualroute.trace.replay import held_route
from dualroute.trace.targets import Target
from dualroute.values import known

BASELINES = ("pad", "zero", "mean")
MOST_LOGITS = 2**25  # numbers of one batch: 128 MB


class Output(NamedTuple):
    """Log-probabilities (B,T) of the answer's tokens on both flows, and gates (B,T)."""

    direct: torch.Tensor
    merged: torch.Tensor
    gates: torch.Tensor


def make_presence(
    model, tokenizer, gate: Gate, trace: Trace, before: tuple[Before, Before], targets: Sequence[Target], baseline: str
) -> "Presence":
    """Return the targets of `trace` as functions of presences; `before` are the tokens before the answer in each flow.

    Raises ValueError for an unknown baseline, and a target that is no log-probability, effect or gate.
    """
    return Presence(model, gate, trace, before, _baseline(model, tokenizer, baseline), targets)


class Presence(AttributionFunction):
    """The answer's tokens and those of the context between the baseline and what they are."""

    def __init__(self, model, gate: Gate, trace: Trace, before, baseline: torch.Tensor, targets: Sequence[Target]):
        self.model, self.gate, self.trace, self.baseline = model, gate, trace, baseline
        self.counts = Counts()
        self.ids = torch.tensor(candidates_of(trace).given.tolist())
        embed = model.get_input_embeddings()
        segment = 1 if trace.context is None else trace.context.segment
        self._varied = [(flow.prompt, flow.passage)[segment] for flow in before]  # one place for each flow, or None
        self._tokens = before
        self._before = [embed(torch.tensor([flow.ids], device=model.device)).detach() for flow in before]
        self._answer = embed(self.ids[None, :-1].to(model.device)).detach()
        self.values = tuple(self._value(target) for target in targets)

    @property
    def widths(self) -> tuple[int, ...]:
        """Tokens of the answer, and of the context."""
        return len(self.trace.tokens), len(self.trace.context_tokens)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Tokens that a row sends through the direct and the merged flow."""
        return tuple(part.shape[1] + self._answer.shape[1] for part in self._before)

    @property
    def rows(self) -> int:
        """Rows of a batch, limited by the tokens of both flows and by the logits over the vocabulary."""
        kept = max(kept_positions(flow, len(self.ids), self.gate.hears) for flow in self._tokens)
        logits = kept * self.model.get_output_embeddings().weight.shape[0]
        return max(1, min(BATCH_TOKENS // sum(self.lengths), MOST_LOGITS // logits))

    def output(self, *presence: torch.Tensor) -> Output:
        """Return both flows and the gates at presences (B,T) of the answer and (B,S) of the context."""
        answer, context = presence
        written = self._between(self._answer, answer[:, :-1])
        flows = [self._flow(place, written, context) for place in (0, 1)]
        self.counts.forward += len(answer)
        temperature = self.trace.spec.decision.temperature or 1.0
        logs = [(flow.logits / temperature).log_softmax(-1) for flow in flows]
        ids = self.ids.expand(len(answer), -1)[..., None]
        gates, _ = self.gate(*flows)
        direct, merged = (part.gather(-1, ids)[..., 0] for part in logs)
        return Output(direct, merged, gates)

    def with_values(self, values: tuple[TargetValue, ...]) -> "Presence":
        """Return the same function for other targets."""
        other = copy(self)
        other.values = values
        return other

    def _flow(self, place: int, written: torch.Tensor, context: torch.Tensor) -> FlowOutput:
        """The output of one flow for embeddings (B,T−1,D) of the answer and presences (B,S) of the context."""
        before, varied = self._before[place].expand(len(written), -1, -1), self._varied[place]
        if varied is not None:
            start, end = varied
            parts = before[:, :start], self._between(before[:, start:end], context), before[:, end:]
            before = torch.cat(parts, dim=1)
        steps, tokens = self.ids.tolist(), self._tokens[place]
        keep = kept_positions(tokens, len(steps), self.gate.hears)
        output = run(self.model, keep, inputs_embeds=torch.cat([before, written], dim=1), use_cache=False)[0]
        return with_heard(output, tokens, steps) if self.gate.hears else output

    def _between(self, embeddings: torch.Tensor, presence: torch.Tensor) -> torch.Tensor:
        return self.baseline + presence.to(embeddings)[..., None] * (embeddings - self.baseline)

    def _value(self, target: Target) -> TargetValue:
        if target.terms:
            raise ValueError("a text has no scores of classes: the targets are prediction, effect and gate")
        if not target.steps:
            first, last = target.tokens or (0, len(self.ids) - 1)
            return lambda output: output.gates[:, first : last + 1].mean(1)
        steps, (held, free) = list(target.steps), map(torch.from_numpy, held_route(self.trace))

        def log_probability(output: Output) -> torch.Tensor:
            gates = torch.stack([1 - output.gates, output.gates], dim=-1)
            logs = (held + free * gates).clamp(min=torch.finfo(gates.dtype).tiny).log()
            routed = torch.logaddexp(output.direct + logs[..., 0], output.merged + logs[..., 1])
            return (routed - output.direct if target.effect else routed)[:, steps].sum(1)

        return log_probability


def _baseline(model, tokenizer, name: str) -> torch.Tensor:
    """The embedding (D,) of an absent token."""
    embed = model.get_input_embeddings()
    if known(name, BASELINES, "baseline") == "mean":
        return embed.weight.mean(0).detach()
    absent = absent_id(tokenizer, len(embed.weight))
    vector = embed(torch.tensor([absent], device=model.device))[0].detach()
    return torch.zeros_like(vector) if name == "zero" else vector


def absent_id(tokenizer, words: int) -> int:
    """Return the token that stands for an absent one: padding, or else the end of the text, or the first word.

    words  how many words the model has embeddings of; some tokenizers have more
    """
    known_ids = (tokenizer.pad_token_id, tokenizer.eos_token_id, 0)
    return next(one for one in known_ids if one is not None and one < words)
