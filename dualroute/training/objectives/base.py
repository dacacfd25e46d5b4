"""What training asks of a readout."""

from typing import Any

import torch

from dualroute.config import DualRouteConfig
from dualroute.model.readouts.base import Parts
from dualroute.outputs import DualRouteOutput
from dualroute.tasks import Example


class Objective:
    """Loss and score of a routed answer. κ and ρ are weights (B,T), or numbers for all tokens alike."""

    def targets(self, rows: list[Example], config: DualRouteConfig, tokenizer, name: str) -> list:
        """What each row's answer is, for `collate`. Raises ValueError, naming the rows `name`, for one it cannot be."""
        raise NotImplementedError

    def predict(self, model, output: DualRouteOutput, labels, kappa, rho) -> torch.Tensor:
        """The answer, before any choice, for given weights of the direct and the context part; here the logits."""
        summands = Parts(
            output.direct_contributions, output.read_contributions, output.pooling, output.bias, output.mask
        )
        return model.readout.logits(summands, kappa, rho)

    def loss(self, prediction, labels) -> torch.Tensor:
        """Mean over the batch."""
        raise NotImplementedError

    def score(self, prediction, labels) -> torch.Tensor:
        """(B,) how right each row is: the mean over the held-out rows chooses the epoch."""
        raise NotImplementedError

    def collate(self, labels: list[Any]) -> torch.Tensor:
        """The labels of a batch."""
        return torch.tensor(labels)
