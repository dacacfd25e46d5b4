"""Backbone features, computed once per data file and kept on disk: a frozen encoder need not run every epoch."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence
from tqdm.auto import tqdm

from dualroute.model.backbone import FrozenBackbone
from dualroute.text import clean_text

BATCH = 64


@dataclass(frozen=True, eq=False)
class Features:
    """Hidden states (N, D_f) of all texts one after another, float16; text i has rows starts[i] to starts[i+1].

    Special tokens have no rows: they are encoded with the words, but not routed. An empty text has none at all.
    """

    states: np.ndarray
    starts: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, i: int) -> torch.Tensor:
        """(T, D_f) float32."""
        return torch.from_numpy(self.states[self.starts[i] : self.starts[i + 1]].astype(np.float32))

    @property
    def lengths(self) -> np.ndarray:
        """(N,) number of tokens of each text."""
        return np.diff(self.starts)

    @staticmethod
    def batch(rows: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """Texts (T_i, D_f) padded to one another, with their mask."""
        mask = pad_sequence([torch.ones(len(row), dtype=torch.long) for row in rows], batch_first=True)
        return {"hidden_states": pad_sequence(rows, batch_first=True), "attention_mask": mask}


def encode_texts(backbone: FrozenBackbone, texts: list[str], max_length: int, cache: Path, name: str) -> Features:
    """Features of `texts`, from `cache` when they were computed before with the same weights and settings."""
    folder = cache / _key(backbone, texts, max_length)
    if not (folder / "starts.npy").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _compute(backbone, texts, max_length, folder, name)
    return Features(np.load(folder / "states.npy", mmap_mode="r"), np.load(folder / "starts.npy"))


def _key(backbone: FrozenBackbone, texts: list[str], max_length: int) -> str:
    return hashlib.sha256(json.dumps(["words", backbone.sha256, max_length, texts]).encode()).hexdigest()[:16]


def _compute(backbone: FrozenBackbone, texts: list[str], max_length: int, folder: Path, name: str) -> None:
    """`starts.npy` is written last, so that a run that was cut short is not taken for a whole one."""
    ids = _tokenize(backbone, texts, max_length)
    words = [
        ~np.asarray(backbone.tokenizer.get_special_tokens_mask(row, already_has_special_tokens=True), bool)
        for row in ids
    ]
    starts = np.concatenate([[0], np.cumsum([row.sum() for row in words])]).astype(np.int64)
    states = np.lib.format.open_memmap(
        folder / "states.npy", mode="w+", dtype=np.float16, shape=(int(starts[-1]), backbone.size)
    )
    by_length = [i for i in np.argsort([len(row) for row in ids], kind="stable") if ids[i]]
    with tqdm(total=len(by_length), desc=f"encode {name}", unit="text") as bar:
        for first in range(0, len(by_length), BATCH):
            chosen = by_length[first : first + BATCH]
            for i, row in zip(chosen, _encode(backbone, [ids[i] for i in chosen]), strict=True):
                states[starts[i] : starts[i + 1]] = row[words[i]]
            bar.update(len(chosen))
    states.flush()
    np.save(folder / "starts.npy", starts)


def _tokenize(backbone: FrozenBackbone, texts: list[str], max_length: int) -> list[list[int]]:
    cleaned = [clean_text(text).text for text in texts]
    ids = backbone.tokenizer(cleaned, truncation=True, max_length=max_length)["input_ids"]
    return [row if text else [] for row, text in zip(ids, cleaned, strict=True)]


@torch.no_grad()
def _encode(backbone: FrozenBackbone, ids: list[list[int]]) -> list[np.ndarray]:
    padded = backbone.tokenizer.pad({"input_ids": ids}, return_tensors="pt")
    states = backbone(padded["attention_mask"], input_ids=padded["input_ids"]).numpy()
    return [states[i, : len(row)] for i, row in enumerate(ids)]
