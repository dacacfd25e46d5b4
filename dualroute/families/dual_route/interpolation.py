"""The model as a function of how present every word is.

Presence is one number p in [0, 1] per word: its embedding is e' + p (e − e'), with e' the baseline's. The gradient
to p is the gradient to the embedding times (e − e'), summed over the embedding, so that a method of attribution on
presences gives the scores it gives on embeddings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from dualroute.families.dual_route.batched_targets import BATCH_TOKENS, Counts, Memory, evaluate
from dualroute.families.dual_route.contexts import EncodedContext
from dualroute.families.dual_route.encoding import EncodedText
from dualroute.families.dual_route.inputs import Encoded, ModelInput
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.outputs import DualRouteOutput
from dualroute.families.dual_route.target_values import Value, target_values
from dualroute.families.dual_route.tracing import encode_pair
from dualroute.families.dual_route.varied_inputs import (
    Absent,
    ItemSide,
    PictureSide,
    absent_words,
    item_side,
    picture_side,
)
from dualroute.progress import passed
from dualroute.trace.record import Trace
from dualroute.trace.targets import Target


@dataclass(frozen=True, eq=False)
class Side:
    """Embeddings of x, or of h, by the presence of its T words among its n tokens.

    start, difference  (n,D_e) the baseline, and what leads from it to the input: 0 for special tokens
    words              (T,) places of the words
    special            (n,) 1 for the other tokens
    """

    start: torch.Tensor
    difference: torch.Tensor
    words: torch.Tensor
    special: torch.Tensor

    def inputs(self, presence: torch.Tensor, prefix: str) -> dict[str, torch.Tensor]:
        """Arguments of the model's forward where the words are present by (B,T)."""
        whole = presence.new_zeros(len(presence), len(self.start)).index_copy(1, self.words, presence)  # (B,n)
        return {
            f"{prefix}inputs_embeds": self.start + whole[..., None] * self.difference,  # (B,n,D_e)
            f"{prefix}attention_mask": torch.ones_like(whole, dtype=torch.long),
            f"{prefix}special_tokens_mask": self.special.expand(len(presence), -1),
        }


@dataclass(frozen=True, eq=False)
class Path:
    """From the baseline, presence 0, to the input, presence 1, and the K targets asked along it.

    sides   one for x, and one for h unless it is empty or comes from x itself
    values  the targets
    counts  the passes made so far, forward and backward;  memory  what `evaluate` found so far
    """

    model: DualRouteModel
    sides: tuple[Side | ItemSide | PictureSide, ...]
    values: tuple[Value, ...]
    counts: Counts = field(default_factory=Counts)
    memory: Memory = field(default_factory=Memory)

    @property
    def widths(self) -> tuple[int, ...]:
        """T, and S unless it is 0."""
        return tuple(len(side.words) for side in self.sides)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Tokens that a row of each side has to encode."""
        return tuple(len(side.start) for side in self.sides)

    @property
    def rows(self) -> int:
        """How many rows to put in one pass with gradients; `evaluate` takes as many as there are."""
        return max(1, BATCH_TOKENS // sum(self.lengths))

    def at(self, points: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Presences (B,T) and (B,S) where every word is present by the same (B,)."""
        return tuple(points[:, None].repeat(1, width) for width in self.widths)

    def encode(self, side: int, presence: torch.Tensor) -> tuple[Encoded, ...]:
        """f of one side where its words are present by (B,T): f(x) for side 0, f(h) for side 1.

        Without a side 1 this is f(x) and what there is for f(h): nothing, or what comes from x itself.
        """
        given = ModelInput(**self.sides[side].inputs(presence, ""))
        rows = len(presence) * self.lengths[side] / sum(self.lengths)
        passed(rows)
        self.counts.forward += rows
        if side:
            return (self.model.encode_h(given, ModelInput()),)
        own = self.model.encode_x(given)
        return (own,) if len(self.sides) > 1 else (own, self.model.encode_h(ModelInput(), given))

    def route(self, encoded: Sequence[Encoded]) -> DualRouteOutput:
        """The model behind f(x) and f(h), with whatever decision: the target brings its own, see `target_values`."""
        return self.model.route_states(*encoded, policy="direct")

    def output(self, *presence: torch.Tensor) -> DualRouteOutput:
        """The model where the words are present by (B,T) and (B,S), with gradients."""
        return self.route([one for side, part in enumerate(presence) for one in self.encode(side, part)])

    def evaluate(self, *presence: torch.Tensor) -> torch.Tensor:
        """(B,K) all targets where the words are present by (B,T) and (B,S), without gradients; see `evaluation`."""
        return evaluate(self, presence)

    def targets_at(self, points: list[float]) -> torch.Tensor:
        """(P,K) the targets at points of the path."""
        return self.evaluate(*self.at(torch.tensor(points)))


def make_path(
    model: DualRouteModel, trace: Trace, targets: Sequence[Target], baseline: str = "pad", baseline_texts=None
) -> Path:
    """The path of `trace`'s words from a baseline, see `baselines.absent_words`.

    Raises ValueError for a baseline that cannot be, and for a trace whose tokens are not this model's.
    """
    own, other = encode_pair(model, trace.x, trace.image or trace.h)
    if (own.tokens, other.tokens) != (trace.tokens, trace.context_tokens):
        raise ValueError("the trace's tokens are not the ones this model makes of its texts")
    absent = absent_words(model, baseline, baseline_texts)
    sides = (_side(model.backbone, own, absent, absent.own),)
    if other.inputs:
        sides += (_context_side(model, other, absent),)
    return Path(model, sides, target_values(model, own, trace, targets))


def _side(backbone, text: EncodedText, absent: Absent, instead: EncodedText | None) -> Side:
    special = torch.from_numpy(text.special)
    embeds = backbone.embed(torch.from_numpy(text.ids)).detach()  # (n,D_e)
    words, start = (~special).nonzero()[:, 0], embeds.clone()
    start[words] = absent.words(backbone, instead, len(words))
    return Side(start, embeds - start, words, special=special.long())


def _context_side(model: DualRouteModel, other: EncodedContext, absent: Absent) -> Side | ItemSide | PictureSide:
    if model.config.context == "items":
        return item_side(model, other.inputs["hidden_states"][0], absent.fill)
    if model.config.context == "image":
        return picture_side(other.inputs["pixel_values"][0], model.config.patches)
    return _side(model.backbone, other.encoded, absent, absent.other)
