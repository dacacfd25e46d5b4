"""Text that tries to run, and text that tries to break: inert, shown as it was written."""

import pytest

HOSTILE = [
    '<img src=x onerror="window.__hit=1">',
    "${window.__hit=2}",
    "<script>window.__hit=3</script>",
    "{{constructor}} {{{raw}}} \\u00 \\",
    "`${alert(1)}`",
    '"><svg onload="window.__hit=4">',
    "%{label} <b>bold</b> &lt;i&gt;",
    "<a href=\"javascript:alert(1)\">'x'</a>",
]
ODD = {
    "emoji": ("Goal 🥅⚽ for 👩‍👩‍👧 🇫🇷", "🏆 won 🥇"),
    "right to left": ("هدف في الدقيقة الأخيرة \u202eabc", "מחירי הנפט עלו"),
    "controls": ("Oil\x00 price\x07s \x1b[31m rise\x7f", "a\x00b\x85c"),
    "lone surrogates": ("Stocks \ud800 fall \udfff", "\udead"),
    "one long word": ("x" * 5_000, "é" * 5_000),
    "combining": ("Z̸̢̛a̴l̷g̸o ́́́́ wins", "ﷺ ﷽ \ufeff\u200b"),
}


# Elements that the inspector does not make itself; its pictures are PNGs, its answers stand in pills.
FOREIGN = ".dr img[src]:not([src^='data:image/png;']), .dr script, .dr a, .dr b:not([data-word], .dr-pill b)"


def squeezed(words) -> str:
    """Without spaces and the marks of continued words, to compare tokens with what was typed."""
    return "".join("".join(word.removeprefix("##").removeprefix("·").split()) for word in words)


def hits(visitor):
    return visitor.page.evaluate("window.__hit")


@pytest.mark.parametrize("first", range(0, len(HOSTILE), 2))
def test_hostile_text_is_inert_and_shown_verbatim(visitor, first):
    x, h = HOSTILE[first : first + 2]
    shown = visitor.route(x, h)
    for text, selector in ((x, ".dr-x button.dr-tok"), (h, ".dr-h .dr-col:not(.dr-head) .dr-tok")):
        tokens = visitor.texts(selector)
        assert squeezed(tokens) == squeezed([text])
    visitor.page.click(".dr-x .dr-col[data-i='0'] .dr-tok")
    visitor.policy("merged")
    visitor.page.locator(".dr-plot").scroll_into_view_if_needed()
    visitor.page.wait_for_selector(".dr-flow-ribbon")
    visitor.attributed()
    assert shown["tokens"]
    assert hits(visitor) is None
    assert visitor.page.locator(FOREIGN).count() == 0
    assert not [request for request in visitor.requests if request.endswith("/x")]


def test_hostile_text_in_the_note_of_a_cut(visitor, router):
    for hostile in HOSTILE[:3]:
        visitor.route("word " * router.model.config.max_length + hostile, "")
        assert hostile in visitor.texts(".dr-notes li")[0]
    assert hits(visitor) is None


@pytest.mark.parametrize(("x", "h"), ODD.values(), ids=ODD)
def test_odd_text_gives_a_result(visitor, x, h):
    shown = visitor.route(x, h)
    assert shown["tokens"]
    assert abs(sum(shown["probs"]) - 1) < 1e-9
    visitor.attributed()


def test_what_was_left_out_is_said(visitor):
    visitor.route(*ODD["controls"])
    notes = " ".join(visitor.texts(".dr-notes li"))
    assert "control characters were left out of the title" in notes
    visitor.route(*ODD["lone surrogates"])
    assert "broken characters were replaced" in " ".join(visitor.texts(".dr-notes li"))
