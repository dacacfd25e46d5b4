"""Training rows as tensors, and batches of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch.utils.data import Dataset

from dualroute.config import DualRouteConfig
from dualroute.model.backbone import FrozenBackbone
from dualroute.tasks import Example
from dualroute.training.objectives import OBJECTIVES
from dualroute.training.objectives.base import Objective
from dualroute.training.sides import make_h_side, make_x_side


class Side(Protocol):
    """x or h of every row."""

    def __len__(self) -> int: ...

    def __getitem__(self, i: int) -> Any:
        """One row, before padding."""

    def batch(self, rows: list) -> dict[str, torch.Tensor]:
        """Rows as fields of `ModelInput`; `attention_mask` always among them."""


class RoutingDataset(Dataset):
    """Rows of encoded x, encoded h and what is to be answered; `examples` are the rows as they were read."""

    def __init__(
        self,
        x: Side,
        h: Side,
        labels: list,
        objective: Objective = OBJECTIVES["classification"],
        examples: list[Example] | None = None,
    ):
        self.x, self.h, self.labels, self.objective, self.examples = x, h, labels, objective, examples

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> dict:
        return {"x": self.x[i], "h": self.h[i], "label": self.labels[i]}

    def batch(self, rows: list[dict]) -> dict[str, torch.Tensor]:
        """Keyword arguments of the model's forward, and `labels`."""
        context = {f"context_{name}": value for name, value in self.h.batch([row["h"] for row in rows]).items()}
        labels = self.objective.collate([row["label"] for row in rows])
        return self.x.batch([row["x"] for row in rows]) | context | {"labels": labels}


def encode_examples(
    backbone: FrozenBackbone,
    rows: list[Example],
    config: DualRouteConfig,
    cache: Path,
    name: str,
    images: Path | None = None,
) -> RoutingDataset:
    """The data set of `rows`; features come from `cache` when they are there.

    images  archive or folder of the pictures, for a context that is one
    Raises ValueError for rows whose x has no token, or with a label the model does not have.
    """
    objective = OBJECTIVES[config.readout]
    labels = objective.targets(rows, config, backbone.tokenizer, name)
    x = make_x_side(backbone, rows, config, cache, name)
    empty = np.flatnonzero(x.lengths == 0)
    if len(empty):
        raise ValueError(f"{len(empty)} rows of {name} have an empty {config.x_name}: {rows[empty[0]]} is the first")
    return RoutingDataset(x, make_h_side(backbone, rows, config, cache, name, images), labels, objective, rows)


@dataclass
class Collator:
    """Rows of `dataset` to a batch.

    context_dropout  share of the rows whose context is dropped while training, so that its absence is familiar
    """

    dataset: RoutingDataset
    context_dropout: float = 0.0

    def __call__(self, rows: list[dict]) -> dict[str, torch.Tensor]:
        batch = self.dataset.batch(rows)
        kept = torch.rand(len(rows)) >= self.context_dropout
        batch["context_attention_mask"] = batch["context_attention_mask"] * kept[:, None]
        return batch
