"""The presence of the items of a context: what attributions to a history vary."""

from dataclasses import dataclass

import torch

from dualroute.interpret.encoding import encode_text
from dualroute.items import NO_RATING
from dualroute.model.dual_route import DualRouteModel
from dualroute.model.encoders.items import mean_state


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
