"""Cleaning of what people type."""

import pytest

from dualroute.inputs import MAX_CHARACTERS, clean_text


def test_ordinary_text_is_left_alone():
    for text in ("Merck plummets", "שלום עולם", "日本語 🙂👨‍👩‍👧", "a\tb\nc", "${x} <b> {{y}} `z`"):
        assert clean_text(text) == clean_text(text)
        assert (clean_text(text).text, clean_text(text).notes) == (text, ())


def test_control_characters_go_and_are_counted():
    cleaned = clean_text("a\x00b\x07c\x85", "title")
    assert cleaned.text == "abc"
    assert cleaned.notes == ("3 control characters were left out of the title.",)


def test_lone_surrogates_are_replaced():
    cleaned = clean_text("a\ud800b", "title")
    assert cleaned.text == "a\ufffdb"
    assert cleaned.notes == ("1 broken character was replaced by \ufffd in the title.",)
    cleaned.text.encode("utf-8")


def test_absurd_lengths_are_cut_with_a_note():
    cleaned = clean_text("x" * (MAX_CHARACTERS + 5))
    assert len(cleaned.text) == MAX_CHARACTERS
    assert "200,005 characters" in cleaned.notes[0]


def test_only_strings():
    with pytest.raises(TypeError, match="the title must be a string, not int"):
        clean_text(3, "title")
