"""Rows with generated answers: every decision reruns the decoder on stored states of the encoder."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from dualroute.data.batches import RoutingDataset, routing_pass
from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.evaluation.statistics import TEXT_METRICS, MeanOfRows, text_scores
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.generating import decode, texts_of
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.rows.corpus import RoutedRows

BATCH = 256


@dataclass(frozen=True, eq=False)
class GenerationCorpus(RoutedRows):
    """N rows with M tokens of x in total.

    model         the model whose readout generates
    direct, read  (M,D) u and O v
    source        (M,) token ids of x
    references    N tuples of correct texts
    metric        the one of `TEXT_METRICS` that `score` returns
    num_beams     1, greedy, for the many decisions of a curve
    """

    reruns = True

    model: DualRouteModel
    direct: torch.Tensor
    read: torch.Tensor
    source: torch.Tensor
    references: tuple[tuple[str, ...], ...]
    metric: str = "rougeL"
    num_beams: int = 1
    cache: dict[bytes, dict[str, np.ndarray]] = field(default_factory=dict, repr=False)

    def score(self, kappa, rho):
        """Return the score (N,) of every row's text."""
        return self.scores(kappa, rho)[self.metric]

    def scores(self, kappa, rho) -> dict[str, np.ndarray]:
        """Return {metric: (N,)} for each of `TEXT_METRICS`. Scores of earlier decisions are cached."""
        key = np.asarray(kappa, np.float32).tobytes() + np.asarray(rho, np.float32).tobytes()
        if key not in self.cache:
            self.cache[key] = self.scores_of(self.texts(kappa, rho))
        return self.cache[key]

    def scores_of(self, texts: list[str]) -> dict[str, np.ndarray]:
        """Return {metric: (N,)} for each of `TEXT_METRICS`, for one text per row."""
        by_row = [text_scores(text, correct) for text, correct in zip(texts, self.references, strict=True)]
        return {name: np.array([scores[name] for scores in by_row]) for name in TEXT_METRICS}

    @torch.no_grad()
    def texts(self, kappa: np.ndarray, rho: np.ndarray, num_beams: int | None = None) -> list[str]:
        """Return the generated text of every row for weights κ, ρ (M,) of the direct and of the context part."""
        texts, weights = [""] * len(self), torch.from_numpy(np.stack([kappa, rho], axis=1).astype(np.float32))
        for rows in self._batches:
            direct, read, source, mixed = (
                pad_sequence([values[self._tokens(row)] for row in rows], batch_first=True)
                for values in (self.direct, self.read, self.source, weights)
            )
            mask = pad_sequence([torch.ones(int(self.lengths[row])) for row in rows], batch_first=True)
            output = DualRouteOutput(direct_states=direct, read_states=read, mask=mask)
            of_direct, of_read = mixed.unbind(-1)
            generated = decode(self.model, output, source, of_direct, of_read, num_beams or self.num_beams)
            for row, text in zip(rows, texts_of(self.model.backbone.tokenizer, generated.sequences), strict=True):
                texts[row] = text
        return texts

    def subset(self, chosen):
        return replace(super().subset(chosen), cache={})

    def _parts(self, tokens, rows):
        of_tokens, of_rows = super()._parts(tokens, rows)
        selected = torch.from_numpy(tokens)
        of_tokens |= {name: getattr(self, name)[selected] for name in ("direct", "read", "source")}
        references = tuple(texts for texts, is_selected in zip(self.references, rows, strict=True) if is_selected)
        return of_tokens, of_rows | {"references": references}

    @cached_property
    def _batches(self) -> list[np.ndarray]:
        """Indices of the rows in batches of similar length."""
        order = np.argsort(self.lengths, kind="stable")
        return np.split(order, range(BATCH, len(order), BATCH))

    def _tokens(self, row: int) -> slice:
        return slice(int(self.starts[row]), int(self.starts[row] + self.lengths[row]))


def collect_generation(
    model: DualRouteModel, dataset: RoutingDataset, batch_size: int = BATCH, metric: str = "rougeL"
) -> GenerationCorpus:
    """Run `model` over `dataset` in evaluation mode up to its decoder, and return the states that the decoder needs."""
    fields = {"direct": "direct_states", "read": "read_states"}
    shared, states = routing_pass(model, dataset, batch_size, fields, label_fields=("source",))
    references = tuple((row.label, *row.references) for row in dataset.examples)
    return GenerationCorpus(
        **shared,
        direct=states["direct"],
        read=states["read"],
        source=states["source"],
        model=model,
        references=references,
        metric=metric,
    )


def beam_results(corpus: GenerationCorpus, config: DualRouteConfig, seed: int = 0) -> dict:
    """Return {beam: results of direct, merged and routed texts by every metric with intervals}.

    Texts are generated with the model's own number of beams; curves over many decisions use greedy texts.
    """
    decisions = {name: corpus.decision(name) for name in ("direct", "merged")}
    decisions["routed"] = corpus.decision(config.policy, config.threshold)
    scores = {name: corpus.scores_of(corpus.texts(*weights, config.num_beams)) for name, weights in decisions.items()}
    results: dict[str, Any] = {"num_beams": config.num_beams}
    for name, by_metric in scores.items():
        results[name] = {"share": round(corpus.mean_reading(decisions[name][1]), 6)}
        for metric in TEXT_METRICS:
            bootstrap = RowBootstrap(len(corpus), seed, statistic=MeanOfRows(metric))
            results[name][metric] = bootstrap.estimate(by_metric[metric])
            results[name][metric]["minus_direct"] = bootstrap.difference(by_metric[metric], scores["direct"][metric])
    return {"beam": results}
