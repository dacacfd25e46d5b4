"""What a reload of the page must not lose, by the visitor or by the framework, and Back through the tabs."""

import numpy as np
import pytest
from PIL import Image

from dualroute.app.catalogue import load_catalogue

from .test_page_link import open_link, shows

CATALOGUE = load_catalogue()
TITLE, TEXT = "Nurses vote on a pay offer", 'The union says 4 % is < inflation & too little; it\'s "final".'
COMPARED = "document.querySelector('.cmp').compare()"
TAB = "(name) => document.querySelector('[role=tab][aria-selected=true]').textContent.trim() === name"


def reload(visitor, x: str) -> dict:
    """Load the page again as the framework does, and wait until this text is on screen."""
    visitor.page.evaluate("window.before = true")
    visitor.page.evaluate("setTimeout(() => location.reload())")
    visitor.page.wait_for_function("() => !window.before")
    shows(visitor, x)
    visitor.unfold()
    overlook(visitor)
    return visitor.state()


def overlook(visitor) -> None:
    """What the framework writes to the console when a page is left before its requests are answered."""
    left = ("AbortError", "Connection errored out", "Failed to fetch")
    visitor.problems[:] = [problem for problem in visitor.problems if not any(word in problem for word in left)]


def restored(visitor) -> str:
    """What the page says that it has restored; empty where it says nothing."""
    node = visitor.page.locator(".dr-restored")
    return visitor.texts(".dr-restored-words")[0] if node.is_visible() else ""


def same(before: dict, after: dict) -> None:
    for name in ("key", "policy", "theta", "overrides", "label", "token"):
        assert after[name] == before[name], name
    np.testing.assert_allclose(after["logits"], before["logits"], rtol=1e-5)


def tab(visitor, name: str) -> None:
    """Wait until this tab is the open one."""
    visitor.page.wait_for_function(TAB, arg=name)


def test_text_threshold_rule_and_flips_survive(visitor):
    visitor.route(TITLE, TEXT)
    visitor.drag_to(0.123)
    visitor.page.evaluate("document.querySelector('.dr-slider').dispatchEvent(new Event('change'))")
    visitor.flip(0)
    visitor.policy("weighted_threshold")
    before = visitor.state()
    same(before, reload(visitor, TITLE))
    assert visitor.page.input_value("#h textarea") == TEXT
    assert restored(visitor) == "Restored what you had typed and your settings."


def test_a_text_that_is_too_long_for_an_address_survives(visitor):
    visitor.route(TITLE, "The union counts the votes. " * 400)
    before = visitor.flip(1)
    assert "x=" not in visitor.page.url
    same(before, reload(visitor, TITLE))


def test_what_was_typed_and_not_run_survives(visitor, examples):
    visitor.write("#x textarea", TITLE)
    visitor.write("#h textarea", "half a sent")
    reload(visitor, examples[0].trace.x)
    values = [visitor.page.input_value(f"#{name} textarea") for name in "xh"]
    assert values == [TITLE, "half a sent"]
    assert visitor.page.locator(".dr-unrouted").is_visible()
    assert restored(visitor) == "Restored what you had typed."
    visitor.page.click("#run")
    shows(visitor, TITLE)
    reload(visitor, TITLE)
    assert not visitor.page.locator(".dr-unrouted").is_visible()


def test_nothing_is_told_where_nothing_was_done(visitor, examples):
    reload(visitor, examples[0].trace.x)
    assert restored(visitor) == ""


def test_an_own_picture_survives_run_or_not(visitor, tmp_path):
    visitor.page.select_option("#task", "vqa-easy")
    shows(visitor, CATALOGUE["vqa-easy"].examples[0].trace.x)
    picture = tmp_path / "red.png"
    Image.new("RGB", (64, 64), "red").save(picture)
    visitor.write("#x textarea", "is there a red shape in the image ?")
    visitor.page.set_input_files("#picture input", picture)
    visitor.page.wait_for_selector("#picture img:visible")
    chosen = visitor.page.get_attribute("#picture img", "src")
    reload(visitor, CATALOGUE["vqa-easy"].examples[0].trace.x)
    assert visitor.page.get_attribute("#picture img", "src") == chosen
    visitor.page.click("#run")
    shows(visitor, "is there a red shape in the image ?")
    before = visitor.flip(0)
    same(before, reload(visitor, "is there a red shape in the image ?"))
    assert visitor.page.locator(".dr-source img").is_visible()


def test_start_fresh_shows_the_page_as_it_begins(visitor):
    first = next(iter(CATALOGUE.values())).examples[0].trace.x
    visitor.page.click(".dr-pin")
    visitor.route(TITLE, TEXT)
    visitor.write("#x textarea", "half a sent")
    reload(visitor, TITLE)
    visitor.page.click(".dr-fresh")
    shows(visitor, first)
    overlook(visitor)
    assert restored(visitor) == ""
    assert "x=" not in visitor.page.url
    assert "__theme=" in visitor.page.url  # what is not the page's own stays
    reload(visitor, first)
    assert visitor.page.input_value("#x textarea") == first


def test_a_link_wins_over_what_was_typed(visitor, server):
    visitor.route(TITLE, TEXT)
    visitor.write("#x textarea", "half a sent")
    visitor.page.goto(f"{server.url}/?task=news&x=Rain&h=Rain stopped play")
    shows(visitor, "Rain")
    assert visitor.page.input_value("#x textarea") == "Rain"
    assert restored(visitor) == ""
    overlook(visitor)


def test_two_tabs_of_a_browser_do_not_mix(visitor, server):
    visitor.route(TITLE, TEXT)
    other = visitor.context.new_page()
    other.goto(f"{server.url}/?task=news&x=Rain&h=")
    other.wait_for_function("() => document.querySelector('.dr')?.inspect?.().payload?.x === 'Rain'")
    other.evaluate("document.querySelector('.dr-edit').open = true")
    other.fill("#x textarea", "Sun")
    same(visitor.state(), reload(visitor, TITLE))
    assert visitor.page.input_value("#x textarea") == TITLE
    other.reload()
    other.wait_for_function("() => document.querySelector('#x textarea')?.value === 'Sun'")


def test_closed_and_full_storage_is_no_error(visit, server):
    visitor = visit(start="about:blank")
    broken = "() => { throw new DOMException('full', 'QuotaExceededError'); }"
    visitor.page.add_init_script(f"Storage.prototype.setItem = {broken}; Storage.prototype.getItem = {broken};")
    visitor.page.goto(f"{server.url}/?task=news")
    visitor.page.wait_for_selector(".dr[data-ready]")
    visitor.unfold()
    visitor.page.click(".dr-pin")
    assert "too large to outlive" in visitor.texts(".dr-pin")[0]
    same(visitor.route(TITLE, TEXT), reload(visitor, TITLE))


@pytest.mark.parametrize("seen", [False, True], ids=["before Compare was opened", "once it was"])
def test_pins_survive_with_their_views(visitor, examples, seen):
    visitor.flip(0)
    visitor.page.click(".dr-pin")
    visitor.policy("direct")
    visitor.page.click(".dr-pin")
    if seen:
        visitor.open("Compare")
        visitor.page.wait_for_selector(".cmp[data-shown]")
        visitor.page.wait_for_timeout(500)  # in which what is on the tab is kept
        visitor.open("Inspect")
    x = examples[0].trace.x
    reload(visitor, x)
    assert restored(visitor) == "Restored your settings and 2 views in Compare."
    visitor.open("Compare")
    visitor.page.wait_for_selector(".cmp[data-shown]")
    rows = visitor.texts(".cmp-rows tbody tr")
    assert len([row for row in rows if row.find("Remove") > 0]) == 2
    pins = visitor.page.evaluate(f"{COMPARED}.pins")
    assert [pin["view"]["policy"] for pin in pins] == ["threshold", "direct"]
    assert [len(pin["view"]["overrides"]) for pin in pins] == [1, 1]
    visitor.page.locator(".cmp-rows button", has_text="Remove").first.click()
    visitor.page.wait_for_timeout(500)
    reload(visitor, x)
    tab(visitor, "Compare")
    visitor.page.wait_for_selector(".cmp[data-shown]")
    assert visitor.page.locator(".cmp-rows button", has_text="Remove").count() == 1


def test_a_and_b_are_what_they_were(visitor, examples):
    visitor.page.click(".dr-pin")
    visitor.open("Compare")
    visitor.page.wait_for_selector(".cmp[data-shown]")
    visitor.page.locator(".cmp-slider").evaluate("(node) => { node.value = 0.9; }")
    for kind in ("input", "change"):
        visitor.page.locator(".cmp-slider").dispatch_event(kind)
    visitor.page.wait_for_function(f"{COMPARED}.pins[1].view.theta === 0.9")
    before, rows = visitor.page.evaluate(f"{COMPARED}.pins"), visitor.texts(".cmp-rows tbody tr")
    visitor.page.wait_for_timeout(700)
    reload(visitor, examples[0].trace.x)
    visitor.page.wait_for_selector(".cmp[data-shown]")
    visitor.page.wait_for_function(f"{COMPARED}.pins[1].view.theta === 0.9")
    assert visitor.page.evaluate(f"{COMPARED}.pins") == before
    assert visitor.texts(".cmp-rows tbody tr") == rows


def test_back_and_forward_go_through_tabs(visitor, examples):
    start = visitor.page.evaluate("history.length")
    for name in ("Compare", "Results", "Help", "Inspect"):
        visitor.open(name)
        tab(visitor, name)
        visitor.page.wait_for_function("(name) => (location.search.match(/tab=(\\w+)/)?.[1] ?? 'inspect') === name",
                                       arg=name.lower())  # fmt: skip
    visitor.page.wait_for_timeout(500)
    assert visitor.page.evaluate("history.length") == start + 4
    for name in ("Help", "Results", "Compare", "Inspect"):
        visitor.page.go_back()
        tab(visitor, name)
    visitor.page.wait_for_timeout(500)
    assert visitor.page.evaluate("history.length") == start + 4
    for name in ("Compare", "Results"):
        visitor.page.go_forward()
        tab(visitor, name)
    assert "tab=results" in visitor.page.url


def test_tabs_and_inputs_are_one_history(visitor, examples):
    visitor.page.select_option("#examples", "1")
    shows(visitor, examples[1].trace.x)
    visitor.open("Help")
    tab(visitor, "Help")
    visitor.page.wait_for_function("location.search.includes('tab=help')")
    visitor.open("Inspect")
    tab(visitor, "Inspect")
    visitor.page.wait_for_function("!location.search.includes('tab=')")
    flipped = visitor.flip(0)
    visitor.page.select_option("#examples", "2")
    shows(visitor, examples[2].trace.x)
    visitor.page.go_back()
    shows(visitor, examples[1].trace.x)
    assert visitor.state()["overrides"] == flipped["overrides"]
    visitor.page.go_back()
    tab(visitor, "Help")
    assert visitor.state()["overrides"] == flipped["overrides"]  # a decision stays until another input comes
    assert "flips=" in visitor.page.url
    visitor.page.go_back()
    tab(visitor, "Inspect")
    visitor.page.go_back()
    shows(visitor, examples[0].trace.x)


def test_a_view_opened_from_another_tab_is_one_step(visitor, examples):
    visitor.open("Help")
    tab(visitor, "Help")
    visitor.page.wait_for_function("location.search.includes('tab=help')")
    length = visitor.page.evaluate("history.length")
    asked = {"checkpoint": "news", "x": "Rain", "h": "Rain stopped play"}
    visitor.page.evaluate("(detail) => document.dispatchEvent(new CustomEvent('dualroute:open', { detail }))", asked)
    shows(visitor, "Rain")
    tab(visitor, "Inspect")
    assert visitor.page.evaluate("history.length") == length + 1
    assert "x=Rain" in visitor.page.url
    visitor.page.go_back()
    tab(visitor, "Help")
    shows(visitor, examples[0].trace.x)


def test_a_link_shows_no_other_input_first(visit, server):
    visitor = visit(start="about:blank")
    visitor.page.add_init_script(
        """window.seen = new Set();
        new MutationObserver(() => {
          const root = document.querySelector('#inspector .dr');
          const words = [...(root?.querySelectorAll('.dr-word-text') ?? [])].map((node) => node.textContent).join(' ');
          if (words && root.querySelector('.dr-words').checkVisibility()) window.seen.add(words);
        }).observe(document, { childList: true, subtree: true });"""
    )
    visitor.page.goto(f"{server.url}/?task=news&x=Rain&h=Rain stopped play&theta=0.9")
    shows(visitor, "Rain")
    assert visitor.page.evaluate("[...window.seen]") == ["Rain"]
    assert not visitor.page.locator(".dr-status").is_visible()
    assert visitor.state()["theta"] == 0.9


def test_a_link_that_names_nothing_to_show_shows_the_first_example(visit, server):
    visitor = open_link(visit, server, flips="0:direct")
    shows(visitor, next(iter(CATALOGUE.values())).examples[0].trace.x)


def test_a_text_in_the_making_is_not_told_as_made(visitor):
    visitor.page.select_option("#task", "headlines")
    shows(visitor, CATALOGUE["headlines"].examples[0].trace.x)
    visitor.page.evaluate(
        """() => {
          window.told = [];
          const node = document.querySelector('.dr-sentence');
          new MutationObserver(() => window.told.push(node.textContent)).observe(node, { childList: true });
        }"""
    )
    visitor.flip(0)
    visitor.page.wait_for_selector(".dr-written:not(.waiting)")
    told = visitor.page.evaluate("window.told")
    assert "Rewriting …" in told[0]
    assert "writes" not in told[0]
    assert "writes" in told[-1]


def test_a_strange_script_is_told(visitor):
    visitor.route("هدف في الدقيقة الأخيرة", TEXT)
    assert "single letters" in visitor.texts(".dr-notes li")[0]
    for selector in ("#x textarea", "#h textarea"):
        assert visitor.page.get_attribute(selector, "dir") == "auto"
