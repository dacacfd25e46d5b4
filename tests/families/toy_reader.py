"""A toy family with a ledger of probabilities: an answer is routed beside a prompt and a passage. Random weights."""

from collections.abc import Sequence
from copy import copy

import numpy as np
import torch
from torch import nn

from dualroute.families.attribution_function import AttributionFunction, Counts
from dualroute.families.base import RoutingModel
from dualroute.progress import report_forward
from dualroute.trace.answers import NextTokens, Segment
from dualroute.trace.context import TextContext
from dualroute.trace.decision import Decision, route_indices
from dualroute.trace.ledger import MixtureOfProbabilities
from dualroute.trace.policies import flow_weights
from dualroute.trace.record import Trace
from dualroute.trace.routing import Routing, TraceSpec
from dualroute.trace.targets import Target

WIDTH, WORDS, FLOWS = 8, 64, ("direct", "merged")


class Network(nn.Module):
    """The next word from the mean of the words before it, with or without the passage among them."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.hidden, self.out, self.gate = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WORDS), nn.Linear(2 * WIDTH, 1)

    def forward(self, prompt, passage, answer, ids):
        """Probabilities (B,T,2) of the answer's words on both routes, and gates (B,T), of embeddings (B,·,D)."""
        states = []
        for before in (prompt, torch.cat([prompt, passage], dim=1)):
            rows = [torch.cat([before, answer[:, :step]], dim=1).mean(1) for step in range(answer.shape[1])]
            states.append(torch.tanh(self.hidden(torch.stack(rows, dim=1))))  # (B,T,D)
        probs = torch.stack([self.out(one).softmax(-1)[:, range(len(ids)), ids] for one in states], dim=-1)
        return probs, torch.sigmoid(4 * self.gate(torch.cat(states, dim=-1)))[..., 0]


class Reader(RoutingModel):
    """The toy family (b)."""

    family = "toy_reader"

    def __init__(self, checkpoint: str = "reader"):
        torch.manual_seed(5)
        self.network, self.checkpoint, self.revision = Network().eval().requires_grad_(False), checkpoint, "b" * 12

    @classmethod
    def load(cls, folder, name):
        return cls(name)

    def trace(self, prompt: str, passage: str, answer: str, decision: Decision | None = None) -> Trace:
        decision = (decision or Decision()).over(Decision("threshold", 0.5, {}))
        inputs = tuple(map(_segment, ("prompt", "passage", "answer"), (prompt, passage, answer)))
        if not inputs[2].tokens:
            raise ValueError("the answer is empty: there is no token to route")
        embeds = [self.network.words(_ids(part.tokens))[None] for part in inputs]
        probs, gates = self.network(*embeds, _ids(inputs[2].tokens))
        scores = torch.stack([1 - gates[0], gates[0]], dim=-1)[None].numpy()
        weights = flow_weights(decision.policy, scores.astype(np.float64), decision.threshold)
        for place, route in route_indices(decision.overrides, 1, scores.shape[1], FLOWS).items():
            weights[place] = np.eye(2)[route]
        ledger = MixtureOfProbabilities(probs[0].numpy())
        routed = (weights[-1] * ledger.probs).sum(-1).astype(np.float32)
        spec = TraceSpec(self.checkpoint, self.revision, "toy", "none", "linear", "token", decision, self.family)
        routing = Routing(2, ("router",), FLOWS, weights.astype(np.float32), scores)
        return Trace(inputs, routing, NextTokens(routed), spec, TextContext(1), ledger)

    def rerun(self, trace: Trace, decision: Decision) -> Trace:
        return self.trace(*(part.text for part in trace.inputs), decision=decision.over(trace.spec.decision))

    def row_inputs(self, row):
        return row.x, row.h, row.label

    def attribution_function(self, trace: Trace, targets: Sequence[Target], baseline="pad", baseline_texts=None):
        return Presence(self, trace, targets)

    @property
    def limits(self):
        return ("Leaving single words of the passage unread is a rerun of the model.",)


class Presence(AttributionFunction):
    """The answer's words and the passage's words between nothing and what they are; the prompt stays."""

    def __init__(self, model: Reader, trace: Trace, targets: Sequence[Target]):
        self.model, self.trace, self.counts = model, trace, Counts()
        self.prompt, self.passage, self.answer = (model.network.words(_ids(part.tokens)) for part in trace.inputs)
        self.ids = _ids(trace.tokens)
        self.values = tuple(map(self._value, targets))

    @property
    def widths(self):
        return len(self.trace.tokens), len(self.trace.context_tokens)

    @property
    def lengths(self):
        return self.widths

    def output(self, *presence: torch.Tensor):
        answer, passage = presence
        report_forward(len(answer))
        self.counts.forward += len(answer)
        prompt = self.prompt.expand(len(answer), -1, -1)
        return self.model.network(prompt, passage[..., None] * self.passage, answer[..., None] * self.answer, self.ids)

    def with_values(self, values):
        other = copy(self)
        other.values = values
        return other

    def _value(self, target: Target):
        weights = torch.from_numpy(self.trace.routing.weights[-1])
        if target.steps:
            return lambda output: (output[0] * weights).sum(-1).log()[:, list(target.steps)].sum(1)
        return lambda output: output[1].mean(1)


def _segment(name: str, text: str) -> Segment:
    return Segment(name, text, tuple(text.split()))


def _ids(tokens: Sequence[str]) -> torch.Tensor:
    return torch.tensor([sum(map(ord, token)) % WORDS for token in tokens], dtype=torch.long)
