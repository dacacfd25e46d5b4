"""What an absent word is: the other end of an attribution's path.

The presence of the items of a context: what attributions to a history vary.

The presence of the patches of a picture: what attributions to a picture vary.
"""

from dataclasses import dataclass

import torch
from torch.nn.functional import interpolate

from dualroute.families.dual_route.encoders.items import mean_state
from dualroute.families.dual_route.encoding import EncodedText, encode_text
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.inputs import NO_RATING, joined

BASELINES = ("pad", "mask", "zero", "mean", "text")


@dataclass(frozen=True, eq=False)
class Absent:
    """The absent words of x and of h.

    fill      (D_e,) the embedding of any of them, and of those where `own` or `other` has no word
    own, other  tokens of a baseline text of x and of h, or None: word by word what stands in their place
    """

    fill: torch.Tensor
    own: EncodedText | None = None
    other: EncodedText | None = None

    def words(self, backbone, text: EncodedText | None, count: int) -> torch.Tensor:
        """(count,D_e) embeddings of `count` absent words, from `text` as far as it goes."""
        absent = self.fill.repeat(count, 1)
        if text is not None:
            ids = torch.from_numpy(text.ids[~text.special][:count])
            absent[: len(ids)] = backbone.embed(ids).detach()
        return absent


def absent_words(model, baseline: str, texts: tuple[str, str] | None = None) -> Absent:
    """What `baseline`, one of BASELINES, puts in the place of words.

    pad, mask  the embedding of that token;  zero  nothing at all;  mean  the mean of all words the backbone knows
    text       the words of `texts`, of x and of h, place by place: further words of x are left as pad, and what a
               baseline text has beyond the words of x is not used. The h of a context of items or of a picture is
               no text: its items and patches are absent as ever, and the text given for it must be empty.
    Raises ValueError for another baseline, one whose token the tokenizer lacks, and texts that do not fit.
    """
    if baseline not in BASELINES:
        raise ValueError(f"unknown baseline {baseline!r}; choose one of {', '.join(BASELINES)}")
    if (baseline == "text") != (texts is not None):
        raise ValueError("baseline 'text' and baseline_texts, of x and of h, are given together")
    fill = _fill(model.backbone, "pad" if baseline == "text" else baseline)
    return Absent(fill, *_encoded(model, texts)) if texts is not None else Absent(fill)


def _encoded(model, texts: tuple[str, str]) -> tuple[EncodedText, EncodedText | None]:
    if len(texts) != 2 or not all(isinstance(text, str) for text in texts):
        raise ValueError("baseline_texts must be two texts, one of x and one of h; either may be empty")
    config, tokenizer = model.config, model.backbone.tokenizer
    whole = joined(*texts) if model.encoder.context_in_x else texts[0]
    own = encode_text(tokenizer, whole, config.max_length, "baseline")
    if model.encoder.context_in_x:
        return own, None
    if config.context != "text":
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


@dataclass(frozen=True, eq=False)
class ItemSide:
    """The vectors of S items by the presence of each: title and rating come and go together.

    start, difference  (S,D_f+1) the absent item's vector, and what leads from it to each item's
    """

    start: torch.Tensor
    difference: torch.Tensor

    @property
    def words(self) -> torch.Tensor:
        """(S,) places of the items: all."""
        return torch.arange(len(self.start))

    def inputs(self, presence: torch.Tensor, prefix: str) -> dict[str, torch.Tensor]:
        """Arguments of the model's forward where the items are present by (B,S)."""
        return {
            f"{prefix}hidden_states": self.start + presence[..., None] * self.difference,
            f"{prefix}attention_mask": torch.ones_like(presence, dtype=torch.long),
        }


@torch.no_grad()
def item_side(model: DualRouteModel, vectors: torch.Tensor, absent: torch.Tensor) -> ItemSide:
    """From an absent item to each of vectors (S,D_f+1).

    An absent item has no rating, and its title is one absent word, whose embedding is `absent` (D_e,).
    """
    text = encode_text(model.backbone.tokenizer, "a", max_length=3, name="title")  # any word: its embedding is replaced
    special = torch.from_numpy(text.special)
    embeds = torch.where(special[:, None], model.backbone.embed(torch.from_numpy(text.ids)), absent)[None]
    states = model.backbone(torch.ones(1, len(special), dtype=torch.long), inputs_embeds=embeds)[0]
    start = torch.cat([mean_state(states[~special]), torch.tensor([NO_RATING])])
    return ItemSide(start.expand_as(vectors), vectors - start)


WHITE = 1.0


@dataclass(frozen=True, eq=False)
class PictureSide:
    """The pixels of a picture by the presence of its patches: an absent patch is white.

    difference  (3,height,width) what leads from white to the picture
    patches     how many along one side; a patch is the pixels its state stands for, seen by its neighbours too
    """

    difference: torch.Tensor
    patches: int

    @property
    def words(self) -> torch.Tensor:
        """(S,) places of the patches: all, in reading order."""
        return torch.arange(self.patches**2)

    @property
    def start(self) -> torch.Tensor:
        """(S,3) the colour of an absent patch."""
        return torch.full((self.patches**2, 3), WHITE)

    def inputs(self, presence: torch.Tensor, prefix: str) -> dict[str, torch.Tensor]:
        """Arguments of the model's forward where the patches are present by (B,S)."""
        shares = presence.unflatten(1, (1, self.patches, self.patches))
        shares = interpolate(shares, self.difference.shape[-2:], mode="nearest")  # (B,1,height,width)
        return {
            f"{prefix}pixel_values": WHITE + shares * self.difference,
            f"{prefix}attention_mask": torch.ones(len(presence), 1, dtype=torch.long),
        }


def picture_side(pixel_values: torch.Tensor, patches: int) -> PictureSide:
    """From white to pixel_values (3,height,width) in [0, 1]."""
    return PictureSide(pixel_values - WHITE, patches)
