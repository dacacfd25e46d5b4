"""Units of text: words and sentences as runs of tokens."""

import re

import pytest

from dualroute.trace.granularity import groups


def tokens_of(text: str) -> list[tuple[int, int]]:
    """Places of what a tokenizer would make: runs of letters, cut after four, and single signs."""
    return [match.span() for match in re.finditer(r"\w{1,4}|[^\w\s]", text)]


def units(granularity: str, text: str) -> list[str]:
    offsets = tokens_of(text)
    return [text[offsets[a][0] : offsets[b - 1][1]] for a, b in groups(granularity, text, offsets)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("shares fell sharply", ["shares", "fell", "sharply"]),
        ("they don't, he said.", ["they", "don't", ",", "he", "said", "."]),
        ("a one-off at the U.S. bank", ["a", "one-off", "at", "the", "U.S", ".", "bank"]),
        ("über–alles (5.5%)", ["über", "–", "alles", "(", "5.5", "%", ")"]),
    ],
)
def test_words(text, words):
    assert units("word", text) == words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Shares fell. Nobody knew why!", ["Shares fell.", "Nobody knew why!"]),
        ('He said "no." She left.', ['He said "no."', "She left."]),
        ("Mr. Smith of the U.S. Senate spoke. 5 left", ["Mr. Smith of the U.S. Senate spoke.", "5 left"]),
        ("It rose by 5.5 points", ["It rose by 5.5 points"]),
        ("one line\nanother line", ["one line", "another line"]),
        ("so... what now? nothing", ["so... what now? nothing"]),
    ],
)
def test_sentences(text, sentences):
    assert units("sentence", text) == sentences


@pytest.mark.parametrize("granularity", ["word", "sentence"])
def test_units_cover_all_tokens_in_order(granularity):
    text = "The striker scored twice. Mr. O'Neil didn't; it was, he said, a one-off."
    found = groups(granularity, text, tokens_of(text))
    assert [start for start, _ in found] == [0, *(end for _, end in found[:-1])]
    assert found[-1][1] == len(tokens_of(text))
    assert all(start < end for start, end in found)


def test_tokens_are_units_of_their_own():
    assert groups("token", "shares fell", [(0, 6), (7, 11)]) == ()


def test_no_text_has_no_units():
    assert groups("word", "", []) == ()


def test_another_granularity_is_refused():
    with pytest.raises(ValueError, match="unknown granularity 'letter'; choose one of token, word, sentence"):
        groups("letter", "shares", [(0, 6)])


def test_a_space_before_a_token_is_no_part_of_the_word_before():
    """As tokenizers of bytes or pieces with spaces give them."""
    text, offsets = (
        "Shares fall after report. Rain fell",
        [(0, 6), (6, 11), (11, 17), (17, 24), (24, 25), (25, 30), (30, 35)],
    )
    assert groups("word", text, offsets) == ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7))
    assert groups("word", text, [(0, 3), (3, 6), (6, 9), (9, 11), (11, 17)]) == ((0, 2), (2, 4), (4, 5))
    assert groups("sentence", text, offsets) == ((0, 5), (5, 7))


def test_the_tokens_of_one_character_and_a_space_alone_belong_to_one_word():
    assert groups("word", "中 fell", [(0, 1), (0, 1), (0, 1), (1, 6)]) == ((0, 3), (3, 4))
    assert groups("word", "a fell", [(0, 1), (1, 2), (2, 6)]) == ((0, 1), (1, 3))
