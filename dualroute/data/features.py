"""Backbone features, computed once per data file and kept on disk: a frozen encoder need not run every epoch."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence
from tqdm.auto import tqdm

from dualroute.families.dual_route.backbone import FrozenBackbone
from dualroute.inputs import clean_text

BATCH = 64


@dataclass(frozen=True, eq=False)
class Features:
    """Hidden states (n, D_f) of distinct texts one after another, float16; text i has rows starts[i] to starts[i+1].

    index  (N,) which of these texts each text is
    Special tokens have no rows: they are encoded with the words, but not routed. An empty text has none at all.
    """

    states: np.ndarray
    starts: np.ndarray
    index: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.starts) - 1 if self.index is None else len(self.index)

    def __getitem__(self, i: int) -> torch.Tensor:
        """(T, D_f) float32."""
        return torch.from_numpy(self.states[self._rows(i)].astype(np.float32))

    @property
    def lengths(self) -> np.ndarray:
        """(N,) number of tokens of each text."""
        lengths = np.diff(self.starts)
        return lengths if self.index is None else lengths[self.index]

    @staticmethod
    def batch(rows: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """Texts (T_i, D_f) padded to one another, with their mask."""
        mask = pad_sequence([torch.ones(len(row), dtype=torch.long) for row in rows], batch_first=True)
        return {"hidden_states": pad_sequence(rows, batch_first=True), "attention_mask": mask}

    def _rows(self, i: int) -> slice:
        text = i if self.index is None else self.index[i]
        return slice(self.starts[text], self.starts[text + 1])


@dataclass(frozen=True, eq=False)
class LowerFeatures(Features):
    """States below layers that are tuned. Special tokens still matter there: they have rows; `special` (n,) tells."""

    special: np.ndarray | None = None

    def __getitem__(self, i: int) -> tuple[torch.Tensor, torch.Tensor]:
        """(T, D_f) float32, and (T,) which of the tokens are special."""
        return super().__getitem__(i), torch.from_numpy(self.special[self._rows(i)].astype(np.int64))

    @staticmethod
    def batch(rows):
        """As for words alone, with `special_tokens_mask`."""
        states, special = zip(*rows, strict=True)
        return Features.batch(states) | {"special_tokens_mask": pad_sequence(special, batch_first=True)}


class JoinedFeatures:
    """Features of one set of texts after another's: each set is kept apart on disk, whatever stands beside it."""

    def __init__(self, parts: list[Features]):
        self.parts, self.ends = parts, np.cumsum([len(part) for part in parts])
        self.batch = parts[0].batch

    def __len__(self) -> int:
        return int(self.ends[-1])

    def __getitem__(self, i: int):
        part = int(np.searchsorted(self.ends, i, side="right"))
        return self.parts[part][i - int(self.ends[part]) + len(self.parts[part])]

    @property
    def lengths(self) -> np.ndarray:
        """(N,) number of tokens of each text."""
        return np.concatenate([part.lengths for part in self.parts])


def encode_texts(
    backbone: FrozenBackbone,
    texts: list[str],
    max_length: int,
    cache: Path,
    name: str,
    without_top: int = 0,
    with_unknown: bool = False,
    with_special: bool = False,
) -> Features:
    """Features of `texts`, from `cache` when they were computed before with the same weights and settings.

    without_top   so many of the backbone's layers are left out
    with_unknown  words that the tokenizer does not know have rows as well, as in a trace; else they are left out
    with_special  special tokens have rows too, for layers that come after: `LowerFeatures`
    """
    distinct = list(dict.fromkeys(texts))
    index = None
    if len(distinct) <= len(texts) / 2:  # many questions about the same passages
        places = {text: i for i, text in enumerate(distinct)}
        texts, index = distinct, np.array([places[text] for text in texts])
    kind = without_top, with_unknown, with_special
    folder = cache / _key(backbone, texts, max_length, *kind)
    if not (folder / "starts.npy").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _compute(backbone, texts, max_length, folder, name, *kind)
    states, starts = np.load(folder / "states.npy", mmap_mode="r"), np.load(folder / "starts.npy")
    if with_special:
        return LowerFeatures(states, starts, index, np.load(folder / "special.npy"))
    return Features(states, starts, index)


def _key(
    backbone: FrozenBackbone,
    texts: list[str],
    max_length: int,
    without_top: int,
    with_unknown: bool,
    with_special: bool,
) -> str:
    kind = f"without {without_top} layers" if with_special else "words"
    kind += f" of all but {without_top} layers" if without_top and not with_special else ""
    kind += ", unknown ones too" if with_unknown else ""
    return hashlib.sha256(json.dumps([kind, backbone.sha256, max_length, texts]).encode()).hexdigest()[:16]


def _compute(
    backbone: FrozenBackbone,
    texts: list[str],
    max_length: int,
    folder: Path,
    name: str,
    without_top: int,
    with_unknown: bool,
    with_special: bool,
) -> None:
    """`starts.npy` is written last, so that a run that was cut short is not taken for a whole one."""
    ids = _tokenize(backbone, texts, max_length)
    left_behind = set(backbone.tokenizer.all_special_ids) - (
        {backbone.tokenizer.unk_token_id} if with_unknown else set()
    )
    special = [np.isin(row, list(left_behind)) for row in ids]
    kept = [np.ones_like(row) if with_special else ~row for row in special]
    starts = np.concatenate([[0], np.cumsum([row.sum() for row in kept])]).astype(np.int64)
    states = np.lib.format.open_memmap(
        folder / "states.npy", mode="w+", dtype=np.float16, shape=(int(starts[-1]), backbone.size)
    )
    by_length = [i for i in np.argsort([len(row) for row in ids], kind="stable") if ids[i]]
    with tqdm(total=len(by_length), desc=f"encode {name}", unit="text") as bar:
        for first in range(0, len(by_length), BATCH):
            chosen = by_length[first : first + BATCH]
            encoded = _encode(backbone, [ids[i] for i in chosen], without_top)
            for i, row in zip(chosen, encoded, strict=True):
                states[starts[i] : starts[i + 1]] = row[kept[i]]
            bar.update(len(chosen))
    states.flush()
    if with_special:
        np.save(folder / "special.npy", np.concatenate(special))
    np.save(folder / "starts.npy", starts)


def _tokenize(backbone: FrozenBackbone, texts: list[str], max_length: int) -> list[list[int]]:
    cleaned = [clean_text(text).text for text in texts]
    ids = backbone.tokenizer(cleaned, truncation=True, max_length=max_length)["input_ids"]
    return [row if text else [] for row, text in zip(ids, cleaned, strict=True)]


@torch.no_grad()
def _encode(backbone: FrozenBackbone, ids: list[list[int]], without_top: int) -> list[np.ndarray]:
    padded = backbone.tokenizer.pad({"input_ids": ids}, return_tensors="pt")
    states = backbone(padded["attention_mask"], input_ids=padded["input_ids"], without_top=without_top).numpy()
    return [states[i, : len(row)] for i, row in enumerate(ids)]
