"""A model run over a data set, kept as a `Corpus`."""

import numpy as np
import torch
from torch.utils.data import DataLoader
from tqdm.auto import tqdm

from dualroute.interpret.corpus import Corpus
from dualroute.model.dual_route import DualRouteModel
from dualroute.training.data import RoutingDataset


@torch.no_grad()
def collect(model: DualRouteModel, dataset: RoutingDataset, batch_size: int = 128) -> Corpus:
    """One forward pass over `dataset`, in evaluation mode."""
    model.eval()
    gates, direct, read, lengths, labels, has_context = [], [], [], [], [], []
    for batch in tqdm(DataLoader(dataset, batch_size, collate_fn=dataset.batch), desc="route", unit="batch"):
        labels.append(batch.pop("labels"))
        output = model(**batch, policy="soft")
        mask = output.mask.bool()
        gates.append(output.gates[mask])
        direct.append(output.direct_contributions[mask])
        read.append(output.read_contributions[mask])
        lengths.append(mask.sum(1))
        has_context.append(output.context_mask.sum(1) > 0)
    return Corpus(
        gates=_join(gates).astype(np.float64),
        direct=_join(direct).astype(np.float64),
        read=_join(read).astype(np.float64),
        starts=np.concatenate([[0], np.cumsum(_join(lengths))[:-1]]),
        bias=output.bias.numpy().astype(np.float64),
        labels=_join(labels),
        has_context=_join(has_context),
        granularity=model.config.granularity,
    )


def _join(tensors: list[torch.Tensor]) -> np.ndarray:
    return torch.cat(tensors).numpy()
