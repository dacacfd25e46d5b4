"""The inputs that attributions vary by presence: embeddings of a text, vectors of items, or pixels of a picture.

At presence 1 a token (word, item or patch) is that of the input, at presence 0 that of the baseline.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import torch
from torch.nn.functional import interpolate

from dualroute.families.dual_route.encoders.items import mean_state
from dualroute.families.dual_route.encoding import EncodedText, encode_text
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.inputs import NO_RATING, joined

BASELINES = ("pad", "mask", "zero", "mean", "text")
WHITE = 1.0


class VariedInput(ABC):
    """x, or h, as a function of the presence of its T tokens.

    field       the argument of the model's forward that varies
    start       (n,D) input of the encoder at presence 0, one row for each of its n tokens
    difference  what presence 1 adds to `start`; 0 for special tokens
    words       (T,) indices of the tokens that vary among the n
    """

    field: ClassVar[str]
    start: torch.Tensor
    difference: torch.Tensor
    words: torch.Tensor

    @property
    def grid(self) -> tuple[int, ...]:
        """How the tokens are arranged: (T,), or (rows, columns)."""
        return (len(self.words),)

    @abstractmethod
    def inputs(self, presence: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return fields of `ModelInput` at presences (B,T) of the tokens."""

    @abstractmethod
    def with_difference(self, difference: torch.Tensor) -> Self:
        """Return the same input with another difference, of the same shape."""

    def sums_over_tokens(self, numbers: torch.Tensor) -> torch.Tensor:
        """Return sums (T,) over the words of numbers (1,n,D) with the shape of the encoder's input."""
        return numbers[0].sum(-1)[self.words]


@dataclass(frozen=True, eq=False)
class VariedText(VariedInput):
    """Word embeddings of a text of n tokens, T of them words.

    start, difference  (n,D_e)
    words              (T,)
    special            (n,) 1 for special tokens, which do not vary
    """

    field = "inputs_embeds"

    start: torch.Tensor
    difference: torch.Tensor
    words: torch.Tensor
    special: torch.Tensor

    def inputs(self, presence: torch.Tensor) -> dict[str, torch.Tensor]:
        whole = presence.new_zeros(len(presence), len(self.start)).index_copy(1, self.words, presence)  # (B,n)
        return {
            "inputs_embeds": self.start + whole[..., None] * self.difference,  # (B,n,D_e)
            "attention_mask": torch.ones_like(whole, dtype=torch.long),
            "special_tokens_mask": self.special.expand(len(presence), -1),
        }

    def with_difference(self, difference: torch.Tensor) -> Self:
        return replace(self, difference=difference)


@dataclass(frozen=True, eq=False)
class VariedItems(VariedInput):
    """Vectors of S items; the presence of an item applies to its title and its rating together.

    start, difference  (S,D_f+1)
    """

    field = "hidden_states"

    start: torch.Tensor
    difference: torch.Tensor

    @property
    def words(self) -> torch.Tensor:
        return torch.arange(len(self.start))

    def inputs(self, presence: torch.Tensor) -> dict[str, torch.Tensor]:
        return {
            "hidden_states": self.start + presence[..., None] * self.difference,
            "attention_mask": torch.ones_like(presence, dtype=torch.long),
        }

    def with_difference(self, difference: torch.Tensor) -> Self:
        return replace(self, difference=difference)


@dataclass(frozen=True, eq=False)
class VariedPicture(VariedInput):
    """Pixels of a picture of S = patches² patches in reading order; an absent patch is white.

    difference  (3,height,width) from white to the picture
    patches     how many along one side; the pixels of a patch also affect the states of its neighbours
    """

    field = "pixel_values"

    difference: torch.Tensor
    patches: int

    @property
    def start(self) -> torch.Tensor:
        """(S,3) the colour of absent patches."""
        return torch.full((self.patches**2, 3), WHITE)

    @property
    def words(self) -> torch.Tensor:
        return torch.arange(self.patches**2)

    @property
    def grid(self) -> tuple[int, ...]:
        return (self.patches, self.patches)

    def inputs(self, presence: torch.Tensor) -> dict[str, torch.Tensor]:
        shares = presence.unflatten(1, (1, self.patches, self.patches))
        shares = interpolate(shares, self.difference.shape[-2:], mode="nearest")  # (B,1,height,width)
        return {
            "pixel_values": WHITE + shares * self.difference,
            "attention_mask": torch.ones(len(presence), 1, dtype=torch.long),
        }

    def with_difference(self, difference: torch.Tensor) -> Self:
        return replace(self, difference=difference)

    def sums_over_tokens(self, numbers: torch.Tensor) -> torch.Tensor:
        """Return sums (S,) over the patches of numbers (1,3,height,width)."""
        indices = self.words.float().view(1, 1, self.patches, self.patches)
        patch_of = interpolate(indices, numbers.shape[-2:], mode="nearest").long().flatten()  # as in `inputs`
        return torch.zeros(len(self.words)).index_add(0, patch_of, numbers[0].sum(0).flatten())


@dataclass(frozen=True, eq=False)
class BaselineEmbeddings:
    """The embeddings of absent words.

    fill      (D_e,) of an absent word, where `x` or `h` has no word at its position
    x, h      baseline texts, whose words replace those of x and of h one by one; None for no text
    """

    fill: torch.Tensor
    x: EncodedText | None = None
    h: EncodedText | None = None

    def of(self, backbone, text: EncodedText | None, count: int) -> torch.Tensor:
        """Return embeddings (count,D_e) of absent words: those of `text`, then `fill`."""
        absent = self.fill.repeat(count, 1)
        if text is not None:
            ids = torch.from_numpy(text.ids[~text.special][:count])
            absent[: len(ids)] = backbone.embed(ids).detach()
        return absent


def baseline_embeddings(
    model: DualRouteModel, baseline: str, texts: tuple[str, str] | None = None
) -> BaselineEmbeddings:
    """Return the embeddings of absent words under `baseline`, one of BASELINES.

    pad, mask  the embedding of that token
    zero       zeros
    mean       the mean over the backbone's vocabulary
    text       the words of `texts` (x, h), position by position. Further words of x or h have the embedding of pad;
               further words of a baseline text are unused. Items and patches have no baseline text: h must be empty
    Raises ValueError for another baseline, one whose token the tokenizer lacks, and texts that do not fit.
    """
    if baseline not in BASELINES:
        raise ValueError(f"unknown baseline {baseline!r}; choose one of {', '.join(BASELINES)}")
    if (baseline == "text") != (texts is not None):
        raise ValueError("baseline 'text' and baseline_texts, of x and of h, are given together")
    fill = _fill(model.backbone, "pad" if baseline == "text" else baseline)
    return BaselineEmbeddings(fill, *_encoded(model, texts)) if texts is not None else BaselineEmbeddings(fill)


def _encoded(model: DualRouteModel, texts: tuple[str, str]) -> tuple[EncodedText, EncodedText | None]:
    if len(texts) != 2 or not all(isinstance(text, str) for text in texts):
        raise ValueError("baseline_texts must be two texts, one of x and one of h; either may be empty")
    config, tokenizer = model.config, model.backbone.tokenizer
    whole = joined(*texts) if model.encoder.context_in_x else texts[0]
    own = encode_text(tokenizer, whole, config.max_length, "baseline")
    if model.encoder.context_in_x:
        return own, None
    if not config.h_is_text:
        if texts[1].strip():
            raise ValueError(f"the {config.h_name} is no text of its own: it takes no baseline text")
        return own, None
    return own, encode_text(tokenizer, texts[1], config.context_max_length, "baseline")


def _fill(backbone, baseline: str) -> torch.Tensor:
    if baseline == "zero":
        return torch.zeros_like(backbone.embed(torch.tensor(0)))
    if baseline == "mean":
        return backbone.model.get_input_embeddings().weight.detach().mean(0)
    token = getattr(backbone.tokenizer, f"{baseline}_token_id")
    if token is None:
        raise ValueError(f"the tokenizer of {backbone.name!r} has no {baseline} token; choose another baseline")
    return backbone.embed(torch.tensor(token)).detach()


def varied_text(backbone, text: EncodedText, baseline: BaselineEmbeddings, words: EncodedText | None) -> VariedText:
    """Return `text` with its baseline; `words` is the baseline text, if there is one."""
    special = torch.from_numpy(text.special)
    embeds = backbone.embed(torch.from_numpy(text.ids)).detach()  # (n,D_e)
    places, start = (~special).nonzero()[:, 0], embeds.clone()
    start[places] = baseline.of(backbone, words, len(places))
    return VariedText(start, embeds - start, places, special=special.long())


@torch.no_grad()
def varied_items(model: DualRouteModel, vectors: torch.Tensor, absent: torch.Tensor) -> VariedItems:
    """Return items of `vectors` (S,D_f+1). An absent item has no rating and one word as its title: `absent` (D_e,)."""
    text = encode_text(model.backbone.tokenizer, "a", max_length=3, name="title")  # any word: its embedding is replaced
    special = torch.from_numpy(text.special)
    embeds = torch.where(special[:, None], model.backbone.embed(torch.from_numpy(text.ids)), absent)[None]
    states = model.backbone(torch.ones(1, len(special), dtype=torch.long), inputs_embeds=embeds)[0]
    start = torch.cat([mean_state(states[~special]), torch.tensor([NO_RATING])])
    return VariedItems(start.expand_as(vectors), vectors - start)


def varied_picture(pixel_values: torch.Tensor, patches: int) -> VariedPicture:
    """Return the picture `pixel_values` (3,height,width) in [0, 1] with its baseline."""
    return VariedPicture(pixel_values - WHITE, patches)
