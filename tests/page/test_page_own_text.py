"""A visitor's own text: run, examples, nothing to read, too much to read, nothing at all, and other visitors."""

import numpy as np

from dualroute.export.trace_payload import trace_key

from .visitor import check_replay, check_screen, on_page

TITLE = "Striker sold for a record sum"
TEXT = "The club said the transfer would pay off its debts; shares rose by four per cent."


def test_typed_text_gives_the_librarys_numbers(visitor, router):
    shown, trace = visitor.route(TITLE, TEXT), router.trace(TITLE, TEXT)
    assert shown["key"] == trace_key(trace)
    assert visitor.texts(".dr-x button.dr-tok") == on_page(trace.tokens)
    assert shown["contextTokens"] == list(trace.context_tokens)
    np.testing.assert_allclose(shown["logits"], trace.logits, rtol=1e-4, atol=1e-5)  # another process's float32
    theta = 1 - trace.spec.threshold
    np.testing.assert_allclose(visitor.drag_to(theta)["logits"], trace.replay(threshold=theta).logits, rtol=1e-4)


def test_enter_runs_as_the_button_does(visitor):
    before = visitor.state()["key"]
    visitor.write("#x textarea", TITLE)
    visitor.page.press("#x textarea", "Shift+Enter")  # plain Enter breaks the line in a box of several lines
    visitor.page.wait_for_function("(key) => document.querySelector('.dr').dataset.ready !== key", arg=before)
    assert visitor.state()["tokens"][:2] == ["Striker", "sold"]


def test_every_example(visitor, examples):
    visitor.page.wait_for_load_state("networkidle")
    visitor.requests.clear()
    assert visitor.page.locator("#examples option:not([hidden])").count() == len(examples)
    for index in [*range(1, len(examples)), 0]:
        trace = examples[index].trace
        visitor.page.select_option("#examples", str(index))
        visitor.page.wait_for_selector(f".dr[data-ready='{trace_key(trace)}']")
        assert visitor.page.input_value("#x textarea") == trace.x
        check_replay(visitor.state(), trace)
        check_screen(visitor, trace)
    visitor.page.wait_for_selector(".dr[data-attribution=shown]")
    assert len(visitor.runs) == len(examples)  # one to fetch each; none to attribute what is stored


def test_without_a_description(visitor, router):
    shown, trace = visitor.route(TITLE, ""), router.trace(TITLE, "")
    assert shown["contextTokens"] == []
    assert shown["tokens"] == on_page(trace.tokens)
    assert "no description" in visitor.texts(".dr-sentence")[0]
    assert visitor.page.locator(".dr-h").is_hidden()
    visitor.attributed()
    assert visitor.policy("merged")["logits"] == visitor.policy("direct")["logits"]


def test_an_empty_title_is_reported_and_the_result_stays(visitor):
    before = visitor.state()
    visitor.write("#x textarea", " \n ")
    visitor.page.click("#run")
    assert "Type the title" in visitor.texts(".dr-edit-status")[0]
    after = visitor.state()
    assert (after["key"], after["logits"]) == (before["key"], before["logits"])
    assert visitor.page.locator(".dr-sentence").is_visible()
    assert visitor.flip(1)["overrides"]


def test_ten_thousand_words_are_cut_with_a_note(visitor, router):
    shown = visitor.route("goal " * 10_000, "market " * 10_000)
    assert len(shown["tokens"]) <= router.model.config.max_length
    assert len(shown["contextTokens"]) <= router.model.config.context_max_length
    notes = visitor.texts(".dr-notes li")
    assert [("title" in note, "description" in note) for note in notes] == [(True, False), (False, True)]
    assert all("cut to its first" in note for note in notes)
    assert visitor.page.locator(".dr-notes").is_visible()
    visitor.attributed()


def test_visitors_share_nothing(visit):
    first, second = visit(), visit(width=390, height=844)
    untouched = second.state()
    first.route(TITLE, TEXT)
    first.flip(0)
    assert second.state() == untouched
    second.route("Rain again in the north", TEXT)
    second.policy("soft")
    assert second.state()["tokens"][:2] == ["Rain", "again"]
    shown = first.state()
    assert shown["tokens"][:2] == ["Striker", "sold"]
    assert shown["policy"] != "soft"
    assert len(shown["overrides"]) == 1
    assert second.state()["overrides"] == []
    first.attributed()
    second.attributed()


def test_a_new_visit_starts_from_the_stored_trace(visit, examples):
    visit().route(TITLE, TEXT)
    assert visit().state()["key"] == trace_key(examples[0].trace)


def test_a_second_run_before_the_first_is_back_is_not_lost(visitor):
    for title in (TITLE, "Rain again", "Sun at last"):
        visitor.write("#x textarea", title)
        visitor.page.click("#run")
    visitor.page.wait_for_function("document.querySelector('.dr').inspect().payload.x === 'Sun at last'")
    visitor.attributed()
    assert visitor.state()["tokens"] == ["Sun", "at", "last"]
