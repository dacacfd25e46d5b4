"""Tokens as people read them: those of a written text, with the characters that they share, and single words.

A byte-level tokenizer may split one character, such as an emoji or a Chinese one, into several tokens. Then the first
token shows the character and the others show ##, as for texts that people typed.
"""

from collections.abc import Sequence

import numpy as np

from dualroute.families.dual_route.encoding import continuation_mark, surfaces, without_spaces

BROKEN = "\ufffd"  # what decoding gives for bytes that are no whole character
LONGEST_CHARACTER = 4  # bytes of UTF-8
LINE_BREAK = "⏎"


def decode(tokenizer, ids: Sequence[int]) -> str:
    """Return the text of token ids, special tokens left out."""
    return tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)


def written_tokens(tokenizer, ids: Sequence[int]) -> tuple[str, tuple[str, ...], tuple[tuple[int, int], ...]]:
    """Return a written text without its special tokens, its T tokens as people read them, and their characters."""
    offsets = written_offsets(tokenizer, ids)
    text, pieces = decode(tokenizer, ids), tokenizer.convert_ids_to_tokens(list(ids))
    stripped = without_spaces(text, pieces, np.array(offsets, dtype=np.int64).reshape(-1, 2))
    shown = surfaces(text, pieces, stripped, continuation_mark(tokenizer))
    special = set(tokenizer.all_special_ids)
    tokens = tuple(word(tokenizer, one) if one in special else as_read for one, as_read in zip(ids, shown, strict=True))
    return text, tokens, tuple((start, end) for start, end in stripped.tolist())


def written_offsets(tokenizer, ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return the characters [start, end) of every token in the decoded text; tokens of one character share its place.

    Special tokens have none. Bytes that never become a character count as one after `LONGEST_CHARACTER` tokens.
    """
    offsets: list[tuple[int, int]] = []
    start, held = 0, 0  # characters that are settled, and tokens since then
    for count in range(1, len(ids) + 1):
        so_far, held = decode(tokenizer, ids[:count]), held + 1
        if so_far.endswith(BROKEN) and held < LONGEST_CHARACTER and count < len(ids):
            continue
        end = max(start, len(so_far))
        offsets += [(start, end)] * held
        start, held = end, 0
    return offsets


def word(tokenizer, number: int) -> str:
    """Return one token of the vocabulary: with its leading space, line breaks as ⏎, lone bytes as <0xE4>."""
    piece = tokenizer.convert_ids_to_tokens(number) or ""
    if number in set(tokenizer.all_special_ids):
        return piece
    text = tokenizer.decode([number], clean_up_tokenization_spaces=False)
    if BROKEN in text:
        return "".join(f"<0x{byte:02X}>" for byte in _bytes(piece)) or piece
    if not text.startswith(" ") and piece.startswith(("▁", "Ġ")):
        text = " " + text
    return text.replace("\n", LINE_BREAK)


def _bytes(piece: str) -> list[int]:
    """The bytes of a byte-level piece; [] for another."""
    return [BYTES[character] for character in piece] if all(character in BYTES for character in piece) else []


def _byte_characters() -> dict[str, int]:
    """{character that byte-level tokenizers write: the byte}, by the table of GPT-2."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + place): byte for place, byte in enumerate(others)}


BYTES = _byte_characters()
