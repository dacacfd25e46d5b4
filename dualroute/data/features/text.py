"""Texts as hidden states of the frozen backbone, computed once and stored on disk, so that no epoch repeats them."""

import hashlib
import json
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence
from tqdm.auto import tqdm

from dualroute.families.dual_route.backbone import FrozenBackbone
from dualroute.families.dual_route.encoding import tokenize
from dualroute.inputs import clean_text

BATCH = 64
TOKENS = "every token of encode_text"  # what has rows; part of the key, so that features of other rules are not reused


@dataclass(frozen=True, eq=False)
class TextFeatures:
    """Hidden states (n, D_f) float16 of texts, one text after another: text i has rows starts[i] to starts[i+1].

    index  (N,) for each of N rows of a data set its text, if texts are stored once that occur in many rows
    Special tokens are encoded with the words but have no rows, since they are not routed. An empty text has no rows.
    """

    states: np.ndarray
    starts: np.ndarray
    index: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.starts) - 1 if self.index is None else len(self.index)

    def __getitem__(self, i: int) -> torch.Tensor:
        """Return (T, D_f) float32."""
        return torch.from_numpy(self.states[self._rows(i)].astype(np.float32))

    @property
    def lengths(self) -> np.ndarray:
        """(N,) number of tokens of each text."""
        lengths = np.diff(self.starts)
        return lengths if self.index is None else lengths[self.index]

    @staticmethod
    def batch(rows: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """Pad texts (T_i, D_f) to (B,T,D_f) and return them with their mask."""
        mask = pad_sequence([torch.ones(len(row), dtype=torch.long) for row in rows], batch_first=True)
        return {"hidden_states": pad_sequence(rows, batch_first=True), "attention_mask": mask}

    def _rows(self, i: int) -> slice:
        text = i if self.index is None else self.index[i]
        return slice(self.starts[text], self.starts[text + 1])


@dataclass(frozen=True, eq=False)
class LowerFeatures(TextFeatures):
    """States below tuned layers, which still attend to special tokens: they have rows too, marked by `special` (n,)."""

    special: np.ndarray = field(kw_only=True)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return states (T, D_f) float32 and the mask (T,) of special tokens."""
        return super().__getitem__(i), torch.from_numpy(self.special[self._rows(i)].astype(np.int64))

    @staticmethod
    def batch(rows):
        """Return the batch of `TextFeatures` with `special_tokens_mask`."""
        states, special = zip(*rows, strict=True)
        return TextFeatures.batch(list(states)) | {"special_tokens_mask": pad_sequence(list(special), batch_first=True)}


class JoinedFeatures:
    """The features of several data sets as one: each set is stored separately, and so reused with any other set."""

    def __init__(self, parts: list[TextFeatures]):
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


def x_features(backbone, rows, config, cache: Path, name: str, images: Path | None = None):
    """Return the features of every x, as `TextFeatures` or `JoinedFeatures`."""

    def encode(part):
        texts, title = [row.x for row in part], f"{name} {config.x_name}"
        return encode_texts(backbone, texts, config.max_length, cache, title, **_options(config))

    return _by_source(rows, encode)


def h_features(backbone, rows, config, cache: Path, name: str, images: Path | None = None):
    """Return the features of every h, as `TextFeatures` or `JoinedFeatures`."""

    def encode(part):
        texts, title = [row.h for row in part], f"{name} {config.h_name}"
        return encode_texts(backbone, texts, config.context_max_length, cache, title, **_options(config))

    return _by_source(rows, encode)


def _options(config) -> dict:
    """Return the options of `encode_texts`."""
    return {
        "without_top": config.tuned_layers or config.left_out_layers,
        "with_special": config.tuned_layers > 0,
        "content_layer": config.content_layer,
    }


def _by_source(rows, encode) -> TextFeatures | JoinedFeatures:
    """Encode the rows of each data set separately."""
    parts = [encode(list(part)) for _, part in groupby(rows, key=lambda row: row.source)]
    return parts[0] if len(parts) == 1 else JoinedFeatures(parts)


def encode_texts(
    backbone: FrozenBackbone,
    texts: list[str],
    max_length: int,
    cache: Path,
    name: str,
    without_top: int = 0,
    with_special: bool = False,
    content_layer: int | None = None,
) -> TextFeatures:
    """Return the features of `texts`, from `cache` if it has those of the same texts, weights and settings.

    without_top   number of the backbone's top layers that are not run
    with_special  special tokens have rows, for tuned layers above; the result is then `LowerFeatures`
    content_layer  a layer whose states stand behind the others: (n, 2·D_f)
    """
    distinct = list(dict.fromkeys(texts))
    index = None
    if len(distinct) <= len(texts) / 2:  # for example many questions about the same passages
        places = {text: i for i, text in enumerate(distinct)}
        texts, index = distinct, np.array([places[text] for text in texts])
    kind = without_top, with_special, content_layer
    folder = cache / _key(backbone, texts, max_length, *kind)
    if not (folder / "starts.npy").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _compute(backbone, texts, max_length, folder, name, *kind)
    states, starts = np.load(folder / "states.npy", mmap_mode="r"), np.load(folder / "starts.npy")
    if with_special:
        return LowerFeatures(states, starts, index, special=np.load(folder / "special.npy"))
    return TextFeatures(states, starts, index)


def _key(
    backbone: FrozenBackbone,
    texts: list[str],
    max_length: int,
    without_top: int,
    with_special: bool,
    content_layer: int | None,
) -> str:
    kind = f"without {without_top} layers" if with_special else "words"
    kind += f" of all but {without_top} layers" if without_top and not with_special else ""
    kind += "" if content_layer is None else f" and layer {content_layer}"
    parts = [TOKENS, kind, backbone.sha256, max_length, texts]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _compute(
    backbone: FrozenBackbone,
    texts: list[str],
    max_length: int,
    folder: Path,
    name: str,
    without_top: int,
    with_special: bool,
    content_layer: int | None,
) -> None:
    """Write the features of `texts` to `folder`; `starts.npy` comes last and marks a complete folder."""
    tokens = tokenize(backbone.tokenizer, [clean_text(text).text for text in texts], max_length)
    ids, special = [row.ids for row in tokens], [row.special for row in tokens]
    with_rows = [np.ones_like(row) if with_special else ~row for row in special]
    starts = np.concatenate([[0], np.cumsum([row.sum() for row in with_rows])]).astype(np.int64)
    width = backbone.size if content_layer is None else 2 * backbone.size
    states = np.lib.format.open_memmap(
        folder / "states.npy", mode="w+", dtype=np.float16, shape=(int(starts[-1]), width)
    )
    by_length = [i for i in np.argsort([len(row) for row in ids], kind="stable") if len(ids[i])]
    with tqdm(total=len(by_length), desc=f"encode {name}", unit="text") as bar:
        for first in range(0, len(by_length), BATCH):
            batch = by_length[first : first + BATCH]
            encoded = _encode(backbone, [ids[i] for i in batch], without_top, content_layer)
            for i, row in zip(batch, encoded, strict=True):
                states[starts[i] : starts[i + 1]] = row[with_rows[i]]
            bar.update(len(batch))
    states.flush()
    if with_special:
        np.save(folder / "special.npy", np.concatenate(special))
    np.save(folder / "starts.npy", starts)


@torch.no_grad()
def _encode(
    backbone: FrozenBackbone, ids: list[np.ndarray], without_top: int, content_layer: int | None
) -> list[np.ndarray]:
    rows = [torch.from_numpy(row) for row in ids]
    padded = pad_sequence(rows, batch_first=True)  # with any id: no token attends to it
    mask = pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)
    states = backbone(mask, input_ids=padded, without_top=without_top, content_layer=content_layer).numpy()
    return [states[i, : len(row)] for i, row in enumerate(ids)]
