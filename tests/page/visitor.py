"""One visitor: a page in a browser context of its own, and everything it did that a page must not do."""

from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Browser, Page

from .serving import PATIENCE

OWN_HOSTS = {"127.0.0.1", "localhost"}
# The decision on screen and its numbers, as plain lists.
STATE = """() => {
  const { view, outcome, payload } = document.querySelector('.dr').inspect();
  const lists = Object.fromEntries(Object.entries(outcome).map(([k, v]) => [k, v?.length >= 0 ? Array.from(v) : v]));
  const { key, tokens, contextTokens, notes, labels, flows } = payload;
  return { ...view, ...lists, key, tokens, contextTokens, notes, labels, flows };
}"""


# On a phone most tabs stand in a menu, where a program can press them though they are not shown.
TAB = """(name) => [...document.querySelectorAll('[role=tab], .overflow-dropdown button')]
  .find((tab) => tab.textContent.trim() === name).click()"""


CHECKPOINT = "() => document.querySelector('.dr[data-ready]')?.inspect?.().payload?.checkpoint"
UNFOLD = "() => document.querySelectorAll('.dr details').forEach((node) => { node.open = true; })"


class Visitor:
    """Opens the page and waits until the inspector is alive. `problems` must stay empty, `requests` is a log."""

    def __init__(self, browser: Browser, url: str, width=1280, height=800, theme="light", start=None):
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page: Page = self.context.new_page()
        self._listen()
        self.page.goto(start or f"{url}/?task=news&__theme={theme}")
        if start is None:
            # The page opens with its first task, and then with what the address asks for.
            self.page.wait_for_function(f"({CHECKPOINT})() === 'news'")
            self.unfold()

    def _listen(self) -> None:
        page, note = self.page, self.problems.append
        page.on("console", lambda message: message.type == "error" and note(f"console: {message.text}"))
        page.on("pageerror", lambda error: note(f"exception: {error}"))
        page.on("dialog", lambda dialog: (note(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self._request(request.method, request.url))

    def _request(self, method: str, url: str) -> None:
        self.requests.append(f"{method} {url}")
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in OWN_HOSTS:
            self.problems.append(f"request to another host: {url}")

    def close(self) -> None:
        self.context.close()

    def unfold(self) -> None:
        """Open what is folded away at first: the input, and the list of files."""
        self.page.evaluate(UNFOLD)

    @property
    def runs(self) -> list[str]:
        """Requests that made the server do something."""
        return [request for request in self.requests if request.startswith("POST")]

    def open(self, tab: str) -> None:
        """Go to the tab of this name, in a narrow window too."""
        self.page.evaluate(TAB, tab)

    def state(self) -> dict:
        return self.page.evaluate(STATE)

    def texts(self, selector: str) -> list[str]:
        return self.page.locator(selector).evaluate_all("(nodes) => nodes.map((node) => node.textContent)")

    def route(self, x: str, h: str) -> dict:
        """Type both texts, run, and wait for the new result; the state that is then shown."""
        before = self.state()["key"]
        self.write("#x textarea", x)
        self.write("#h textarea", h)
        self.page.click("#run")
        self.page.wait_for_function("(key) => document.querySelector('.dr').dataset.ready !== key", arg=before)
        return self.state()

    def write(self, selector: str, text: str) -> None:
        """As a paste does it: half a surrogate pair can't be sent as a key."""
        codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2").tolist()
        set_value = """(node, codes) => {
          node.value = codes.map((code) => String.fromCharCode(code)).join('');
          node.dispatchEvent(new Event('input', { bubbles: true }));
        }"""
        self.page.locator(selector).evaluate(set_value, codes)

    def drag_to(self, theta: float) -> dict:
        """θ as the slider reports it, and the state in the very frame that follows."""
        move = """(theta) => new Promise((resolve) => {
          const slider = document.querySelector('.dr-slider');
          slider.value = theta;
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          requestAnimationFrame(resolve);
        })"""
        self.page.evaluate(move, theta)
        return self.state()

    def policy(self, name: str) -> dict:
        self.page.click(f".dr-policy[data-policy={name}]")
        return self.state()

    def flip(self, token: int) -> dict:
        self.page.click(f".dr-x .dr-col[data-i='{token}'] .dr-flow")
        return self.state()

    def attributed(self) -> None:
        """Wait until the attribution of what is on screen is drawn."""
        self.page.wait_for_selector(".dr[data-attribution=shown]")


def check_replay(shown: dict, trace) -> None:
    """The outcome on a visitor's screen is Python's replay of the same decision, to rounding of float64."""
    expected = trace.replay(shown["policy"], shown["theta"], {t: trace.flows[f] for t, f in shown["overrides"]})
    np.testing.assert_allclose(shown["logits"], expected.logits, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(shown["probs"], expected.probs, rtol=1e-9)
    np.testing.assert_allclose(shown["kappa"], expected.kappa, rtol=1e-12)
    np.testing.assert_allclose(shown["rho"], expected.rho, rtol=1e-12)
    np.testing.assert_allclose(shown["weights"], expected.flow_weights.ravel(), rtol=1e-12, atol=1e-12)
    assert (shown["best"], shown["tie"]) == (expected.label_index, expected.tie)


def check_spans(shown: dict, trace) -> None:
    """As `check_replay`, for an answer that is a span of the text."""
    expected = trace.replay(shown["policy"], shown["theta"], {t: trace.flows[f] for t, f in shown["overrides"]})
    np.testing.assert_allclose(shown["logits"], expected.logits.ravel(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(shown["rho"], expected.rho, rtol=1e-12)
    assert (tuple(shown["span"]), shown["text"], shown["tie"]) == (expected.span, expected.label, expected.tie)
    np.testing.assert_allclose(shown["probability"], expected.probability, rtol=1e-9)


def check_screen(visitor: Visitor, trace) -> None:
    """What is painted says the same as the numbers behind it: θ, probabilities, answer and every token's flow."""
    shown = visitor.state()
    outcome = trace.replay(shown["policy"], shown["theta"], {t: trace.flows[f] for t, f in shown["overrides"]})
    assert visitor.texts(".dr-theta-value") == [f"{shown['theta']:.3f}"]
    assert visitor.texts(".dr-outcome tbody tr > :nth-child(2)") == [percent(prob) for prob in outcome.probs]
    best = visitor.page.locator(".dr-outcome tbody tr > :nth-child(2)")
    assert best.evaluate_all("(cells) => cells.findIndex((cell) => cell.matches('.best'))") == outcome.label_index
    assert f"says {outcome.label} " in visitor.texts(".dr-sentence")[0]
    flows = visitor.page.locator(".dr-x .dr-col[data-i]").evaluate_all("(nodes) => nodes.map((n) => n.dataset.flow)")
    assert tuple(flows) == outcome.flows_taken


def on_page(tokens) -> list[str]:
    """Tokens as the page prints them: a piece that continues a word begins with a dot."""
    return ["·" + token[2:] if token.startswith("##") else token for token in tokens]


def percent(share: float) -> str:
    """As the page writes it: never 0% or 100% for what is neither."""
    if 0 < share < 0.01:
        return "<1%"
    return ">99%" if 0.99 < share < 1 else f"{int(100 * share + 0.5)}%"
