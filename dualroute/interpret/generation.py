"""The record of a text that was written. Plain numpy."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Generation:
    """A text that was written token by token. N steps, T tokens of x.

    tokens     N pieces that were written; a piece that continues a word starts with ##
    text       the pieces put together
    attention  (N,T) where each step looked among the routed states
    copied     (N,) probability with which each step copied a token of x instead of writing a word of its own
    probs      (N,) probability of each piece given those before it
    alternatives  texts of the other flows by name: `direct`, `merged`
    """

    tokens: tuple[str, ...]
    text: str
    attention: np.ndarray
    copied: np.ndarray
    probs: np.ndarray
    alternatives: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: dict) -> "Generation":
        """Of a parsed JSON object."""
        arrays = {name: np.asarray(data[name], dtype=np.float32) for name in ("attention", "copied", "probs")}
        return cls(**data | arrays | {"tokens": tuple(data["tokens"])})
