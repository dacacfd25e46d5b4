"""The extended vocabulary of a pointer-generator (See et al. 2017): V words of its own, and the T tokens of x.

A piece has one slot: its index in the vocabulary, or V + its first position in x if the vocabulary does not contain it.
So the probabilities of writing and of copying the same piece add up in one slot.
"""

import torch

NOTHING = -1  # after the end of a text


def source_slots(source: torch.Tensor, vocabulary: torch.Tensor) -> torch.Tensor:
    """Return the slots (B,T) of the tokens of x, ids `source` (B,T); `vocabulary` (V,) are ids in ascending order."""
    place, known = _look_up(source, vocabulary)
    first = (source[:, :, None] == source[:, None, :]).long().argmax(-1)  # (B,T) first position of the same token
    return torch.where(known, place, len(vocabulary) + first)


def target_slots(target: torch.Tensor, source: torch.Tensor, vocabulary: torch.Tensor, unknown: int) -> torch.Tensor:
    """Return the slots (B,N) of the pieces of a text, ids (B,N): that of `unknown` for a piece that has none."""
    place, known = _look_up(target, vocabulary)
    same = target[:, :, None] == source[:, None, :]  # (B,N,T)
    fallback, _ = _look_up(torch.full_like(target, unknown), vocabulary)
    otherwise = torch.where(same.any(-1), len(vocabulary) + same.long().argmax(-1), fallback)
    return torch.where(known, place, otherwise)


def slot_ids(slots: torch.Tensor, source: torch.Tensor, vocabulary: torch.Tensor) -> torch.Tensor:
    """Return the token ids (B,N) of slots (B,N)."""
    size = len(vocabulary)
    copied = source.gather(1, (slots - size).clamp(min=0))
    return torch.where(slots < size, vocabulary[slots.clamp(max=size - 1)], copied)


def mixed(words: torch.Tensor, attention: torch.Tensor, copying: torch.Tensor, slots: torch.Tensor) -> torch.Tensor:
    """Return the probability (B,N,V+T) of every slot: (1 − c)·words + c·attention, summed over equal slots.

    words (B,N,V) and attention (B,N,T) are distributions; copying is c (B,N); slots (B,T) are those of x.
    """
    own = (1 - copying)[..., None] * words
    room = own.new_zeros(*own.shape[:2], slots.shape[1])
    index = slots[:, None].expand(-1, own.shape[1], -1)
    return torch.cat([own, room], dim=-1).scatter_add(2, index, copying[..., None] * attention)


def _look_up(ids: torch.Tensor, vocabulary: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Index in the vocabulary, and whether the vocabulary contains the id."""
    place = torch.searchsorted(vocabulary, ids.contiguous()).clamp(max=len(vocabulary) - 1)
    return place, vocabulary[place] == ids
