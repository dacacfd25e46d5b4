"""A toy family without a ledger: two layers of four experts, the best two of each used. Random weights."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from dualroute.families.attribution_function import AttributionFunction, Counts
from dualroute.families.base import RoutingModel
from dualroute.progress import report_forward
from dualroute.trace.answers import Classes, Segment
from dualroute.trace.decision import Ban, Decision, Drop, Override, Route, Swap
from dualroute.trace.record import Trace
from dualroute.trace.routing import Routing, TraceSpec
from dualroute.trace.targets import Target

WIDTH, LAYERS, EXPERTS, TOP_K, LABELS = 8, 2, 4, 2, ("low", "middle", "high")
NAMES = tuple(f"expert {number}" for number in range(EXPERTS))


class Network(nn.Module):
    """Words to classes: each layer adds the weighted outputs of two experts, the readout takes the mean."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(64, WIDTH)
        self.routers = nn.ModuleList(nn.Linear(WIDTH, EXPERTS) for _ in range(LAYERS))
        self.experts = nn.ModuleList(
            nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(EXPERTS)) for _ in range(LAYERS)
        )
        self.readout = nn.Linear(WIDTH, len(LABELS))

    def forward(self, embeds: torch.Tensor, rules: dict[tuple[int, int], Override], held: Routing | None = None):
        """Logits (B,C), probabilities (L,B,T,E), and indices and weights (L,B,T,K) of embeddings (B,T,D).

        held  experts and weights that are used whatever the routers say
        """
        states, kept = embeds, []
        for layer, (router, experts) in enumerate(zip(self.routers, self.experts, strict=True)):
            probs = router(states).softmax(-1)
            chosen = probs.topk(TOP_K)
            indices, weights = chosen.indices, chosen.values / chosen.values.sum(-1, keepdim=True)
            for (of_layer, token), rule in rules.items():
                if of_layer == layer:
                    indices, weights = _overridden(rule, token, probs, indices, weights)
            if held is not None:
                indices = torch.from_numpy(held.indices[layer].astype(np.int64)).expand_as(indices)
                weights = torch.from_numpy(held.weights[layer]).expand_as(weights)
            outputs = torch.stack([torch.tanh(expert(states)) for expert in experts], dim=-2)  # (B,T,E,D)
            used = torch.gather(outputs, -2, indices[..., None].expand(*indices.shape, WIDTH))
            states = states + (weights[..., None] * used).sum(-2)
            kept.append((probs, indices, weights))
        return self.readout(states.mean(1)), *(torch.stack(part) for part in zip(*kept, strict=True))


def _overridden(rule: Override, token: int, probs, indices, weights):
    """Indices and weights with one token's experts changed by a rule."""
    indices, weights = indices.clone(), weights.clone()
    match rule:
        case Route(route):
            indices[:, token, 0], weights[:, token] = NAMES.index(route), torch.tensor([1.0, 0.0])
        case Swap(old, new):
            indices[:, token] = torch.where(indices[:, token] == old, new, indices[:, token])
        case Drop(expert):
            weights[:, token] = torch.where(indices[:, token] == expert, 0.0, weights[:, token])
        case Ban(expert):
            left = probs[:, token].clone()
            left[:, expert] = 0
            best = left.topk(TOP_K)
            indices[:, token], weights[:, token] = best.indices, best.values / best.values.sum(-1, keepdim=True)
    return indices, weights


class Experts(RoutingModel):
    """The toy family (a)."""

    family = "toy_experts"

    def __init__(self, checkpoint: str = "experts"):
        torch.manual_seed(3)
        self.network, self.checkpoint, self.revision = Network().eval().requires_grad_(False), checkpoint, "a" * 12

    @classmethod
    def load(cls, folder, name):
        return cls(name)

    def trace(self, x: str, h: str = "", decision: Decision | None = None) -> Trace:
        decision = (decision or Decision()).over(Decision("top-k", overrides={}, top_k=TOP_K))
        tokens = tuple(x.split())
        if not tokens:
            raise ValueError("the text is empty: there is no token to route")
        logits, probs, indices, weights = self.network(self._embed(tokens)[None], decision.overrides)
        routing = Routing(
            segment=0,
            layers=tuple(f"layer {layer}" for layer in range(LAYERS)),
            routes=NAMES,
            weights=weights[:, 0].numpy(),
            scores=probs[:, 0].numpy(),
            indices=indices[:, 0].numpy().astype(np.int16),
            chosen_by="top-k",
        )
        answer = Classes(LABELS, logits[0].numpy(), logits[0].softmax(-1).numpy())
        spec = TraceSpec(self.checkpoint, self.revision, "toy", "none", "linear", "token", decision, self.family)
        return Trace((Segment("text", x, tokens),), routing, answer, spec)

    def rerun(self, trace: Trace, decision: Decision) -> Trace:
        return self.trace(trace.x, decision=decision.over(trace.spec.decision))

    def attribution_function(self, trace: Trace, targets: Sequence[Target], baseline="pad", baseline_texts=None):
        return Presence(self, trace, targets)

    @property
    def limits(self):
        return ("Another choice of experts is a rerun of the model.",)

    def _embed(self, tokens: Sequence[str]) -> torch.Tensor:
        numbers = [sum(map(ord, token)) % 64 for token in tokens]
        return self.network.words(torch.tensor(numbers))


class Presence(AttributionFunction):
    """Embeddings between nothing and the words, with the experts that the trace used."""

    def __init__(self, model: Experts, trace: Trace, targets: Sequence[Target]):
        self.model, self.trace, self.counts = model, trace, Counts()
        self.embeds = model._embed(trace.tokens)
        self.values = tuple(map(self._value, targets))

    @property
    def widths(self):
        return (len(self.trace.tokens),)

    @property
    def lengths(self):
        return self.widths

    def output(self, *presence: torch.Tensor) -> torch.Tensor:
        (present,) = presence
        report_forward(len(present))
        self.counts.forward += len(present)
        return self.model.network(present[..., None] * self.embeds, {}, self.trace.routing)[0]

    def with_values(self, values):
        other = copy(self)
        other.values = values
        return other

    def _value(self, target: Target):
        if not target.terms:
            raise ValueError("this family explains scores of classes only")
        return lambda logits: sum(term.weight * logits[:, term.output] for term in target.terms)


def without_experts(trace: Trace) -> Trace:
    """The same record with the weights of all experts, none of them by index."""
    return replace(trace, routing=replace(trace.routing, weights=trace.routing.dense_weights, indices=None))
