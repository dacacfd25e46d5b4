"""The routing loss, and the trainer of `transformers` with this loss."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from transformers import Trainer, TrainingArguments
from transformers.trainer_pt_utils import LengthGroupedSampler

from dualroute.data.batches import Collator, RoutingDataset
from dualroute.data.objectives import OBJECTIVES
from dualroute.evaluation.gate_use import POINT
from dualroute.evaluation.statistics import AreaUnderCurve
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.trace.policies import FLOWS, flow_weights, kappa_rho
from dualroute.training.settings import TrainingSettings


@dataclass(frozen=True)
class LossWeights:
    """Weights of the terms in loss = routed + flow · (mean over single flows) + budget · mean ρ + idle · idle gates.

    flow        trains each flow alone (direct, merged, and context with three flows), so that a forced flow works
    budget      λ, the cost of reading, which makes the gate choose
    hard_share  share of the rows routed by the hard decision, with straight-through gradients
    idle        cost of gates whose reading moves no answer, see `idle_reading`
    """

    flow: float = 1.0
    budget: float = 0.1
    hard_share: float = 0.5
    idle: float = 0.0


@dataclass(frozen=True, eq=False)
class RoutingLoss:
    """The loss of a batch, and the predictions of the routed output and of the direct and merged flows alone."""

    loss: torch.Tensor
    routed: torch.Tensor
    direct: torch.Tensor
    merged: torch.Tensor


def routing_loss(model, output: DualRouteOutput, labels, weights: LossWeights) -> RoutingLoss:
    """Return the loss of a batch that was run with policy `soft`."""
    objective = OBJECTIVES[model.config.readout]
    kappa, rho = kappa_rho(_straight_through(output.gates, weights.hard_share))
    cost = weights.budget * mean_reading(rho, output.mask, output.context_mask)
    if model.training and objective.one_flow_per_row:
        one_each = _one_flow_each(kappa, rho, output.gates.shape[-1], weights)
        prediction = objective.predict(model, output, labels, *one_each)
        loss = (1 + weights.flow) * objective.loss(prediction, labels) + cost
        return RoutingLoss(loss, prediction, prediction, prediction)
    routed = objective.predict(model, output, labels, kappa, rho)
    direct = objective.predict(model, output, labels, 1.0, 0.0)
    merged = objective.predict(model, output, labels, 1.0, 1.0)
    alone = [direct, merged]
    if output.gates.shape[-1] == len(FLOWS):
        alone.append(objective.predict(model, output, labels, 0.0, 1.0))
    flows = sum(objective.loss(flow, labels) for flow in alone) / len(alone)
    loss = objective.loss(routed, labels) + weights.flow * flows + cost
    if weights.idle and model.training:
        loss = loss + weights.idle * idle_reading(output)
    return RoutingLoss(loss, routed, direct, merged)


def idle_reading(output: DualRouteOutput) -> torch.Tensor:
    """Return the mean over the tokens of g where reading moves no class by a point of probability, else 0.

    A token's effect is exact: what its reading adds to the logits, while all other tokens stay as the hard decision at
    θ = 0.5 has them. It serves logits (B,C) and two flows; which gates are idle has no gradient.
    """
    gates, parts = output.gates[..., 1], output.parts
    with torch.no_grad():
        reads = (gates > 0.5).to(gates.dtype)  # (B,T)
        moved = parts.reading_effects(reads).abs().amax(-1)  # (B,T)
    return mean_reading(gates * (moved < POINT), output.mask, output.context_mask)


def mean_reading(rho, mask, context_mask):
    """Return the mean of ρ over the tokens of rows with a context."""
    counted = mask * (context_mask.sum(1, keepdim=True) > 0)
    return (rho * counted).sum() / counted.sum().clamp(min=1)


def _one_flow_each(kappa, rho, flows: int, weights: LossWeights):
    """Return (κ, ρ), (B,T) each, in which each row randomly keeps its route or uses one flow for all tokens.

    The probabilities are such that the expected loss equals the loss with all flows of every row.
    """
    alone = torch.tensor(
        [(1, 0), (1, 1), (0, 1)][:flows], dtype=kappa.dtype, device=kappa.device
    )  # (κ, ρ) of each flow
    is_routed = torch.rand(len(kappa), 1, device=kappa.device) * (1 + weights.flow) < 1
    flow = alone[torch.randint(flows, (len(kappa),), device=kappa.device)]  # (B,2)
    return torch.where(is_routed, kappa, flow[:, :1]), torch.where(is_routed, rho, flow[:, 1:])


def _straight_through(gates, hard_share: float):
    """Return flow weights (B,T,R): hard with soft gradients for a share of the rows, soft for the others."""
    hard = flow_weights("threshold" if gates.shape[-1] == 2 else "select", gates.detach(), 0.5)
    is_hard = (torch.rand(len(gates), device=gates.device) < hard_share)[:, None, None]
    return torch.where(is_hard, gates + hard - gates.detach(), gates)


LONGEST_WARMUP = 100  # steps
FLOW_NAMES = ("routed", "direct", "merged")


class RoutingTrainer(Trainer):
    """A trainer whose batches hold cached features instead of token ids. In evaluation nothing is hidden."""

    loss_weights: LossWeights
    best: ClassVar[tuple[str, bool]] = "routed", True  # the figure that chooses the epoch, and whether more is better
    metric: str = "accuracy"
    lengths: list[int] | None = None  # number of tokens of each x, to group rows of similar length; None: no grouping

    def _get_train_sampler(self, train_dataset=None):
        if self.lengths is None:
            return super()._get_train_sampler(train_dataset)
        return LengthGroupedSampler(self.args.train_batch_size, lengths=self.lengths)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        result = self._routing_loss(model, inputs)
        return (result.loss, {"result": result}) if return_outputs else result.loss

    def _routing_loss(self, model, inputs: dict) -> RoutingLoss:
        labels = inputs.pop("labels")
        output = model(**inputs, policy="soft")
        return self._loss_of(model, output, labels)

    def _loss_of(self, model, output: DualRouteOutput, labels) -> RoutingLoss:
        return routing_loss(model, output, labels, self.loss_weights)

    def prediction_step(self, model: Any, inputs, prediction_loss_only, ignore_keys=None):
        labels = inputs["labels"]
        inputs = self._prepare_inputs(inputs)
        with torch.no_grad(), self.compute_loss_context_manager():
            result = self._routing_loss(model, dict(inputs))
        objective = OBJECTIVES[model.config.readout]
        row_score = margin if self.metric == "auc" else objective.score
        scores = tuple(row_score(prediction, labels) for prediction in (result.routed, result.direct, result.merged))
        # Means need no labels, and the trainer can only gather labels of one size; so only `auc` passes them on.
        return result.loss.detach(), scores, labels if self.metric == "auc" else scores[0]

    def get_eval_dataloader(self, eval_dataset=None):
        training = self.data_collator
        assert isinstance(training, Collator)
        self.data_collator = replace(training, context_dropout=0.0, word_dropout=0.0)
        try:
            return super().get_eval_dataloader(eval_dataset)
        finally:
            self.data_collator = training


def margin(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the logit of the second of two classes minus that of the first (B,), by which rows are ranked."""
    return logits[:, 1] - logits[:, 0]


def make_trainer(
    model: DualRouteModel,
    train: RoutingDataset,
    validation: RoutingDataset,
    state: Path,
    settings: TrainingSettings,
    metric: str = "accuracy",
    kind: type[RoutingTrainer] = RoutingTrainer,
) -> RoutingTrainer:
    """Return a trainer that stores its last two epochs in `state` and ends with the best one, see `kind.best`.

    metric  `auc`: the score is the area under the ROC curve; any other: the mean of the objective's score of each row
    Raises ValueError for an idle cost where effects of reading are not known.
    """
    config = model.config
    if settings.idle_cost and (config.writes_text or config.finds_span or len(config.flows) > 2):
        raise ValueError("--idle-cost serves models with labels and two flows: there each token's effect is exact")
    trainer = kind(
        model,
        _arguments(state, settings, len(train), kind.best),
        Collator(train, settings.context_dropout, settings.word_dropout),
        train_dataset=train,
        eval_dataset=validation,
        compute_metrics=_areas if metric == "auc" else _means,
    )
    trainer.metric = metric
    trainer.lengths = train.x.lengths.tolist() if settings.by_length else None
    trainer.loss_weights = LossWeights(settings.flow_loss, settings.budget, settings.hard_share, settings.idle_cost)
    return trainer


def _arguments(state: Path, settings: TrainingSettings, rows: int, best: tuple[str, bool]) -> TrainingArguments:
    steps = settings.epochs * math.ceil(rows / settings.batch_size)
    return TrainingArguments(
        output_dir=str(state),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=256,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        lr_scheduler_type="cosine",
        warmup_steps=min(LONGEST_WARMUP, steps // 10),
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model=best[0],
        greater_is_better=best[1],
        seed=settings.seed,
        remove_unused_columns=False,
        report_to=[],
        label_names=["labels"],
        dataloader_pin_memory=torch.cuda.is_available(),
    )


def _means(prediction) -> dict[str, float]:
    """Return the mean score of the routed output (soft and hard rows mixed as in training) and of each flow alone."""
    return {name: float(np.mean(scores)) for name, scores in zip(FLOW_NAMES, prediction.predictions, strict=True)}


def _areas(prediction) -> dict[str, float]:
    """Return the area under the ROC curve of the same three."""
    area = AreaUnderCurve(prediction.label_ids == 1)
    return {name: float(area.value(margins)) for name, margins in zip(FLOW_NAMES, prediction.predictions, strict=True)}
