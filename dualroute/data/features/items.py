"""A context of items: each item is the mean state of its title and its rating."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from dualroute.data.features.text import TextFeatures, encode_texts
from dualroute.families.dual_route.encoders.items import mean_state, read_items


@dataclass(frozen=True, eq=False)
class Histories:
    """Items of N rows, the items of one row after those of another: row i has starts[i] to starts[i+1].

    titles          (number of distinct titles, D_f) mean states
    index, ratings  one entry per item: its index in `titles`, and its scaled rating (`Item.scaled`)
    """

    titles: torch.Tensor
    index: torch.Tensor
    ratings: torch.Tensor
    starts: np.ndarray

    batch = staticmethod(TextFeatures.batch)  # rows (S_i, D_f+1) are padded like texts

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, i: int) -> torch.Tensor:
        """Return (S, D_f+1) float32, the input of the encoder of items."""
        items = slice(self.starts[i], self.starts[i + 1])
        return torch.cat([self.titles[self.index[items]], self.ratings[items, None]], dim=1)


def x_features(backbone, rows, config, cache: Path, name: str, images: Path | None = None) -> TextFeatures:
    """Return the features of every x; each distinct x is encoded once."""
    texts, index = np.unique([row.x for row in rows], return_inverse=True)
    title = f"{name} {config.x_name}"
    layer = config.content_layer
    features = encode_texts(backbone, texts.tolist(), config.max_length, cache, title, content_layer=layer)
    return replace(features, index=index)


def h_features(backbone, rows, config, cache: Path, name: str, images: Path | None = None) -> Histories:
    """Return the last `context_max_length` items of every h; each distinct title is encoded once."""
    histories = [read_items(row.h, config.h_name)[0][-config.context_max_length :] for row in rows]
    items = [item for history in histories for item in history]
    texts, index = np.unique([item.title for item in items] or [""], return_inverse=True)
    features = encode_texts(backbone, texts.tolist(), config.max_length, cache, f"{name} {config.h_name}")
    return Histories(
        titles=torch.stack([mean_state(features[i]) for i in range(len(features))]),
        index=torch.from_numpy(index[: len(items)]),
        ratings=torch.tensor([item.scaled for item in items], dtype=torch.float32),
        starts=np.cumsum([0, *map(len, histories)]),
    )
