"""Rows to write a text for: every decision runs the decoder anew, over states that are kept."""

from dataclasses import dataclass, field, replace
from functools import cached_property

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
    """N rows with M tokens of x in all.

    model       whose readout writes
    direct, read  (M,D) u and O v;  source (M,) token ids of x
    references  N tuples of texts that are right
    metric      one of `TEXT_METRICS`: what `score` gives
    num_beams   1 for the many decisions of a curve: greedy
    """

    reruns = True

    model: DualRouteModel
    direct: torch.Tensor
    read: torch.Tensor
    source: torch.Tensor
    references: tuple[tuple[str, ...], ...]
    metric: str = "rougeL"
    num_beams: int = 1
    known: dict[bytes, dict[str, np.ndarray]] = field(default_factory=dict, repr=False)

    def score(self, kappa, rho):
        """(N,) score of every row's text."""
        return self.scores(kappa, rho)[self.metric]

    def scores(self, kappa, rho) -> dict[str, np.ndarray]:
        """(N,) by each of `TEXT_METRICS`. What was asked before is remembered."""
        key = np.asarray(kappa, np.float32).tobytes() + np.asarray(rho, np.float32).tobytes()
        if key not in self.known:
            self.known[key] = self.scores_of(self.texts(kappa, rho))
        return self.known[key]

    def scores_of(self, texts: list[str]) -> dict[str, np.ndarray]:
        """(N,) by each of `TEXT_METRICS`, of texts that were written for the rows, or otherwise come by."""
        found = [text_scores(text, right) for text, right in zip(texts, self.references, strict=True)]
        return {name: np.array([scores[name] for scores in found]) for name in TEXT_METRICS}

    @torch.no_grad()
    def texts(self, kappa: np.ndarray, rho: np.ndarray, num_beams: int | None = None) -> list[str]:
        """What is written for every row under weights (M,) of the direct and of the context part."""
        found, weights = [""] * len(self), torch.from_numpy(np.stack([kappa, rho], axis=1).astype(np.float32))
        for rows in self._batches:
            direct, read, source, mixed = (
                pad_sequence([values[self._tokens(row)] for row in rows], batch_first=True)
                for values in (self.direct, self.read, self.source, weights)
            )
            mask = pad_sequence([torch.ones(self.lengths[row]) for row in rows], batch_first=True)
            output = DualRouteOutput(direct_states=direct, read_states=read, mask=mask)
            written = decode(self.model, output, source, *mixed.unbind(-1), num_beams or self.num_beams)
            for row, text in zip(rows, texts_of(self.model.backbone.tokenizer, written.sequences), strict=True):
                found[row] = text
        return found

    def subset(self, chosen):
        return replace(super().subset(chosen), known={})

    def _parts(self, tokens, rows):
        of_tokens, of_rows = super()._parts(tokens, rows)
        kept = torch.from_numpy(tokens)
        of_tokens |= {name: getattr(self, name)[kept] for name in ("direct", "read", "source")}
        right = tuple(text for text, is_kept in zip(self.references, rows, strict=True) if is_kept)
        return of_tokens, of_rows | {"references": right}

    @cached_property
    def _batches(self) -> list[np.ndarray]:
        """Rows of about the same length together."""
        order = np.argsort(self.lengths, kind="stable")
        return np.split(order, range(BATCH, len(order), BATCH))

    def _tokens(self, row: int) -> slice:
        return slice(int(self.starts[row]), int(self.starts[row] + self.lengths[row]))


def collect_written(
    model: DualRouteModel, dataset: RoutingDataset, batch_size: int = BATCH, metric: str = "rougeL"
) -> GenerationCorpus:
    """What `model` makes of `dataset` before anything is written, in evaluation mode."""
    states = {"direct": "direct_states", "read": "read_states"}
    shared, kept = routing_pass(model, dataset, batch_size, states, of_labels=("source",))
    references = tuple((row.label, *row.references) for row in dataset.examples)
    return GenerationCorpus(**shared, **kept, model=model, references=references, metric=metric)


def by_beam(corpus: GenerationCorpus, config: DualRouteConfig, seed: int = 0) -> dict:
    """{beam: direct, merged and routed as texts are written by default, by every metric with intervals}.

    The curves, with their many decisions, are of greedy texts.
    """
    decisions = {name: corpus.decision(name) for name in ("direct", "merged")}
    decisions["routed"] = corpus.decision(config.policy, config.threshold)
    scores = {name: corpus.scores_of(corpus.texts(*weights, config.num_beams)) for name, weights in decisions.items()}
    found = {"num_beams": config.num_beams}
    for name, by_metric in scores.items():
        found[name] = {"share": round(corpus.mean_reading(decisions[name][1]), 6)}
        for metric in TEXT_METRICS:
            bootstrap = RowBootstrap(len(corpus), seed, statistic=MeanOfRows(metric))
            found[name][metric] = bootstrap.estimate(by_metric[metric])
            found[name][metric]["minus_direct"] = bootstrap.difference(by_metric[metric], scores["direct"][metric])
    return {"beam": found}
