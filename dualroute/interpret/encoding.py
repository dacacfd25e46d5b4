"""Text to token ids, with what a person needs to recognise the tokens."""

from dataclasses import dataclass

import numpy as np

from dualroute.text import clean_text


@dataclass(frozen=True, eq=False)
class EncodedText:
    """`ids` (T,), `tokens` as a person wrote them, `special` (T,), the cleaned `text`, `notes` on what changed."""

    text: str
    ids: np.ndarray
    tokens: tuple[str, ...]
    special: np.ndarray
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


def encode_text(tokenizer, text: str, max_length: int, name: str) -> EncodedText:
    """Clean, tokenize and cut `text`; an empty text has no tokens at all, not even special ones.

    `name` is what the notes call it. A fast tokenizer is required, for its offsets.
    """
    cleaned = clean_text(text, name)
    if not cleaned.text:
        return EncodedText("", np.zeros(0, np.int64), (), np.zeros(0, bool), cleaned.notes)
    whole = tokenizer(cleaned.text, return_offsets_mapping=True, return_special_tokens_mask=True, verbose=False)
    cut = _cut(len(whole["input_ids"]), max_length, sum(whole["special_tokens_mask"][-1:]))
    ids = np.asarray(whole["input_ids"])[cut]
    special = np.asarray(whole["special_tokens_mask"], dtype=bool)[cut]
    offsets = np.asarray(whole["offset_mapping"])[cut]
    pieces = tokenizer.convert_ids_to_tokens(ids.tolist())
    tokens = tuple(_surface(p, cleaned.text, o, s) for p, o, s in zip(pieces, offsets, special, strict=True))
    notes = cleaned.notes + _cut_note(cleaned.text, offsets, special, len(whole["input_ids"]), name)
    return EncodedText(cleaned.text, ids, tokens, special, notes)


def _cut(length: int, max_length: int, closing: int) -> np.ndarray:
    """Indices kept: the first tokens, and the closing special token if there is one."""
    if length <= max_length:
        return np.arange(length)
    return np.concatenate([np.arange(max_length - closing), np.arange(length - closing, length)])


def _surface(piece: str, text: str, offset, special: bool) -> str:
    written = "" if special else text[offset[0] : offset[1]]
    if not written:
        return piece
    return f"##{written}" if piece.startswith("##") else written


def _cut_note(text: str, offsets, special, length: int, name: str) -> tuple[str, ...]:
    if len(offsets) == length:
        return ()
    rest = text[int(offsets[~special, 1].max()) :].strip()
    shown = rest[:80] + ("…" if len(rest) > 80 else "")
    return (f"The {name} was cut to its first {len(offsets):,} of {length:,} tokens. Not read: “{shown}”",)
