"""Tab "Language model": answers whose numbers are Python's, a text that is written, links and reloads."""

import json
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from factories.language_models import ANSWER, PASSAGE, PROMPT, language_model

from dualroute.app.language import models
from dualroute.app.language.handlers import given, write
from dualroute.app.language.start import start
from dualroute.export.saved_views import parts_of, saved_language
from dualroute.export.scripts import language_template
from dualroute.families.context_lm.tracing import candidates_of, chosen_words, perplexity
from dualroute.trace.decision import Decision, read_overrides

from .alone import BLANK, MOUNT, asked, open_blank, tell
from .serving import PATIENCE
from .test_page_reload import overlook

STATE = """() => {
  const { view, outcome, written } = document.querySelector('.lm').language();
  return { ...view, overrides: [...view.overrides], rho: [...outcome.rho], probs: [...outcome.probs],
    perplexity: outcome.perplexity, key: written.payload.key };
}"""
SLIDE = """(theta) => {
  const slider = document.querySelector('#lm-slider');
  slider.value = theta;
  for (const name of ['input', 'change']) slider.dispatchEvent(new Event(name, { bubbles: true }));
}"""
HOSTILE = "<img src=x onerror=window.__hit=1>"
TEXTS = {"model": "tiny", "gate": "divergence", "prompt": PROMPT, "passage": PASSAGE}


@pytest.fixture(scope="module")
def lm():
    found = language_model(scale=4.0)
    models.put("tiny", "divergence", found)
    return found


@pytest.fixture
def tab(browser):
    """A function that shows the tab alone; a problem on the page fails the test."""
    page, problems = browser.new_page(), []
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
    page.route(BLANK, lambda route: route.fulfill(body="<!doctype html><title>-</title>", content_type="text/html"))

    def show(examples=None):
        open_blank(page, height=1600)
        value = start() | ({} if examples is None else {"examples": json.dumps(examples)})
        props = {"value": value}
        page.evaluate(MOUNT, {"folder": "language", "id": "language", "html": language_template(), "props": props})
        return page

    yield show
    assert page.evaluate("window.__hit") is None
    page.close()
    assert problems == []


def last(payloads) -> dict:
    *_, payload = payloads
    return payload


def answer(page, payload: dict, name="written", request="write_text") -> None:
    tell(page, name, json.dumps(payload | {"id": asked(page, request)[-1]["id"]}))


def asking(page, texts=TEXTS, own: str | None = None) -> None:
    """Type a question, its passage and perhaps an answer, and press the button."""
    page.fill(".lm-prompt", texts["prompt"])
    page.fill(".lm-passage", texts["passage"])
    if own is not None:
        page.click(".lm-own")
        page.fill(".lm-given", own)
    page.click(".lm-write")


def words(page) -> list[str]:
    return page.locator(".lm-words .dr-word-text").all_inner_texts()


def test_the_tab_opens_with_an_answer_that_was_computed(tab):
    page = tab()
    example = json.loads(start()["examples"])[0]
    payload = example["written"]["payload"]
    assert page.get_attribute(".lm", "data-ready") == payload["key"]
    assert page.input_value(".lm-prompt") == payload["prompt"]
    assert "words read the passage" in page.inner_text(".lm-sentence")
    assert example["written"]["direct"]["text"].strip()[:60] in page.inner_text(".lm-sentence")
    assert page.locator(".lm-text").count() == 3
    assert page.locator(".lm-parts .lm-part").count() == len(example["sources"]["parts"])
    assert asked(page, "write_text") == []


def given_on_screen(tab, lm, **more):
    page = tab([])
    asking(page, own=ANSWER)
    answer(page, last(given(TEXTS | {"answer": ANSWER} | more)), request="read_answer")
    page.wait_for_selector(".lm[data-phase=done]")
    return page, lm.trace(PROMPT, PASSAGE, ANSWER)


def check(page, trace) -> None:
    """What the page holds is Python's replay of the decision on its screen."""
    shown = page.evaluate(STATE)
    decision = Decision(
        shown["policy"], shown["theta"], read_overrides({t: trace.flows[f] for t, f in shown["overrides"]})
    )
    outcome = trace.replay(decision=decision)
    np.testing.assert_allclose(shown["rho"], outcome.flow_weights[:, 1], rtol=1e-9)
    np.testing.assert_allclose(shown["probs"], outcome.probs, rtol=1e-6)
    assert shown["perplexity"] == pytest.approx(perplexity(trace, decision), rel=1e-6)


def test_theta_rules_and_flips_are_pythons_at_once(tab, lm):
    page, trace = given_on_screen(tab, lm)
    check(page, trace)
    for theta in (0.0, float(trace.gates[1]), 1.0):
        page.evaluate(SLIDE, theta)
        check(page, trace)
    for policy in ("soft", "weighted_threshold", "direct", "merged", "threshold"):
        page.click(f".lm .dr-policy[data-policy={policy}]")
        check(page, trace)
    page.locator(".lm-words button.dr-tile").nth(1).click()
    assert page.evaluate(STATE)["overrides"]
    check(page, trace)
    page.click(".lm .dr-undo")
    assert not page.evaluate(STATE)["overrides"]
    assert asked(page, "write_text") == []


def test_pointing_at_a_word_shows_its_rivals_and_the_choice_at_every_weight(tab, lm):
    page, trace = given_on_screen(tab, lm)
    page.locator(".lm-words button.dr-tile").nth(2).hover()
    assert page.inner_text(".lm-token-name") == f"“{words(page)[2]}”"
    assert page.locator(".lm-candidates tbody tr").count() >= 2
    always = chosen_words(trace, Decision("merged"))
    never = chosen_words(trace, Decision("direct"))
    page.locator(".lm-words button.dr-tile").nth(0).hover()
    pieces = page.locator(".lm-pieces [aria-checked=true]")
    token = int(pieces.get_attribute("data-t")) if pieces.count() else 0
    strip = page.locator(".lm-choices .dr-span").all_text_contents()
    assert (strip[0].strip(), strip[-1].strip()) == (never[token].strip(), always[token].strip())


def test_a_text_is_written_before_the_eyes_and_goes_on_from_a_change(tab, lm):
    page = tab([])
    asking(page)
    payloads = list(write(TEXTS | {"max_tokens": 6}))
    middle = next(one for one in payloads if one["routed"] and len(one["routed"]["ids"]) == 3)
    answer(page, middle)
    assert page.is_visible(".lm-stop")
    assert 1 <= page.locator(".lm-words .dr-tile").count() <= 3
    answer(page, payloads[-1])
    assert page.is_hidden(".lm-stop")
    assert page.locator(".lm-text p.lm-body").nth(1).inner_text().split() == payloads[-1]["routed"]["text"].split()
    trace = lm.trace_written(PROMPT, PASSAGE, payloads[-1]["routed"]["ids"])
    ids = payloads[-1]["routed"]["ids"]
    for policy in ("direct", "merged"):
        page.click(f".lm .dr-policy[data-policy={policy}]")
        found = candidates_of(trace)
        chosen = found.ids[found.chosen(trace.replay(policy=policy).flow_weights)].tolist()
        change = next((t for t, (one, two) in enumerate(zip(chosen, ids, strict=True)) if one != two), None)
        assert page.is_visible(".lm-on") == (change is not None)
        if change is not None:
            page.click(".lm-on")
            request = asked(page, "write_text")[-1]
            assert (request["begin"], request["policy"], request["beside"]) == (ids[:change], policy, False)
            break


def test_of_drawn_words_the_server_says_where_they_change(tab, lm):
    page = tab([])
    page.click(".lm-more")
    page.click(".lm-draw button:nth-child(2)")
    page.fill(".lm-seed", "7")
    asking(page)
    assert asked(page, "write_text")[-1]["seed"] == 7
    answer(page, last(write(TEXTS | {"max_tokens": 6, "seed": 7})))
    page.click(".lm .dr-policy[data-policy=merged]")
    request = asked(page, "find_change")[-1]
    assert (request["policy"], request["seed"]) == ("merged", 7)
    tell(page, "changed", json.dumps({"id": request["id"], "position": 2}))
    assert page.is_visible(".lm-on")
    assert page.locator(".lm-words .gone").count() >= 1


def test_what_people_type_is_text(tab, lm):
    page = tab([])
    asking(page, own=f"{HOSTILE} 王 🎉")
    answer(page, last(given(TEXTS | {"answer": f"{HOSTILE} 王 🎉"})), request="read_answer")
    assert "王" in "".join(words(page))
    assert page.locator(".lm img").count() == 0


def test_a_refusal_stands_under_the_fields(tab):
    page = tab([])
    asking(page)
    tell(page, "written", json.dumps({"id": asked(page, "write_text")[-1]["id"], "error": "the passage is empty"}))
    assert page.inner_text(".lm-status") == "the passage is empty."
    assert page.is_enabled(".lm-write")


def test_on_the_page_a_link_names_the_answer_and_a_reload_brings_it_back(visit, server):
    visitor = visit(start=f"{server.url}/?tab=language")
    page = visitor.page
    page.wait_for_selector(".lm[data-ready]")
    page.evaluate(SLIDE, 0.5)
    page.wait_for_function("() => location.search.includes('read=0.500')")
    query = parse_qs(urlsplit(page.url).query)
    assert query["q"] == [page.input_value(".lm-prompt")]
    assert query["ids"]
    sentence = page.inner_text(".lm-sentence")
    assert not visitor.problems
    page.reload()
    page.wait_for_selector(".lm[data-ready]")
    overlook(visitor)
    page.wait_for_function("() => document.querySelector('.lm .dr-theta-value').textContent === '0.500'")
    assert page.inner_text(".lm-sentence") == sentence
    visitor.open("Inspect")
    page.wait_for_function("() => !/[?&](ids|lm|tab)=/.test(location.search)")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(visit, server, width):
    page = visit(width=width, start=f"{server.url}/?tab=language").page
    page.wait_for_selector(".lm[data-ready]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_answer_leaves_as_a_file_that_works_alone(tab, lm, browser, tmp_path):
    page, trace = given_on_screen(tab, lm)
    page.evaluate(SLIDE, 0.25)
    page.evaluate("document.querySelector('.lm .dr-export').open = true")
    page.click(".lm-html")
    with page.expect_download() as download:
        tell(page, "shell", json.dumps({"id": asked(page, "shell")[-1]["id"], "parts": parts_of(saved_language())}))
    download.value.save_as(tmp_path / "saved.html")
    (tmp_path / "python.html").write_text(trace.to_html(), encoding="utf-8")
    for name, theta in (("saved.html", 0.25), ("python.html", trace.spec.threshold)):
        alone = browser.new_page()
        alone.goto((tmp_path / name).as_uri())
        alone.wait_for_selector(".lm[data-ready]")
        assert alone.evaluate(STATE)["theta"] == pytest.approx(theta)
        check(alone, trace)
        alone.evaluate(SLIDE.replace("#lm-slider", "#lm-slider-0"), 0.6)
        check(alone, trace)
        assert alone.is_hidden(".lm-write")
        alone.close()


def test_tables_hold_every_token(tab, lm, tmp_path):
    page, trace = given_on_screen(tab, lm)
    page.evaluate("document.querySelector('.lm .dr-export').open = true")
    with page.expect_download() as download:
        page.click(".lm-csv")
    download.value.save_as(tmp_path / "answer.csv")
    lines = (tmp_path / "answer.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("index,token,gate,flow,rho,p_direct,p_merged,p_routed")
    with page.expect_download() as download:
        page.click(".lm-json")
    download.value.save_as(tmp_path / "answer.json")
    record = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    always = trace.replay(policy="merged").probs
    np.testing.assert_allclose([row["p_merged"] for row in record["rows"]], always, rtol=1e-6)
