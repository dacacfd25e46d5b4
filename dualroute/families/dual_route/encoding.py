"""Texts as token ids, with the strings and offsets that show which token is which."""

from dataclasses import dataclass

import numpy as np

from dualroute.inputs import clean_text


@dataclass(frozen=True, eq=False)
class EncodedText:
    """A text as a model reads it. n tokens of the tokenizer, T of them words or pieces of words.

    ids, special  (n,) token ids, and which of them the tokenizer added
    tokens        T strings as in the text; a piece that continues a word starts with ##
    offsets       (T,2) [start, end) of each token's characters in `text`
    text, notes   the cleaned text, and a sentence for every change or cut
    """

    text: str
    ids: np.ndarray
    special: np.ndarray
    tokens: tuple[str, ...]
    notes: tuple[str, ...]
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.tokens)


def encode_text(tokenizer, text: str, max_length: int, name: str) -> EncodedText:
    """Clean, tokenize and cut `text` to `max_length` tokens; a text without words has no tokens, not even special ones.

    name  what the notes call the text. The tokenizer must be a fast one, which gives offsets
    """
    cleaned = clean_text(text, name)
    whole = tokenizer(cleaned.text, return_offsets_mapping=True, return_special_tokens_mask=True, verbose=False)
    cut = _cut(len(whole["input_ids"]), max_length, sum(whole["special_tokens_mask"][-1:]))
    ids = np.asarray(whole["input_ids"])[cut]
    special = np.asarray(whole["special_tokens_mask"], dtype=bool)[cut]
    offsets = np.asarray(whole["offset_mapping"])[cut]
    if special.all():
        return EncodedText("", np.zeros(0, np.int64), np.zeros(0, bool), (), cleaned.notes, np.zeros((0, 2), int))
    pieces = tokenizer.convert_ids_to_tokens(ids[~special].tolist())
    tokens = tuple(_surface(piece, cleaned.text, o) for piece, o in zip(pieces, offsets[~special], strict=True))
    notes = cleaned.notes + _cut_note(cleaned.text, offsets, special, len(whole["input_ids"]), name)
    return EncodedText(cleaned.text, ids, special, tokens, notes, offsets[~special])


def _cut(length: int, max_length: int, closing: int) -> np.ndarray:
    """Indices of the first tokens, and of the closing special token if there is one."""
    if length <= max_length:
        return np.arange(length)
    return np.concatenate([np.arange(max_length - closing), np.arange(length - closing, length)])


def _surface(piece: str, text: str, offset) -> str:
    written = text[offset[0] : offset[1]]
    if not written:
        return piece
    return f"##{written}" if piece.startswith("##") else written


def _cut_note(text: str, offsets, special, length: int, name: str) -> tuple[str, ...]:
    if len(offsets) == length:
        return ()
    rest = text[int(offsets[~special, 1].max()) :].strip()
    shown = rest[:80] + ("…" if len(rest) > 80 else "")
    return (f"The {name} was cut to its first {len(offsets):,} of {length:,} tokens. Not read: “{shown}”",)
