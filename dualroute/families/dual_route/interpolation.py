"""The model as a function of the presence of each word, between a baseline and the input.

A word of presence p has the embedding e' + p (e − e'), where e is its own and e' that of the baseline. The gradient by
p is the gradient by the embedding times (e − e'), summed over the embedding. So a method of attribution gives the same
scores for presences as for embeddings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import torch

from dualroute.families.attribution_function import Counts, LayerSplit, TargetValue, TwoStageFunction
from dualroute.families.dual_route.batched_targets import EvaluationCache, evaluate
from dualroute.families.dual_route.contexts import EncodedContext
from dualroute.families.dual_route.inputs import Encoded, ModelInput
from dualroute.families.dual_route.layer_split import layer_split
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.families.dual_route.target_values import target_probability, target_values
from dualroute.families.dual_route.tracing import encode_pair
from dualroute.families.dual_route.varied_inputs import (
    BaselineEmbeddings,
    VariedInput,
    baseline_embeddings,
    varied_items,
    varied_picture,
    varied_text,
)
from dualroute.progress import report_forward
from dualroute.trace.record import Trace
from dualroute.trace.targets import Target


@dataclass(frozen=True, eq=False)
class InterpolationPath(TwoStageFunction):
    """The straight path from the baseline, presence 0, to the input, presence 1, and K targets along it.

    varied         x, and h unless it is empty or comes from x itself
    values         the targets
    probabilities  the probability of each target, or None
    counts         passes so far, forward and backward
    cache          results of `evaluate` so far
    """

    model: DualRouteModel
    varied: tuple[VariedInput, ...]
    values: tuple[TargetValue, ...]
    probabilities: tuple[TargetValue | None, ...] = ()
    counts: Counts = field(default_factory=Counts)
    cache: EvaluationCache = field(default_factory=EvaluationCache)

    @property
    def widths(self) -> tuple[int, ...]:
        """T, and S unless it is 0."""
        return tuple(len(one.words) for one in self.varied)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Tokens of x, and of h, that the encoders read."""
        return tuple(len(one.start) for one in self.varied)

    @property
    def grids(self) -> tuple[tuple[int, ...], ...]:
        """(T,), and (S,) or for a picture (rows, columns)."""
        return tuple(one.grid for one in self.varied)

    def encode(self, place: int, presence: torch.Tensor) -> tuple[Encoded, ...]:
        """Return f(x) for place 0 or f(h) for place 1, at presences (B,T) of its tokens.

        Where x alone varies, also the f(h) that goes with f(x): empty, or computed from x itself.
        """
        inputs = ModelInput(**self.varied[place].inputs(presence))
        self.count_forward(place, len(presence))
        if place:
            return (self.model.encode_h(inputs, ModelInput()),)
        own = self.model.encode_x(inputs)
        return (own,) if len(self.varied) > 1 else (own, self.model.encode_h(ModelInput(), inputs))

    def route(self, encoded: Sequence[Encoded]) -> DualRouteOutput:
        """Return the model's output for f(x) and f(h). Its policy does not matter: each target has its own route."""
        return self.model.route_states(*encoded, policy="direct")

    def evaluate(self, *presence: torch.Tensor) -> torch.Tensor:
        """Return all targets (B,K) at presences (B,T) and (B,S), without gradients; see `batched_targets.evaluate`."""
        return evaluate(self, self.cache, presence)

    def with_values(self, values: tuple[TargetValue, ...]) -> Self:
        return replace(self, values=values, probabilities=(), cache=EvaluationCache())

    def embeddings(self) -> tuple[torch.Tensor, ...]:
        """Return word embeddings (1,n,D_e), vectors of items (1,S,D_f+1) or pixels (1,3,height,width) of the input."""
        return tuple(inputs[one.field].detach() for one, inputs in zip(self.varied, self._whole(), strict=True))

    def output_of(self, *embeddings: torch.Tensor) -> DualRouteOutput:
        """Return the model's output for such embeddings, a batch of one, with gradients."""
        parts = zip(self.varied, self._whole(), embeddings, strict=True)
        inputs = [ModelInput(**whole | {one.field: tensor}) for one, whole, tensor in parts]
        x, h = inputs[0], (inputs[1] if len(inputs) > 1 else ModelInput())
        report_forward(1)
        self.counts.forward += 1
        return self.route([self.model.encode_x(x), self.model.encode_h(h, x)])

    def _whole(self) -> list[dict[str, torch.Tensor]]:
        return [one.inputs(ends) for one, ends in zip(self.varied, self.at(torch.ones(1)), strict=True)]

    def sums_over_tokens(self, *numbers: torch.Tensor) -> torch.Tensor:
        """Return sums (T+S,) of numbers with the shapes of `embeddings`."""
        return torch.cat([one.sums_over_tokens(part) for one, part in zip(self.varied, numbers, strict=True)])

    def layer_split(self, layer: int | None) -> LayerSplit:
        """Return the path split after `layer` of the backbone, or for None after the encoders; see `layer_split`."""
        return layer_split(self, self.model, self.varied, layer)

    @property
    def differences(self) -> tuple[torch.Tensor, ...]:
        """(n,D_e), (S,D_f+1) or (3,height,width) for each varied input."""
        return tuple(one.difference for one in self.varied)

    def with_differences(self, differences: Sequence[torch.Tensor]) -> Self:
        varied = tuple(one.with_difference(part) for one, part in zip(self.varied, differences, strict=True))
        return replace(self, varied=varied, counts=Counts(), cache=EvaluationCache())

    def with_contributions(self, trace: Trace) -> Trace:
        """Return `trace` with D and K computed from the words at presence 1, and its own gates."""
        encoded = [one for place, part in enumerate(self.at(torch.ones(1))) for one in self.encode(place, part)]
        output = self.model.route_states(*encoded, policy="direct", output_contributions=True)
        direct, read = output.parts.direct[0].detach().numpy(), output.context_contributions
        context = None if trace.context is None or read is None else read[0].detach().numpy()
        return replace(trace, ledger=replace(trace.sums, direct=direct, context=context))


def make_interpolation_path(
    model: DualRouteModel, trace: Trace, targets: Sequence[Target], baseline: str = "pad", baseline_texts=None
) -> InterpolationPath:
    """Return the path of the words of `trace` from a baseline, see `baseline_embeddings`.

    Raises ValueError for a baseline or texts that do not fit, and for a trace of other tokens than this model's.
    """
    own, other = encode_pair(model, trace.x, trace.image or trace.h)
    if (own.tokens, other.tokens) != (trace.tokens, trace.context_tokens):
        raise ValueError("the trace's tokens are not the ones this model makes of its texts")
    absent = baseline_embeddings(model, baseline, baseline_texts)
    varied: tuple[VariedInput, ...] = (varied_text(model.backbone, own, absent, absent.x),)
    if other.inputs:
        varied += (_varied_context(model, other, absent),)
    values = target_values(model, own, trace, targets)
    pairs = zip(targets, values, strict=True)
    return InterpolationPath(
        model, varied, values, tuple(target_probability(trace, target, value) for target, value in pairs)
    )


def _varied_context(model: DualRouteModel, context: EncodedContext, absent: BaselineEmbeddings) -> VariedInput:
    if context.encoded is not None:
        return varied_text(model.backbone, context.encoded, absent, absent.h)
    if "pixel_values" in context.inputs:
        return varied_picture(context.inputs["pixel_values"][0], model.config.patches)
    return varied_items(model, context.inputs["hidden_states"][0], absent.fill)
