"""Rows as tensors: the data set, its batches, and one forward pass of a model over all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset
from tqdm.auto import tqdm

from dualroute.data.features import FEATURES, InputFeatures, XFeatures
from dualroute.data.objectives import OBJECTIVES, Objective
from dualroute.families.dual_route.backbone import FrozenBackbone
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.tasks import Example


class RoutingDataset(Dataset):
    """Features of x, features of h and targets of N rows; `examples` are the rows of a data file, if there are any."""

    def __init__(
        self,
        x: XFeatures,
        h: InputFeatures,
        labels: list,
        objective: Objective = OBJECTIVES["classification"],
        examples: Sequence[Example] = (),
    ):
        self.x, self.h, self.labels, self.objective, self.examples = x, h, labels, objective, examples

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> dict:
        return {"x": self.x[i], "h": self.h[i], "label": self.labels[i]}

    def batch(self, rows: list[dict]) -> dict[str, torch.Tensor]:
        """Return the keyword arguments of the model's `forward`, and `labels`."""
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
    """Return the data set of `rows`.

    cache   folder where the states of the frozen encoder are stored, and read from if they are there
    name    what logs, progress bars and errors call the rows
    images  archive or folder of the pictures, for a context that is a picture
    Raises ValueError for rows whose x has no token, or whose label the model does not have.
    """
    objective = OBJECTIVES[config.readout]
    labels = objective.targets(rows, config, backbone.tokenizer, name)
    x_features, h_features = FEATURES[config.context]
    x = x_features(backbone, rows, config, cache, name, images)
    empty = np.flatnonzero(x.lengths == 0)
    if len(empty):
        first = rows[empty[0]].id or f"number {empty[0] + 1}"
        raise ValueError(
            f"{len(empty)} of {len(rows)} rows of {name} have no token in their {config.x_name}, first row {first}; "
            "leave them out"
        )
    h = h_features(backbone, rows, config, cache, name, images)
    return RoutingDataset(x, h, labels, objective, rows)


@dataclass
class Collator:
    """Make batches of the rows of `dataset`.

    context_dropout  share of the rows whose context is masked in training, so that the model learns to do without it
    word_dropout     share of the tokens of x and h that are masked in training, so that no word does all the work; only
                     of h where the answer is made of tokens of x. A row that would lose all keeps all
    """

    dataset: RoutingDataset
    context_dropout: float = 0.0
    word_dropout: float = 0.0

    def __call__(self, rows: list[dict]) -> dict[str, torch.Tensor]:
        batch = self.dataset.batch(rows)
        if self.word_dropout:
            if not self.dataset.objective.answers_in_x:
                batch["attention_mask"] = self._without_some(batch["attention_mask"])
            batch["context_attention_mask"] = self._without_some(batch["context_attention_mask"])
        with_context = torch.rand(len(rows)) >= self.context_dropout
        batch["context_attention_mask"] = batch["context_attention_mask"] * with_context[:, None]
        return batch

    def _without_some(self, mask: torch.Tensor) -> torch.Tensor:
        """The mask (B,n) without a random share of its tokens; rows that would lose all keep all."""
        rest = mask * (torch.rand(mask.shape) >= self.word_dropout)
        return torch.where(rest.any(1, keepdim=True), rest, mask).to(mask.dtype)


@torch.no_grad()
def routing_pass(
    model: DualRouteModel,
    dataset: RoutingDataset,
    batch_size: int,
    output_fields: dict[str, str],
    label_fields: tuple[str, ...] = (),
) -> tuple[dict, dict[str, torch.Tensor]]:
    """Run `model` once over `dataset` in evaluation mode, and return values of its M tokens without padding.

    output_fields  {name: field of `DualRouteOutput` (B,T,…)}
    label_fields   fields (B,T) of a batch's labels
    Returns the fields that all `RoutedRows` share, and {name: (M,…) tensor} of both kinds of fields.
    """
    model.eval()
    gates, lengths, has_context = [], [], []
    values = {name: [] for name in (*output_fields, *label_fields)}
    for batch in tqdm(DataLoader(dataset, batch_size, collate_fn=dataset.batch), desc="route", unit="batch"):
        labels = batch.pop("labels")
        output = model(**batch, policy="soft")
        mask = output.mask.bool()
        gates.append(output.gates[mask])
        lengths.append(mask.sum(1))
        has_context.append(output.context_mask.sum(1) > 0)
        for name, field in output_fields.items():
            values[name].append(getattr(output, field)[mask])
        for name in label_fields:
            values[name].append(labels[name][mask])
    shared = {
        "gates": torch.cat(gates).numpy().astype(np.float64),
        "starts": np.concatenate([[0], np.cumsum(torch.cat(lengths).numpy())[:-1]]),
        "has_context": torch.cat(has_context).numpy(),
        "granularity": model.config.granularity,
    }
    return shared, {name: torch.cat(parts) for name, parts in values.items()}
