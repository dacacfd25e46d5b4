"""What training asks of a readout."""

from typing import Any

import torch

from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.families.dual_route.readouts.base import Parts
from dualroute.tasks import Example


class Objective:
    """Loss and score of a routed answer. κ and ρ are weights (B,T), or numbers for all tokens alike."""

    one_flow_per_row = False  # training answers a row by one flow, drawn at random, instead of by all three

    def prepare(self, model, targets: list, tokenizer) -> None:
        """What the model has to know of the `targets` of the training rows before it is trained; nothing, mostly."""

    skipped = "skipped"  # what the results call the number of rows that are not measurable

    def learnable(self, rows: list[Example], config: DualRouteConfig, tokenizer, name: str) -> list[Example]:
        """The rows that there is something to learn from; how many others there were goes to the log."""
        return rows

    def measurable(self, rows: list[Example], config: DualRouteConfig, name: str) -> list[Example]:
        """The rows that can be measured on; how many others there were goes to the log."""
        return rows

    def none_left(self, rows: list[Example]) -> str:
        """What is wrong with a file of which no row is measurable."""
        return "there is no row to measure on"

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
