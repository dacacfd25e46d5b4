"""One text, x and what follows it, by token ids: a recurrent encoder reads it both ways and is itself trained."""

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from dualroute.inputs import clean_text, joined


class WordIds:
    """Token ids of the words of every text; special tokens have no place in a recurrent encoder."""

    def __init__(self, rows: list[list[int]]):
        self.rows = [torch.tensor(row, dtype=torch.long) for row in rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> torch.Tensor:
        return self.rows[i]

    @property
    def lengths(self) -> np.ndarray:
        """(N,) number of tokens of each text."""
        return np.array([len(row) for row in self.rows])

    @staticmethod
    def batch(rows: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """Ids (B,T) padded to one another, with their mask."""
        mask = pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)
        return {"input_ids": pad_sequence(rows, batch_first=True), "attention_mask": mask}


class BackwardPass:
    """The context of N rows is x itself, read backwards: nothing but whether it is."""

    def __init__(self, rows: int):
        self.rows = rows

    def __len__(self) -> int:
        return self.rows

    def __getitem__(self, i: int) -> bool:
        return True

    @staticmethod
    def batch(rows: list) -> dict[str, torch.Tensor]:
        """A mask (B,1)."""
        return {"attention_mask": torch.ones(len(rows), 1, dtype=torch.long)}


def x_side(backbone, rows, config, cache, name) -> WordIds:
    """The words of x with h behind them, cut to `config.max_length` tokens."""
    return WordIds(word_ids(backbone.tokenizer, [joined(row.x, row.h) for row in rows], config.max_length))


def h_side(backbone, rows, config, cache, name) -> BackwardPass:
    """Nothing: the backward pass is over x."""
    return BackwardPass(len(rows))


def word_ids(tokenizer, texts: list[str], max_length: int) -> list[list[int]]:
    """Token ids of the words of `texts`, cut as features and traces are: special tokens count, and are then left."""
    cleaned = [clean_text(text).text for text in texts]
    found = tokenizer(cleaned, truncation=True, max_length=max_length, return_special_tokens_mask=True)
    pairs = zip(found["input_ids"], found["special_tokens_mask"], strict=True)
    return [[i for i, special in zip(ids, mask, strict=True) if not special] for ids, mask in pairs]
