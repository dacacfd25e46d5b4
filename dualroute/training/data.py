"""Training rows as tensors, and batches of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Dataset

from dualroute.config import DualRouteConfig
from dualroute.model.backbone import FrozenBackbone
from dualroute.tasks import Example
from dualroute.training.features import Features, encode_texts


class RoutingDataset(Dataset):
    """Rows of encoded x, encoded h and a label index."""

    def __init__(self, x: Features, h: Features, labels: list[int]):
        self.x, self.h, self.labels = x, h, labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> dict:
        return {"x": self.x[i], "h": self.h[i], "label": self.labels[i]}


def encode_examples(
    backbone: FrozenBackbone, rows: list[Example], config: DualRouteConfig, cache: Path, name: str
) -> RoutingDataset:
    """The data set of `rows`; features come from `cache` when they are there.

    Raises ValueError for rows whose x has no token, or with a label the model does not have.
    """
    unknown = {row.label for row in rows} - set(config.label_names)
    if unknown:
        raise ValueError(f"labels {sorted(unknown)} of {name} are not among those of the model: {config.label_names}")
    x = encode_texts(backbone, [row.x for row in rows], config.max_length, cache, f"{name} {config.x_name}")
    h = encode_texts(backbone, [row.h for row in rows], config.context_max_length, cache, f"{name} {config.h_name}")
    empty = np.flatnonzero(np.diff(x.starts) == 0)
    if len(empty):
        raise ValueError(f"{len(empty)} rows of {name} have an empty {config.x_name}: {rows[empty[0]]} is the first")
    index = {label: i for i, label in enumerate(config.label_names)}
    return RoutingDataset(x, h, [index[row.label] for row in rows])


@dataclass
class Collator:
    """Pads rows to a batch.

    context_dropout  share of the rows whose context is dropped while training, so that its absence is familiar
    """

    context_dropout: float = 0.0

    def __call__(self, rows: list[dict]) -> dict[str, torch.Tensor]:
        x, x_mask = _pad([row["x"] for row in rows])
        h, h_mask = _pad([row["h"] for row in rows])
        kept = torch.rand(len(rows)) >= self.context_dropout
        return {
            "hidden_states": x,
            "attention_mask": x_mask,
            "context_hidden_states": h,
            "context_attention_mask": h_mask * kept[:, None],
            "labels": torch.tensor([row["label"] for row in rows]),
        }


def _pad(rows: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    mask = pad_sequence([torch.ones(len(row), dtype=torch.long) for row in rows], batch_first=True)
    return pad_sequence(rows, batch_first=True), mask
