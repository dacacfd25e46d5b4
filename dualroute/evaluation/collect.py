"""A model run over a data set, kept as `RoutedRows` of the kind that its readout needs."""

import numpy as np

from dualroute.data.batches import RoutingDataset, routing_pass
from dualroute.evaluation.written import collect_written
from dualroute.families.dual_route.encoding import encode_text
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.rows.answers import Answers
from dualroute.rows.corpus import Corpus, RoutedRows, SpanCorpus


def collect(
    model: DualRouteModel, dataset: RoutingDataset, batch_size: int = 128, metric: str = "rougeL"
) -> RoutedRows:
    """One forward pass over `dataset`, in evaluation mode. `metric` is what the score of a written text is."""
    if not model.readout.additive:
        return collect_written(model, dataset, batch_size, metric)
    return CORPORA[model.config.readout](model, dataset, _route(model, dataset, batch_size))


def _route(model: DualRouteModel, dataset: RoutingDataset, batch_size: int) -> dict:
    """What every additive readout gives: the fields that the corpora share."""
    parts = {"direct": "direct_contributions", "read": "read_contributions"}
    shared, kept = routing_pass(model, dataset, batch_size, parts)
    numbers = {name: values.numpy().astype(np.float64) for name, values in kept.items()}
    return shared | numbers | {"bias": model.readout.bias.detach().numpy().astype(np.float64)}


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
