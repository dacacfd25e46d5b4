"""Tokens as people read them."""

import pytest
from factories.language_models import language_model
from factories.tokenizers import byte_level, metaspace
from tokenizers.pre_tokenizers import ByteLevel

from dualroute.families.context_lm.display import BYTES, decode, word, written_offsets, written_tokens
from dualroute.families.context_lm.layout import word_ids

TEXTS = ["the striker scored", "rain 🎉 fell", "雨が降る, the report", "a\n\nb", "é"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_written_text_shows_the_tokens_of_the_same_typed_text(text):
    lm = language_model()
    typed = lm.layout.encode(text, "answer")
    shown, tokens, offsets = written_tokens(lm.tokenizer, word_ids(typed))
    assert shown == text
    assert tokens == typed.tokens
    assert list(offsets) == [tuple(offset) for offset in typed.offsets.tolist()]


def test_tokens_of_one_character_share_its_place():
    tokenizer = byte_level("bare")
    ids = tokenizer("a🎉b", add_special_tokens=False)["input_ids"]
    offsets = written_offsets(tokenizer, ids)
    assert offsets == [(0, 1), *[(1, 2)] * (len(ids) - 2), (2, 3)]


def test_bytes_that_never_become_a_character_end_after_four():
    tokenizer = byte_level("bare")
    broken = tokenizer("🎉", add_special_tokens=False)["input_ids"][0]
    ids = [broken] * 5 + tokenizer("a", add_special_tokens=False)["input_ids"]
    offsets = written_offsets(tokenizer, ids)
    assert len(offsets) == len(ids)
    assert offsets[-1][1] == len(decode(tokenizer, ids))
    assert all(start <= end for start, end in offsets)


def test_special_tokens_show_their_names_and_have_no_place():
    tokenizer = byte_level("bare")
    ids = [*tokenizer("rain", add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
    text, tokens, offsets = written_tokens(tokenizer, ids)
    assert text == "rain"
    assert tokens[-1] == "</s>"
    assert offsets[-1] == (4, 4)


def test_the_table_of_bytes_is_that_of_byte_level_tokenizers():
    assert set(BYTES) == set(ByteLevel.alphabet())
    assert sorted(BYTES.values()) == list(range(256))
    assert (BYTES["Ġ"], BYTES["Ċ"], BYTES["a"]) == (32, 10, 97)


def test_words_of_the_vocabulary():
    tokenizer = byte_level("bare")
    space, line, emoji = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in (" the", "\n", "🎉"))
    assert word(tokenizer, space[-1]) == " the"
    assert word(tokenizer, line[0]) == "⏎"
    assert word(tokenizer, emoji[0]) == "<0xF0>"
    assert word(tokenizer, tokenizer.eos_token_id) == "</s>"
    pieces = metaspace(False)
    (start,) = {number for number in pieces("the the", add_special_tokens=False)["input_ids"][:1]}
    assert word(pieces, start).startswith(" ")
