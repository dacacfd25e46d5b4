"""One text that a trained recurrent encoder reads in both directions: token ids of x with h appended."""

from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from dualroute.families.dual_route.encoding import own_text, tokenize
from dualroute.inputs import clean_text


class WordIds:
    """Token ids of the words of every text, without special tokens."""

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
        """Pad ids to (B,T) and return them with their mask."""
        mask = pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)
        return {"input_ids": pad_sequence(rows, batch_first=True), "attention_mask": mask}


class BackwardPass:
    """The context of N rows where h is x itself, read backwards: present in every row, and without data of its own."""

    def __init__(self, rows: int):
        self.rows = rows

    def __len__(self) -> int:
        return self.rows

    def __getitem__(self, i: int) -> bool:
        return True

    @staticmethod
    def batch(rows: list) -> dict[str, torch.Tensor]:
        """Return the mask (B,1)."""
        return {"attention_mask": torch.ones(len(rows), 1, dtype=torch.long)}


def x_features(backbone, rows, config, cache: Path, name: str, images: Path | None = None) -> WordIds:
    """Return the words of x followed by those of h, truncated to `config.max_length` tokens."""
    return WordIds(word_ids(backbone.tokenizer, [own_text(config, row.x, row.h) for row in rows], config.max_length))


def h_features(backbone, rows, config, cache: Path, name: str, images: Path | None = None) -> BackwardPass:
    """Return the mark that every row has a backward pass."""
    return BackwardPass(len(rows))


def word_ids(tokenizer, texts: list[str], max_length: int | None = None) -> list[list[int]]:
    """Return the token ids of the words of `texts`, cut as in traces: special tokens count towards `max_length`."""
    cleaned = [clean_text(text).text for text in texts]
    return [tokens.words.tolist() for tokens in tokenize(tokenizer, cleaned, max_length)]
