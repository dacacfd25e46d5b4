"""One forward pass over a data set, its padding left behind: what every kind of `RoutedRows` is made of."""

import numpy as np
import torch
from torch.utils.data import DataLoader
from tqdm.auto import tqdm

from dualroute.model.dual_route import DualRouteModel
from dualroute.training.data import RoutingDataset


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
