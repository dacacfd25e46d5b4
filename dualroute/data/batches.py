"""Training rows as tensors, and batches of them.

One forward pass over a data set, its padding left behind: what every kind of `RoutedRows` is made of.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset
from tqdm.auto import tqdm

from dualroute.data.inputs import make_h_side, make_x_side
from dualroute.data.objectives import OBJECTIVES
from dualroute.data.objectives.base import Objective
from dualroute.families.dual_route.backbone import FrozenBackbone
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.tasks import Example


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


@torch.no_grad()
def routing_pass(model: DualRouteModel, dataset: RoutingDataset, batch_size: int, names: dict[str, str], of_labels=()):
    """(fields of `RoutedRows`, {name: (M,…) tensor}), in evaluation mode.

    names      what is kept of every token, by the name of the output's field
    of_labels  fields (B,T) of a batch's labels that are kept of every token as well
    """
    model.eval()
    gates, lengths, has_context = [], [], []
    kept = {name: [] for name in (*names, *of_labels)}
    for batch in tqdm(DataLoader(dataset, batch_size, collate_fn=dataset.batch), desc="route", unit="batch"):
        labels = batch.pop("labels")
        output = model(**batch, policy="soft")
        mask = output.mask.bool()
        gates.append(output.gates[mask])
        lengths.append(mask.sum(1))
        has_context.append(output.context_mask.sum(1) > 0)
        for name, field in names.items():
            kept[name].append(getattr(output, field)[mask])
        for name in of_labels:
            kept[name].append(labels[name][mask])
    shared = {
        "gates": torch.cat(gates).numpy().astype(np.float64),
        "starts": np.concatenate([[0], np.cumsum(torch.cat(lengths).numpy())[:-1]]),
        "has_context": torch.cat(has_context).numpy(),
        "granularity": model.config.granularity,
    }
    return shared, {name: torch.cat(parts) for name, parts in kept.items()}
