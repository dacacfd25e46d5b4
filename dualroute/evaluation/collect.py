"""Run a model over a data set and store what it computed as `RoutedRows`, of the type that fits its readout."""

import numpy as np

from dualroute.data.batches import RoutingDataset, routing_pass
from dualroute.evaluation.generation import collect_generation
from dualroute.families.dual_route.encoding import encode_text
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.rows.answers import ReferenceAnswers
from dualroute.rows.corpus import Corpus, RoutedRows, SpanCorpus


def collect(
    model: DualRouteModel, dataset: RoutingDataset, batch_size: int = 128, metric: str = "rougeL"
) -> RoutedRows:
    """Return the rows of one forward pass over `dataset` in evaluation mode.

    metric  score of generated texts; other readouts ignore it
    """
    if not model.readout.additive:
        return collect_generation(model, dataset, batch_size, metric)
    return CORPORA[model.config.readout](model, dataset, _route(model, dataset, batch_size))


def _route(model: DualRouteModel, dataset: RoutingDataset, batch_size: int) -> dict:
    """Return the fields that the rows of all additive readouts share."""
    fields = {"direct": "direct_contributions", "read": "read_contributions"}
    shared, contributions = routing_pass(model, dataset, batch_size, fields)
    numbers = {name: values.numpy().astype(np.float64) for name, values in contributions.items()}
    return shared | numbers | {"bias": model.readout.bias.detach().numpy().astype(np.float64)}


def _classes(model: DualRouteModel, dataset: RoutingDataset, routed: dict) -> Corpus:
    return Corpus(**routed, labels=np.asarray(dataset.labels))


def _spans(model: DualRouteModel, dataset: RoutingDataset, routed: dict) -> SpanCorpus:
    """Return the rows of a span readout; the label and all other references count as correct, wherever they occur."""
    config, tokenizer = model.config, model.backbone.tokenizer
    texts = {row.x for row in dataset.examples}
    encoded = {text: encode_text(tokenizer, text, config.max_length, config.x_name) for text in texts}
    offsets = {text: tuple(map(tuple, tokens.offsets.tolist())) for text, tokens in encoded.items()}
    answers = np.empty(len(dataset), dtype=object)
    for i, row in enumerate(dataset.examples):
        answers[i] = ReferenceAnswers(encoded[row.x].text, offsets[row.x], (row.label, *row.references))
    return SpanCorpus(**routed, answers=answers, longest=config.max_answer_length)


CORPORA = {"classification": _classes, "span": _spans}  # by readout
