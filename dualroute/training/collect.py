"""A model run over a data set, kept as `RoutedRows` of the kind that its readout needs."""

import numpy as np
import torch
from torch.utils.data import DataLoader
from tqdm.auto import tqdm

from dualroute.interpret.answers import Answers
from dualroute.interpret.corpus import Corpus, RoutedRows
from dualroute.interpret.encoding import encode_text
from dualroute.interpret.span_corpus import SpanCorpus
from dualroute.model.dual_route import DualRouteModel
from dualroute.training.data import RoutingDataset
from dualroute.training.generation_corpus import collect_written


def collect(
    model: DualRouteModel, dataset: RoutingDataset, batch_size: int = 128, metric: str = "rougeL"
) -> RoutedRows:
    """One forward pass over `dataset`, in evaluation mode. `metric` is what the score of a written text is."""
    if not model.readout.additive:
        return collect_written(model, dataset, batch_size, metric)
    return CORPORA[model.config.readout](model, dataset, _route(model, dataset, batch_size))


@torch.no_grad()
def _route(model: DualRouteModel, dataset: RoutingDataset, batch_size: int) -> dict:
    """What every additive readout gives: the fields that the corpora share."""
    model.eval()
    gates, direct, read, lengths, has_context = [], [], [], [], []
    for batch in tqdm(DataLoader(dataset, batch_size, collate_fn=dataset.batch), desc="route", unit="batch"):
        batch.pop("labels")
        output = model(**batch, policy="soft")
        mask = output.mask.bool()
        gates.append(output.gates[mask])
        direct.append(output.direct_contributions[mask])
        read.append(output.read_contributions[mask])
        lengths.append(mask.sum(1))
        has_context.append(output.context_mask.sum(1) > 0)
    return {
        "gates": _join(gates).astype(np.float64),
        "direct": _join(direct).astype(np.float64),
        "read": _join(read).astype(np.float64),
        "starts": np.concatenate([[0], np.cumsum(_join(lengths))[:-1]]),
        "bias": output.bias.numpy().astype(np.float64),
        "has_context": _join(has_context),
        "granularity": model.config.granularity,
    }


def _classified(model: DualRouteModel, dataset: RoutingDataset, routed: dict) -> Corpus:
    return Corpus(**routed, labels=np.asarray(dataset.labels))


def _answered(model: DualRouteModel, dataset: RoutingDataset, routed: dict) -> SpanCorpus:
    """Each row's right answers are the label and the other references, wherever they stand."""
    config, tokenizer = model.config, model.backbone.tokenizer
    texts = {row.x for row in dataset.examples}
    encoded = {text: encode_text(tokenizer, text, config.max_length, config.x_name) for text in texts}
    places = {text: tuple(map(tuple, found.offsets.tolist())) for text, found in encoded.items()}
    answers = np.empty(len(dataset), dtype=object)
    for i, row in enumerate(dataset.examples):
        answers[i] = Answers(encoded[row.x].text, places[row.x], (row.label, *row.references))
    return SpanCorpus(**routed, answers=answers, longest=config.max_answer_length)


CORPORA = {"classification": _classified, "span": _answered}


def _join(tensors: list[torch.Tensor]) -> np.ndarray:
    return torch.cat(tensors).numpy()
