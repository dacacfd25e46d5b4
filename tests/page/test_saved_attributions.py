"""A comparison saved as one file: the attributions that the page has go along, and a view without any says so."""

import pytest

from .test_page_workbench import choose, run

TITLE, TEXT = "Oil prices up", "Shares of oil companies rose on Friday."
# What each view of a saved pair says of its attribution: state, words, and the scores of the first track.
PANELS = """() => [...document.querySelectorAll('.saved .dr:not(.cmp)')].map((node) => {
  const { attribution } = node.inspect();
  return { state: node.dataset.attribution, stale: node.classList.contains('stale'),
           words: node.querySelector('.dr-attr-status').textContent, scores: attribution?.prediction.scores,
           label: attribution?.request.label };
})"""
ON_PAGE = "document.querySelector('#inspector .dr').inspect().attribution"


@pytest.fixture
def panels(visitor, browser, tmp_path):
    """A function that saves A and B as they are compared, and tells what the file, opened offline, says of each."""
    contexts = []

    def saved() -> list[dict]:
        visitor.open("Compare")
        visitor.page.wait_for_selector(".cmp[data-shown]")
        with visitor.page.expect_download() as download:
            visitor.page.click(".cmp-html")
        path = tmp_path / "pair.html"
        download.value.save_as(path)
        contexts.append(browser.new_context(offline=True))
        page = contexts[-1].new_page()
        page.goto(path.as_uri())
        page.wait_for_function("() => document.querySelectorAll('.saved .dr[data-attribution]:not(.cmp)').length === 2")
        return page.evaluate(PANELS)

    yield saved
    for context in contexts:
        context.close()


def pinned(visitor) -> None:
    """An input of one's own, attributed and pinned."""
    visitor.route(TITLE, TEXT)
    visitor.attributed()
    visitor.page.click(".dr-pin")


def test_both_views_of_an_input_bring_its_attribution_and_another_route_is_called_stale(visitor, panels):
    pinned(visitor)
    scores = visitor.page.evaluate(ON_PAGE)["prediction"]["scores"]
    visitor.policy("merged")
    a, b = panels()
    assert (a["state"], a["stale"], a["scores"]) == ("shown", False, scores)
    assert (b["state"], b["stale"], b["scores"]) == ("shown", True, scores)
    assert "previous routing" in b["words"]


def test_each_route_brings_its_own_where_both_were_attributed(visitor, panels):
    pinned(visitor)
    visitor.policy("merged")
    visitor.page.click(".dr-again")
    visitor.page.wait_for_function(f"() => {ON_PAGE}.request.policy === 'merged'")
    scores = visitor.page.evaluate(ON_PAGE)["prediction"]["scores"]
    a, b = panels()
    assert (a["stale"], b["stale"]) == (False, False)
    assert b["scores"] == scores != a["scores"]


def test_the_workbenchs_goes_along_where_inspect_has_none_of_the_route(visitor, panels):
    pinned(visitor)
    visitor.policy("direct")
    visitor.open("Attribute")
    choose(visitor.page, "feature_ablation")
    run(visitor.page)
    tracks = visitor.page.evaluate("document.querySelector('.wb').workbench().tracks")
    found = [one for one in tracks if one["method"] == "feature_ablation" and one["target"] != "gate"]
    _, b = panels()
    assert (b["stale"], b["scores"]) == (False, found[0]["scores"])
    assert b["words"].startswith("Effect on the answer: Leave one out")


def test_a_view_that_was_never_attributed_says_so(visitor, panels):
    pinned(visitor)
    visitor.open("Compare")
    visitor.page.fill(".cmp-text-x", f"{TITLE} again")
    visitor.page.click(".cmp-run")
    visitor.page.wait_for_function("() => document.querySelector('.cmp').compare().b.x.endsWith('again')")
    a, b = panels()
    assert (a["state"], b["state"]) == ("shown", "failed")
    assert b["words"].startswith("No attributions: ")
