"""Trains a gate on stored features: a router learns the gain of reading, token by token."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from dualroute.families.context_lm.gate_rows import Measured
from dualroute.families.context_lm.routers import EARLY_SCALARS, RouterConfig, TrainedGate
from dualroute.values import positive_number, real_number, whole_number

MOST_GAIN = 5.0  # nats: larger gains count as this one, so that no single token decides


@dataclass(frozen=True)
class FitSettings:
    """How a gate is trained.

    epochs         passes over the rows
    rows           of one step
    learning_rate, weight_decay  of AdamW
    seed           of the initial weights and of the order of the rows
    Raises ValueError for a number outside its limits.
    """

    epochs: int = 20
    rows: int = 16
    learning_rate: float = 1e-3
    weight_decay: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "rows"):
            whole_number(getattr(self, name), name, 1)
        positive_number(self.learning_rate, "learning_rate")
        real_number(self.weight_decay, "weight_decay", 0)


def fit(measured: Measured, config: RouterConfig, settings: FitSettings) -> TrainedGate:
    """Return a gate whose router was trained on the tokens of all rows, by the Huber loss of the gain (Huber 1964)."""
    generator = torch.Generator().manual_seed(settings.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        gate = TrainedGate(config)
        optimiser = torch.optim.AdamW(gate.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
        batches, gains = _padded(measured, config), torch.from_numpy(_clipped(measured.gains))
        gate.train()
        for _ in range(settings.epochs):
            order = torch.randperm(len(measured.groups), generator=generator)
            for chosen in order.split(settings.rows):
                features, places, present = (part[chosen] for part in batches)
                predicted, _ = gate.router(features)
                loss = nn.functional.huber_loss(predicted[present], gains[places[present]])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
    return gate.eval().requires_grad_(False)


@torch.no_grad()
def predict(gate: TrainedGate, measured: Measured) -> np.ndarray:
    """Return the gates (N,) of all tokens."""
    features, places, present = _padded(measured, gate.config)
    predicted = gate.gate(gate.router(features)[0])
    gates = np.empty(len(measured.rows), dtype=np.float32)
    gates[places[present].numpy()] = predicted[present].numpy()
    return gates


def choose_threshold(gate: TrainedGate, measured: Measured, share: float) -> TrainedGate:
    """Return the gate with the θ at which `share` of the tokens read."""
    theta = float(np.quantile(predict(gate, measured), 1 - real_number(share, "share", 0, 1)))
    chosen = TrainedGate(replace(gate.config, threshold=min(max(theta, 0.0), 1.0)))
    chosen.load_state_dict(gate.state_dict())
    return chosen.eval().requires_grad_(False)


def _clipped(gains: np.ndarray) -> np.ndarray:
    return np.clip(gains, -MOST_GAIN, MOST_GAIN).astype(np.float32)


def _padded(measured: Measured, config: RouterConfig) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Features (R,T,F) of R rows, the place (R,T) of every token among all, and which (R,T) are tokens."""
    features = _columns(measured.features, config)
    counts: Sequence[int] = np.bincount(measured.rows, minlength=len(measured.groups)).tolist()
    split = [torch.arange(len(measured.rows)).split(list(counts)), torch.from_numpy(features).split(list(counts))]
    places, padded = (nn.utils.rnn.pad_sequence(list(part), batch_first=True) for part in split)
    present = torch.arange(places.shape[1])[None] < torch.tensor(counts)[:, None]
    return padded, places, present


def _columns(features: np.ndarray, config: RouterConfig) -> np.ndarray:
    """The features (N,F) that a router sees, from those of a full one."""
    if config.full:
        return features.astype(np.float32)
    size = config.state_size
    return np.concatenate([features[:, :size], features[:, 2 * size :][:, :EARLY_SCALARS]], axis=1).astype(np.float32)
