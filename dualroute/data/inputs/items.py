"""Histories of items, and x for which the same few texts occur in many rows."""

from dataclasses import dataclass

import numpy as np
import torch

from dualroute.data.features import Features, encode_texts
from dualroute.families.dual_route.encoders.items import mean_state
from dualroute.inputs import parse_items


@dataclass(frozen=True, eq=False)
class SharedFeatures:
    """Texts of N rows, the distinct ones kept once. index (N,) which of `features` a row has."""

    features: Features
    index: np.ndarray

    batch = staticmethod(Features.batch)

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, i: int) -> torch.Tensor:
        """(T, D_f) float32."""
        return self.features[self.index[i]]

    @property
    def lengths(self) -> np.ndarray:
        """(N,) number of tokens of each row."""
        return self.features.lengths[self.index]


@dataclass(frozen=True, eq=False)
class Histories:
    """Items of N rows, one row's after another's; row i has those from starts[i] to starts[i+1].

    titles   (distinct titles, D_f) mean states
    index, ratings  one entry per item: which of the titles, and its rating about zero
    """

    titles: torch.Tensor
    index: torch.Tensor
    ratings: torch.Tensor
    starts: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, i: int) -> torch.Tensor:
        """(S, D_f+1) float32, see `model.encoders.items`."""
        items = slice(self.starts[i], self.starts[i + 1])
        return torch.cat([self.titles[self.index[items]], self.ratings[items, None]], dim=1)

    @staticmethod
    def batch(rows: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """Rows (S_i, D_f+1) padded to one another, with their mask."""
        return Features.batch(rows)


def x_side(backbone, rows, config, cache, name) -> SharedFeatures:
    """Features of every distinct x."""
    texts, index = np.unique([row.x for row in rows], return_inverse=True)
    features = encode_texts(backbone, texts.tolist(), config.max_length, cache, f"{name} {config.x_name}")
    return SharedFeatures(features, index)


def h_side(backbone, rows, config, cache, name) -> Histories:
    """The newest items of every h; each distinct title is encoded once."""
    histories = [parse_items(row.h, config.h_name)[-config.context_max_length :] for row in rows]
    items = [item for history in histories for item in history]
    texts, index = np.unique([item.title for item in items] or [""], return_inverse=True)
    features = encode_texts(backbone, texts.tolist(), config.max_length, cache, f"{name} {config.h_name}")
    return Histories(
        titles=torch.stack([mean_state(features[i]) for i in range(len(features))]),
        index=torch.from_numpy(index[: len(items)]),
        ratings=torch.tensor([item.scaled for item in items], dtype=torch.float32),
        starts=np.cumsum([0, *map(len, histories)]),
    )
