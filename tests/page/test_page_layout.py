"""What it looks like: nothing overflows, light and dark differ, the flow picture is whole. Pictures are kept."""

import re

import pytest

from dualroute.report.flow import flow_ribbons

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
# What lies right of the window, though nothing around it scrolls. The framework hides what overflows, so the
# document's own width does not tell.
CUT_OFF = """() => {
  const style = (node) => getComputedStyle(node).overflowX;
  const scrolls = (node) => node && (/auto|scroll/.test(style(node)) || scrolls(node.parentElement));
  const outside = (node) => node.getClientRects().length && node.getBoundingClientRect().right > innerWidth + 1;
  const wide = [...document.querySelectorAll('.dr, .dr *, #inputs *, #examples *')]
    .filter((node) => outside(node) && !scrolls(node.parentElement));
  if (document.documentElement.scrollWidth > innerWidth) wide.push(document.documentElement);
  return wide.map((node) => `${node.tagName} ${node.getAttribute('class')}`);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_page_fits_and_is_pictured(visit, artifacts, size, theme):
    width, height = SIZES[size]
    visitor = visit(width=width, height=height, theme=theme)
    visitor.page.locator(".dr-plot").scroll_into_view_if_needed()
    visitor.page.wait_for_selector(".dr-flow-ribbon")
    visitor.flip(1)
    assert cut_off(visitor) == []
    paper, ink = brightness(visitor, "gradio-app", "backgroundColor"), brightness(visitor, ".dr-sentence", "color")
    assert (paper > 200, ink < 100) == (theme == "light", theme == "light")
    assert abs(paper - ink) > 150
    visitor.page.evaluate("scrollTo(0, 0)")
    visitor.page.screenshot(path=artifacts / f"inspect-{size}-{theme}.png")
    visitor.page.screenshot(path=artifacts / f"inspect-{size}-{theme}-whole.png", full_page=True)


def cut_off(visitor) -> list[str]:
    return visitor.page.evaluate(CUT_OFF)


def brightness(visitor, selector: str, kind: str) -> float:
    """Mean of red, green and blue of an element's colour."""
    color = f"(node) => getComputedStyle(node).{kind}.match(/[0-9.]+/g).slice(0, 3).map(Number)"
    return sum(visitor.page.locator(selector).evaluate(color)) / 3


def test_a_long_input_fits_a_phone(visit):
    visitor = visit(width=390, height=844)
    visitor.route("unbelievablylongword" * 12 + " and then some more words of a title", "news " * 80)
    assert cut_off(visitor) == []


def test_the_flow_picture_has_every_ribbon_and_follows(visitor, examples):
    trace = examples[0].trace
    for policy in ("merged", "direct"):
        visitor.policy(policy)
        visitor.page.locator(".dr-plot").scroll_into_view_if_needed()  # it is drawn only where it is seen
        outcome = trace.replay(policy)
        ribbons = flow_ribbons(trace, outcome, outcome.label_index)
        drawn = "(count) => document.querySelectorAll('.dr-flow-ribbon').length === count"
        visitor.page.wait_for_function(drawn, arg=len(ribbons))
        (words,) = visitor.texts(".dr-sum")
        assert "differs" not in words
        bias, up, down, total = (float(n.replace("−", "-")) for n in re.findall(r"[+−]?\d+\.\d+", words))
        assert bias + up - down == pytest.approx(total, abs=1e-9)  # as printed


def test_a_context_row_tells_what_was_read(visitor, examples):
    trace, token = examples[0].trace, 1
    visitor.policy("merged")
    visitor.page.click(f".dr-x .dr-col[data-i='{token}'] .dr-tok")
    expected = trace.context_contributions[token, :, trace.replay("merged").label_index].tolist()
    # The labels follow when the decision has come to rest.
    visitor.page.wait_for_function(
        """(expected) => [...document.querySelectorAll('.dr-h .dr-col:not(.dr-head)')].every((node, s) =>
          Math.abs((node.ariaLabel ?? '').split('adds ').pop().replace('−', '-') - expected[s]) < 5.1e-4)""",
        arg=expected,
    )
    assert visitor.page.locator(".dr-h .dr-col:not(.dr-head)").count() == len(expected)
