"""Two answers of a language model in tab Compare: Python's numbers, B's rule is exact, pins outlive a reload."""

import io

import pandas as pd
import pytest
from factories.language_models import PASSAGE, PROMPT, language_model

from dualroute.compare.views import Comparison, View
from dualroute.export.language_payload import language_payload
from dualroute.families.context_lm.tracing import chosen_words, perplexity
from dualroute.trace.record import Trace

from .test_compare import show  # noqa: F401  a fixture
from .test_inspector import HOSTILE

PUBLISH = (
    "(pin) => document.dispatchEvent(new CustomEvent('dualroute:language-pin', { detail: pin, cancelable: true }))"
)


@pytest.fixture(scope="module")
def lm():
    return language_model(scale=4.0)


def pin_answer(page, lm, trace: Trace, policy: str, theta: float) -> None:
    view = {"policy": policy, "theta": theta, "overrides": []}
    page.evaluate(PUBLISH, {"payload": language_payload(trace, True, 0.3, lm.limits), "view": view})


def cells(page, place: int) -> list[str]:
    return page.locator(f".cml-tokens tr td:nth-child({place})").all_text_contents()


def test_two_answers_are_compared(show, lm):  # noqa: F811
    a = lm.trace(PROMPT, PASSAGE, "the striker scored")
    b = lm.trace(HOSTILE[0], PASSAGE, "the striker won")
    page = show()
    assert not page.locator(".cml-box").is_visible()
    pin_answer(page, lm, a, "threshold", 0.6)
    assert "Pin a second answer" in page.locator(".cml-state").text_content()
    pin_answer(page, lm, b, "threshold", 0.3)
    found = Comparison(View(a, "threshold", 0.6), View(b, "threshold", 0.3))
    table = found.to_frame()
    assert len(cells(page, 1)) == len(table)
    gates = [f"{gate:.2f}" if gate == gate else "" for gate in table.gate_b]
    assert cells(page, 4) == gates
    reads = {"merged": "yes", "direct": "no", "": ""}
    assert cells(page, 5) == [reads[flow] for flow in table.flow_a]
    assert cells(page, 6) == [reads[flow] for flow in table.flow_b]
    said = page.locator(".cml-sentence").text_content()
    for view in (found.a, found.b):
        assert f"(perplexity {perplexity(view.trace, view.decision):.1f})" in said
    assert said.startswith("B has another question, another answer, θ = 0.300 for 0.600.")
    assert page.locator(".cml-box :is(img, script)").count() == 0
    # B's rule, exact in the browser.
    page.locator(".cml-policies button", has_text="Always read").click()
    page.wait_for_function("document.querySelector('.cml-sentence').textContent.includes('another reading rule')")
    merged = View(b, "merged")
    words = list(chosen_words(b, merged.decision))
    with page.expect_download() as caught:
        page.click(".cml-csv")
    saved = pd.read_csv(io.BytesIO(caught.value.path().read_bytes()), keep_default_na=False)
    of_b = saved[saved.token_b != ""]
    assert of_b.greedy_b.tolist() == words
    assert of_b.prob_b.astype(float).tolist() == pytest.approx(merged.outcome.probs.tolist(), abs=1e-6)
    # One token of B goes the other way, and B as it is becomes a view of its own.
    page.locator(".cml-flip").first.click()
    page.wait_for_function("document.querySelector('.cml-flip').textContent === 'no'")
    page.click(".cml-own")
    assert page.locator(".cml-rows tr").count() == 3
    kept = page.evaluate("JSON.parse(sessionStorage.getItem('dualroute:language-pins'))")
    assert [one["view"]["policy"] for one in kept] == ["threshold", "threshold", "merged"]
    assert kept[2]["view"]["overrides"] == [[0, 0]]
    page.locator(".cml-remove").first.click()
    assert page.locator(".cml-rows tr").count() == 2
