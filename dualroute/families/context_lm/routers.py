"""Trained gates: small routers on the hidden states of the frozen language model.

A router predicts the gain of reading, log p_merged − log p_direct of the token that comes, in nats; the gate is the
sigmoid of that gain minus the price λ of reading. So a gate above 1/2 says that reading is worth its price.
"""

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn

from dualroute.families.context_lm.flows import FlowOutput
from dualroute.families.context_lm.gates import Gate, both, divergence, entropy, unsure
from dualroute.values import known, real_number, whole_number

EARLY_SCALARS, FULL_SCALARS = 2, 12
DROPOUT = 0.3
MOST_NATS = 5.0  # larger gains and divergences count as this many


@dataclass(frozen=True)
class RouterConfig:
    """The settings of a router.

    kind        `linear`, `mlp` or `recurrent` (forward only)
    full        whether it sees the hidden states of both flows
    state_size  D, the width of the language model's hidden states
    size        width of the hidden layer
    price       λ, nats that reading must gain
    threshold   θ that decides by default
    Raises ValueError for an unknown kind, and for a number outside its limits.
    """

    kind: str
    full: bool
    state_size: int
    size: int = 64
    price: float = 0.0
    threshold: float = 0.5

    def __post_init__(self) -> None:
        known(self.kind, ROUTERS, "router")
        whole_number(self.state_size, "state_size", 1)
        whole_number(self.size, "size", 1)
        real_number(self.price, "price", 0)
        real_number(self.threshold, "threshold", 0, 1)

    @property
    def features(self) -> int:
        """F, how many features a token has."""
        return 2 * self.state_size + FULL_SCALARS if self.full else self.state_size + EARLY_SCALARS

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class LinearRouter(nn.Module):
    """The gain as a linear function of the features."""

    def __init__(self, config: RouterConfig):
        super().__init__()
        self.out = nn.Linear(config.features, 1)

    def forward(self, features: torch.Tensor, memory: torch.Tensor | None = None):
        """Return gains (B,T) of features (B,T,F), and no memory."""
        return self.out(features)[..., 0], None


class MlpRouter(nn.Module):
    """The gain by one hidden layer."""

    def __init__(self, config: RouterConfig):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Dropout(DROPOUT),
            nn.Linear(config.features, config.size),
            nn.GELU(),
            nn.Dropout(DROPOUT),
            nn.Linear(config.size, 1),
        )

    def forward(self, features: torch.Tensor, memory: torch.Tensor | None = None):
        """Return gains (B,T) of features (B,T,F), and no memory."""
        return self.layers(features)[..., 0], None


class RecurrentRouter(nn.Module):
    """The gain by a recurrent layer that runs forward over the answer."""

    def __init__(self, config: RouterConfig):
        super().__init__()
        self.layer = nn.GRU(config.features, config.size, batch_first=True)
        self.out = nn.Linear(config.size, 1)

    def forward(self, features: torch.Tensor, memory: torch.Tensor | None = None):
        """Return gains (B,T) of features (B,T,F), and the memory (1,B,size) after them."""
        states, memory = self.layer(features, memory)
        return self.out(states)[..., 0], memory


ROUTERS: dict[str, type[LinearRouter | MlpRouter | RecurrentRouter]] = {
    "linear": LinearRouter,
    "mlp": MlpRouter,
    "recurrent": RecurrentRouter,
}


class TrainedGate(nn.Module, Gate):
    """A router as a gate, frozen unless it is trained."""

    def __init__(self, config: RouterConfig):
        super().__init__()
        self.config, self.router = config, ROUTERS[config.kind](config)
        self.name, self.full, self.threshold = config.kind, config.full, config.threshold
        self.remembers = isinstance(self.router, RecurrentRouter)
        self.hears = config.full

    def forward(self, direct: FlowOutput, merged: FlowOutput | None = None, memory: Any = None):
        """Return gates (B,T), and the memory of a recurrent router."""
        gains, memory = self.router(features(direct, both(merged) if self.full else None), memory)
        return self.gate(gains), memory

    def gate(self, gains: torch.Tensor) -> torch.Tensor:
        """Return the gates of gains in nats."""
        return torch.sigmoid(gains - self.config.price)


def features(direct: FlowOutput, merged: FlowOutput | None) -> torch.Tensor:
    """Return what a router sees of each token (B,T,F): normalised hidden states, and numbers of the next-token
    distributions. Without the merged flow those of the direct flow alone.

    Of both flows it also sees by how much the passage made prompt and answer so far more likely: that is small where
    the passage does not fit the prompt.
    """
    numbers = [entropy(direct.logits), unsure(direct.logits)]
    states = [_normalised(direct.states)]
    if merged is not None:
        states.append(_normalised(merged.states))
        numbers += [entropy(merged.logits), unsure(merged.logits), divergence(direct.logits, merged.logits)]
        numbers += [_probability_of_best(direct.logits, merged.logits)]
        numbers += [_probability_of_best(merged.logits, direct.logits)]
        numbers += [_expected_gain(merged.logits, direct.logits), _expected_gain(direct.logits, merged.logits)]
        numbers += _fit(direct, merged).unbind(-1)
    return torch.cat([*states, torch.stack(numbers, dim=-1)], dim=-1)


def _expected_gain(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """The Kullback–Leibler divergence (…) in nats: what reading `one` gains on `other` if `one` is right."""
    logs, others = one.log_softmax(-1), other.log_softmax(-1)
    return (logs.exp() * (logs - others)).sum(-1).clamp(0, MOST_NATS)


def _fit(direct: FlowOutput, merged: FlowOutput) -> torch.Tensor:
    """By how many nats (…,3) the passage raised the log-probabilities of what both flows heard."""
    if direct.heard is None or merged.heard is None:
        raise ValueError("this gate needs what both flows heard of the prompt")
    return (merged.heard - direct.heard).clamp(-MOST_NATS, MOST_NATS)


def _normalised(states: torch.Tensor) -> torch.Tensor:
    return nn.functional.layer_norm(states, states.shape[-1:])


def _probability_of_best(logits: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """The probability (…) that one flow gives to the likeliest word of another."""
    return logits.softmax(-1).gather(-1, other.argmax(-1, keepdim=True))[..., 0]
