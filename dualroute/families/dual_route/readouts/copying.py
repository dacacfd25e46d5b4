"""The extended vocabulary of a pointer-generator (See et al. 2017): V words of its own, and the T tokens of x.

A piece has one slot: its place in the vocabulary where it stands there, else V + the place where it first stands in x.
Whatever way a piece may come about, its probabilities are then added up in one slot.
"""

import torch

NOTHING = -1  # behind the end of a text


def source_slots(source: torch.Tensor, vocabulary: torch.Tensor) -> torch.Tensor:
    """(B,T) slot of every token of x, given by ids (B,T). `vocabulary` (V,) holds ids in ascending order."""
    place, known = _look_up(source, vocabulary)
    first = (source[:, :, None] == source[:, None, :]).long().argmax(-1)  # (B,T) where the same token first stands
    return torch.where(known, place, len(vocabulary) + first)


def target_slots(target: torch.Tensor, source: torch.Tensor, vocabulary: torch.Tensor, unknown: int) -> torch.Tensor:
    """(B,N) slot of every piece of a text, ids (B,N); that of the id `unknown` for what can be written in no way."""
    place, known = _look_up(target, vocabulary)
    same = target[:, :, None] == source[:, None, :]  # (B,N,T)
    unwritable, _ = _look_up(torch.full_like(target, unknown), vocabulary)
    otherwise = torch.where(same.any(-1), len(vocabulary) + same.long().argmax(-1), unwritable)
    return torch.where(known, place, otherwise)


def slot_ids(slots: torch.Tensor, source: torch.Tensor, vocabulary: torch.Tensor) -> torch.Tensor:
    """(B,N) token ids of slots (B,N)."""
    size = len(vocabulary)
    copied = source.gather(1, (slots - size).clamp(min=0))
    return torch.where(slots < size, vocabulary[slots.clamp(max=size - 1)], copied)


def mixed(words: torch.Tensor, attention: torch.Tensor, copying: torch.Tensor, slots: torch.Tensor) -> torch.Tensor:
    """(B,N,V+T) probability of every slot: (1 − c)·words + c·attention, added up where slots are the same.

    words (B,N,V) and attention (B,N,T) are distributions, copying c (B,N), slots (B,T).
    """
    own = (1 - copying)[..., None] * words
    room = own.new_zeros(*own.shape[:2], slots.shape[1])
    index = slots[:, None].expand(-1, own.shape[1], -1)
    return torch.cat([own, room], dim=-1).scatter_add(2, index, copying[..., None] * attention)


def _look_up(ids: torch.Tensor, vocabulary: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Place in the vocabulary, and whether the id stands there."""
    place = torch.searchsorted(vocabulary, ids.contiguous()).clamp(max=len(vocabulary) - 1)
    return place, vocabulary[place] == ids
