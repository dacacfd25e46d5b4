"""Texts as tokens: the one way that training, evaluation, stored rows and traces share.

Words that the tokenizer does not know are tokens like any other. A control token that somebody typed, such as [SEP], is
text: it is split like other text, or counts as an unknown word where the tokenizer cannot split it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dualroute.inputs import clean_text, joined
from dualroute.trace.granularity import WORD

CHUNK = 1000  # texts that are tokenized at once
SPACE = "▁"
WRITTEN_SPACES = ("▁", "Ġ")  # how Metaspace and byte-level tokenizers write a token of one space
CONTINUES = "##"
STRANGE = 1 / 3  # share of tokens that are single letters of words, or unknown, from which a note says so


@dataclass(frozen=True, eq=False)
class Tokens:
    """A clean text as n tokens, cut to a length; a text without words has none, not even special ones.

    ids, special  (n,) token ids, and which of them the tokenizer added
    offsets       (n,2) [start, end) of each token's characters, as the tokenizer gives them
    whole         number of tokens before the cut, without special ones
    """

    ids: np.ndarray
    special: np.ndarray
    offsets: np.ndarray
    whole: int

    @property
    def words(self) -> np.ndarray:
        """(T,) token ids without special ones."""
        return self.ids[~self.special]


@dataclass(frozen=True, eq=False)
class EncodedText:
    """A text as a model reads it. n tokens of the tokenizer, T of them words or pieces of words.

    ids, special  (n,) token ids, and which of them the tokenizer added
    tokens        T strings as in the text; a piece that continues a word starts with ##. Where a character is split
                  into several tokens, the first shows it and the others are ##; a token of spaces alone is ▁
    offsets       (T,2) [start, end) of each token's characters in `text`, without spaces around them; the tokens of a
                  split character all have its place
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


def tokenize(tokenizer, texts: Sequence[str], max_length: int | None = None) -> list[Tokens]:
    """Return the tokens of clean texts, each cut to its first `max_length` tokens; its closing special tokens stay.

    The tokenizer must be a fast one, which gives offsets.
    """
    chunks = (list(texts[first : first + CHUNK]) for first in range(0, len(texts), CHUNK))
    return [tokens for chunk in chunks for tokens in _tokenize_chunk(tokenizer, chunk, max_length)]


def encode_text(tokenizer, text: str, max_length: int, name: str) -> EncodedText:
    """Clean, tokenize and cut `text` to `max_length` tokens; `name` is what the notes call the text."""
    cleaned = clean_text(text, name)
    tokens = tokenize(tokenizer, [cleaned.text], max_length)[0]
    if not len(tokens.ids):
        return EncodedText("", tokens.ids, tokens.special, (), cleaned.notes, tokens.offsets)
    pieces = tokenizer.convert_ids_to_tokens(tokens.words.tolist())
    offsets = without_spaces(cleaned.text, pieces, tokens.offsets[~tokens.special])
    shown = surfaces(cleaned.text, pieces, offsets, continuation_mark(tokenizer))
    notes = cleaned.notes + _cut_note(cleaned.text, offsets, tokens, name)
    notes += _strange_note(cleaned.text, offsets, tokens.words == tokenizer.unk_token_id, name)
    return EncodedText(cleaned.text, tokens.ids, tokens.special, shown, notes, offsets)


def own_text(config, x: str, h: str | None) -> str:
    """Return the text whose tokens are routed: x, or x and h joined where the context is x read backwards."""
    return joined(x, h) if config.h_is_own_words else x


def _tokenize_chunk(tokenizer, texts: list[str], max_length: int | None) -> list[Tokens]:
    read = tokenizer(
        texts,
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
        return_attention_mask=False,
        return_token_type_ids=False,
        split_special_tokens=True,
        verbose=False,
    )
    unknown = tokenizer.unk_token_id
    controls = [] if unknown is None else sorted(set(tokenizer.all_special_ids) - {unknown})
    columns = zip(read["input_ids"], read["special_tokens_mask"], read["offset_mapping"], strict=True)
    return [_tokens(*column, max_length, controls, unknown) for column in columns]


def _tokens(ids, special, offsets, max_length: int | None, controls: list[int], unknown: int | None) -> Tokens:
    ids, special = np.array(ids, dtype=np.int64), np.array(special, dtype=bool)
    offsets = np.array(offsets, dtype=np.int64).reshape(-1, 2)
    kept = _cut(special, max_length)
    if special[kept].all():
        return Tokens(ids[:0], special[:0], offsets[:0], 0)
    if controls and unknown is not None:
        ids[~special & np.isin(ids, controls)] = unknown  # typed, since the tokenizer did not add them
    return Tokens(ids[kept], special[kept], offsets[kept], int((~special).sum()))


def _cut(special: np.ndarray, max_length: int | None) -> np.ndarray:
    """Indices of the first tokens, and of the closing special tokens."""
    length = len(special)
    if max_length is None or length <= max_length:
        return np.arange(length)
    closing = int(np.argmin(special[::-1]))  # 0 where all are special: nothing is left of such a text
    return np.concatenate([np.arange(max_length - closing), np.arange(length - closing, length)])


def continuation_mark(tokenizer) -> str:
    """Return what a tokenizer writes before pieces that continue a word, such as WordPiece's ##; "" for most others."""
    return getattr(tokenizer.backend_tokenizer.model, "continuing_subword_prefix", None) or ""


def without_spaces(text: str, pieces: list[str], offsets: np.ndarray) -> np.ndarray:
    """The offsets without spaces at either side; of spaces alone, an empty range at the character after them."""
    stripped = offsets.copy()
    for place, (piece, (start, end)) in enumerate(zip(pieces, offsets.tolist(), strict=True)):
        written = text[start:end]
        if piece in WRITTEN_SPACES and written.strip() != piece:  # the tokenizer put a space before the text
            end = start + len(written) - len(written.lstrip())
            written = text[start:end]
        first = end - len(written.lstrip())
        stripped[place] = first, first + len(written.strip())
    return stripped


def surfaces(text: str, pieces: list[str], offsets: np.ndarray, mark: str) -> tuple[str, ...]:
    """Each token as it is written in the text, with ## before a piece that continues a word."""
    inside = _inside_words(text) if not mark else frozenset()
    surfaces, before = [], 0  # the end of the tokens so far
    for piece, (start, end) in zip(pieces, offsets.tolist(), strict=True):
        part_of_character = start < before
        continues = part_of_character or (piece.startswith(mark) if mark else start == before and start in inside)
        written = text[max(start, before) : end]
        if not written and not part_of_character:
            surfaces.append(piece if mark else SPACE)
        else:
            surfaces.append(CONTINUES + written if continues else written)
        before = max(before, end)
    return tuple(surfaces)


def _inside_words(text: str) -> frozenset[int]:
    """The places in `text` that lie within a word, after its first character."""
    return frozenset(place for word in WORD.finditer(text) for place in range(word.start() + 1, word.end()))


def _cut_note(text: str, offsets: np.ndarray, tokens: Tokens, name: str) -> tuple[str, ...]:
    """What was not read. Special tokens are not counted: nobody typed them."""
    if len(tokens.words) == tokens.whole:
        return ()
    rest = text[int(offsets[:, 1].max()) :].strip()
    shown = rest[:80] + ("…" if len(rest) > 80 else "")
    return (f"The {name} was cut to its first {len(tokens.words):,} of {tokens.whole:,} tokens. Not read: “{shown}”",)


def _strange_note(text: str, offsets: np.ndarray, unknown: np.ndarray, name: str) -> tuple[str, ...]:
    """A warning where the tokenizer has hardly a piece longer than a letter for these words, or none at all."""
    letters = [_is_letter_of_word(text, *place) for place in offsets.tolist()]
    strange = int(np.sum(unknown | np.array(letters)))
    if strange < STRANGE * len(letters):
        return ()
    return (
        f"The encoder knows little of this {name}: {strange:,} of its {len(letters):,} tokens are unknown or single "
        "letters of words. Its routes and the answer say little.",
    )


def _is_letter_of_word(text: str, start: int, end: int) -> bool:
    """Whether the token is one letter of a longer word."""
    neighbours = text[max(0, start - 1) : start] + text[end : end + 1]
    return end - start == 1 and text[start].isalpha() and any(map(str.isalpha, neighbours))
