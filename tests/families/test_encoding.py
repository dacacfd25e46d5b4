"""Text to tokens: typed text stays recognisable, and truncation is reported."""

import pytest
from factories.tiny import make_tokenizer

from dualroute.families.dual_route.encoding import encode_text
from dualroute.trace.record import Trace


def encode(text, max_length=12):
    return encode_text(make_tokenizer(), text, max_length, "title")


def test_tokens_are_written_as_they_were_typed():
    assert encode("The Striker 🙂 <b>").tokens == ("The", "Striker", "🙂", "<", "b", ">")


def test_pieces_of_a_word_are_marked():
    assert encode("talkss").tokens == ("talks", "##s")


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\n\t"])
def test_nothing_to_encode(text):
    encoded = encode(text)
    assert len(encoded) == 0
    assert (encoded.ids.size, encoded.text) == (0, "")


def test_a_long_text_is_cut_at_the_end_and_the_rest_is_quoted():
    encoded = encode("the " * 10 + "market shares fell")
    assert len(encoded.ids) == 12
    assert encoded.special.tolist() == [True] + [False] * 10 + [True]
    assert encoded.tokens == ("the",) * 10
    assert encoded.notes == ("The title was cut to its first 12 of 15 tokens. Not read: “market shares fell”",)


def test_ten_thousand_words(tiny_router):
    trace = tiny_router.trace("vote " * 10_000, "rain " * 10_000)
    assert len(trace.tokens) == tiny_router.model.config.max_length - 2
    assert "of 10,002 tokens" in trace.notes[0]
    assert "context was cut" in trace.notes[1]


@pytest.mark.parametrize(
    "text", ["🙂", "سلام دنیا", "<script>alert(1)</script>", "${1+1}", "a\x00b\x1b[31m", "x\ud800y", "👨‍👩‍👧"]
)
def test_odd_text_is_routed(tiny_router, text):
    trace = tiny_router.trace(text, text)
    assert trace.logits.shape == (3,)
    assert Trace.from_json(trace.to_json()).tokens == trace.tokens
    trace.to_json().encode("utf-8")


def test_an_empty_title_is_refused(tiny_router):
    for text in ("", "  \n", "\x00", "\u200f"):
        with pytest.raises(ValueError, match="the text is empty"):
            tiny_router.trace(text, "rain")
