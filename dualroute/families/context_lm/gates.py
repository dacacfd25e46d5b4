"""Gates: how much a token should read, from what the flows say before it. These need no training.

A gate sees the outputs of the flows before a token, never the token itself or what follows. An early gate sees the
direct flow alone, so that the passage need not be encoded before some token reads it; a full gate sees both flows. The
flows' probabilities are those of temperature 1 whatever the temperature of the output. The thresholds are those at
which half of the tokens of 60 answers of SQuAD read, with SmolLM2-135M-Instruct.
"""

from abc import ABC, abstractmethod
from typing import Any

import torch

from dualroute.families.context_lm.flows import FlowOutput


class Gate(ABC):
    """A gate of every token, from 0 (direct) to 1 (merged).

    name       what it is called
    full       whether it sees the merged flow too
    threshold  θ that decides by default
    remembers  whether it must see every token in turn
    hears      whether it looks at what the flows heard, see `FlowOutput`
    """

    name: str
    full: bool
    threshold: float
    remembers: bool = False
    hears: bool = False

    @abstractmethod
    def __call__(
        self, direct: FlowOutput, merged: FlowOutput | None = None, memory: Any = None
    ) -> tuple[torch.Tensor, Any]:
        """Return gates (B,T), and the memory to go on with; `merged` may be None for an early gate.

        memory  what an earlier call on the tokens before returned; None at the beginning of an answer
        """


class Entropy(Gate):
    """The entropy of the direct flow over its largest possible value, log V."""

    name, full, threshold = "entropy", False, 0.28

    def __call__(self, direct: FlowOutput, merged: FlowOutput | None = None, memory: Any = None):
        """Return gates (B,T)."""
        return entropy(direct.logits), None


class Confidence(Gate):
    """One minus the probability of the direct flow's likeliest word."""

    name, full, threshold = "confidence", False, 0.65

    def __call__(self, direct: FlowOutput, merged: FlowOutput | None = None, memory: Any = None):
        """Return gates (B,T)."""
        return unsure(direct.logits), None


class Divergence(Gate):
    """The Jensen–Shannon divergence of the two flows over its largest possible value, log 2 (Lin 1991)."""

    name, full, threshold = "divergence", True, 0.3

    def __call__(self, direct: FlowOutput, merged: FlowOutput | None = None, memory: Any = None):
        """Return gates (B,T)."""
        return divergence(direct.logits, both(merged).logits), None


GATES: dict[str, type[Gate]] = {gate.name: gate for gate in (Divergence, Entropy, Confidence)}


def both(merged: FlowOutput | None) -> FlowOutput:
    """Return the merged flow's output; raise ValueError where a full gate did not get it."""
    if merged is None:
        raise ValueError("a full gate needs the outputs of both flows")
    return merged


def entropy(logits: torch.Tensor) -> torch.Tensor:
    """Return the entropy (…) of logits (…,V), over log V."""
    logs = logits.log_softmax(-1)
    return _unit(_entropy(logs) / torch.tensor(float(logits.shape[-1])).log())


def unsure(logits: torch.Tensor) -> torch.Tensor:
    """Return one minus the largest probability (…) of logits (…,V)."""
    return 1 - logits.softmax(-1).amax(-1)


def divergence(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Return the Jensen–Shannon divergence (…) of logits (…,V), over log 2."""
    logs, others = one.log_softmax(-1), other.log_softmax(-1)
    middle = torch.logaddexp(logs, others) - torch.tensor(2.0).log()
    return _unit((_entropy(middle) - (_entropy(logs) + _entropy(others)) / 2) / torch.tensor(2.0).log())


def _entropy(logs: torch.Tensor) -> torch.Tensor:
    """The entropy (…) in nats of log-probabilities (…,V), of which some may be −∞."""
    return -(logs.exp() * logs.clamp(min=torch.finfo(logs.dtype).min)).sum(-1)


def _unit(values: torch.Tensor) -> torch.Tensor:
    """The same values without the rounding that goes below 0 or above 1."""
    return values.clamp(0, 1)
