"""Text to tokens: typed text stays recognisable, and truncation is reported."""

import pytest
from factories.tiny import make_tokenizer
from factories.tokenizers import TOKENIZERS, byte_level, metaspace

from dualroute.families.dual_route.encoding import encode_text
from dualroute.trace.granularity import groups
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
    assert encoded.notes == ("The title was cut to its first 10 of 13 tokens. Not read: “market shares fell”",)


def test_ten_thousand_words(tiny_router):
    trace = tiny_router.trace("vote " * 10_000, "rain " * 10_000)
    assert len(trace.tokens) == tiny_router.model.config.max_length - 2
    assert "of 10,000 tokens" in trace.notes[0]  # as many as were typed
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


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("سلام دنیا", "8 of its 8"),
        ("护士投票", "4 of its 4"),
        ("🚀🚀", "1 of its 1"),
        ("Goal 🚀🚀", "1 of its 2"),
        ("Медсестры", "9 of its 9"),
    ],
)
def test_text_that_the_shipped_encoder_hardly_knows_is_told(router, text, strange):
    note = encode_text(router.model.backbone.tokenizer, text, 99, "title").notes[-1]
    assert f"{strange} tokens are unknown or single letters" in note


@pytest.mark.parametrize(
    "text",
    [
        "Nurses vote on a pay offer after the U.S. union's 4 % demand",
        "I saw a B-52 over Rd. 5, e.g. at J. P. Morgan's A.I. lab",
        "Die Gewerkschaft stimmt über das Lohnangebot ab",
        "for(i=0;i<n;i++){a[i]+=b[i];}",
        "Goal 🚀 for the team today",
    ],
)
def test_other_text_is_not(router, text):
    assert encode_text(router.model.backbone.tokenizer, text, 99, "title").notes == ()


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_offsets_hold_no_spaces_and_words_are_the_same_for_every_tokenizer(kind):
    text = "Shares fall after  report\nof the 🎉 rain, ﬁne: 中"
    encoded = encode_text(TOKENIZERS[kind](), text, 99, "x")
    for start, end in encoded.offsets.tolist():
        assert text[start:end] == text[start:end].strip()
    units = groups("word", text, encoded.offsets.tolist())
    whole = [text[encoded.offsets[first, 0] : encoded.offsets[last - 1, 1]].strip() for first, last in units]
    assert whole == ["Shares", "fall", "after", "report", "of", "the", "🎉", "rain", ",", "ﬁne", ":", "中"]
    shown = "".join(token.removeprefix("##") for token in encoded.tokens if token != "▁")
    assert shown == "".join(text.split())


def test_a_character_of_several_tokens_is_shown_once():
    encoded = encode_text(byte_level(), "rain 🎉中 fell", 99, "x")
    at = encoded.tokens.index("🎉")
    assert encoded.tokens[at : at + 7] == ("🎉", "##", "##", "##", "中", "##", "##")
    assert encoded.offsets[at : at + 7].tolist() == [[5, 6]] * 4 + [[6, 7]] * 3


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_pieces_that_continue_a_word_are_marked_for_every_tokenizer(kind):
    tokens = encode_text(TOKENIZERS[kind](), "stop reporting rainy talks", 99, "x").tokens
    marked = [token for token in tokens if token != "▁"]
    starts = [i for i, token in enumerate(marked) if not token.startswith("##")]
    assert len(starts) == 4
    words = ["".join(marked[a:b]).replace("##", "") for a, b in zip(starts, [*starts[1:], None], strict=True)]
    assert words == ["stop", "reporting", "rainy", "talks"]


def test_the_gap_before_the_first_word_is_no_part_of_it():
    encoded = encode_text(metaspace(), "🎉 rain", 99, "x")
    assert encoded.tokens[:2] == ("▁", "🎉")
    assert encoded.offsets[:2].tolist() == [[0, 0], [0, 1]]
