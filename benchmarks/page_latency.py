"""Time from clicking "Run" to the painted result, 32 + 64 tokens, a new text every time.

The result is the first window: words, routes, answer and threshold. Its details below are timed as `whole`.

python -m benchmarks.page_latency [--before FOLDER] [--json OUT]

Two numbers: with the attribution of the text before still running, as for a visitor who tries one text after the
other, and with nothing else to do. `--before` names a folder with another version's app.py: both are measured in turn,
so that what else runs on the machine slows both, and the ratio of the medians is printed.
"""

from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.browser import APP, TWO_TEXTS, app, new_page, option, quantiles, report, route, words

RUNS, TOKENS, CONTEXT = 24, 32, 64
# Measured in the page: from the click until the frame is painted in which the first window shows the new result, and
# until the one in which all of it stands. A message that a frame's callback posts is heard when that frame is painted.
# Version 0.4 draws all at once.
MEASURE = """() => new Promise((resolve) => {
  const root = document.querySelector('.dr'), before = { ...root.dataset };
  const painted = (then) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now() - begin);
    port2.postMessage(null);
  });
  let first;
  const observer = new MutationObserver(() => {
    const whole = root.dataset.ready !== before.ready;
    if (first === undefined && (whole || root.dataset.shown !== before.shown)) {
      first = null;
      painted((time) => (first = time));
    }
    if (!whole) return;
    observer.disconnect();
    painted((time) => resolve([first ?? time, time]));
  });
  observer.observe(root, { attributes: true, attributeFilter: ['data-shown', 'data-ready'] });
  const begin = performance.now();
  document.querySelector('#run').click();
})"""
SHOWN = "(({ x, T, S }) => [x, T, S])(document.querySelector('.dr').inspect().payload)"


def measure(page: Page, seed: int) -> tuple[float, float]:
    """Milliseconds of one run, to the painted first window and to all that the tab shows."""
    x = words(TOKENS, seed)
    page.fill("#x textarea", x)
    page.fill("#h textarea", words(CONTEXT, 10_000 + seed))
    first, whole = page.evaluate(MEASURE)
    shown = page.evaluate(SHOWN)
    assert shown == [x, TOKENS, CONTEXT], f"{shown} instead of {TOKENS} + {CONTEXT} tokens of {x}"
    return first, whole


def opened(stack: ExitStack, script: Path, beside: Page | None = None) -> Page:
    """A page of a server of its own, whose model is loaded; in the browser of the page `beside`, if there is one."""
    url, _ = stack.enter_context(app(script))
    browser = beside and beside.context.browser
    page = browser.new_page(viewport=beside.viewport_size) if beside and browser else stack.enter_context(new_page())
    page.goto(f"{url}{TWO_TEXTS}")
    page.wait_for_selector(".dr[data-ready]")
    route(page, "warm up", "the model is loaded by now")
    return page


def main() -> None:
    before = option("--before", Path, None, "folder of another version")
    with ExitStack() as stack:
        pages = {"now": opened(stack, APP)}
        if before:
            pages["before"] = opened(stack, before / APP.name, beside=pages["now"])
        kinds = ("quiet", "busy", "quiet whole", "busy whole")
        times: dict[str, dict[str, list[float]]] = {name: {kind: [] for kind in kinds} for name in pages}
        for seed in range(RUNS):
            for name, page in pages.items():
                for other in pages.values():  # an attribution that one server computes would slow the other's page
                    other.wait_for_selector(".dr[data-attribution=shown]")
                page.bring_to_front()  # the browser draws a page behind another one less often
                for kind, text in (("quiet", seed), ("busy", 1_000 + seed)):
                    first, whole = measure(page, text)
                    times[name][kind].append(first)
                    times[name][f"{kind} whole"].append(whole)
    result = {name: {kind: quantiles(values) for kind, values in kinds.items()} for name, kinds in times.items()}
    parts = [f"{kind} p50 {q['p50']:.0f} ms, p95 {q['p95']:.0f} ms" for kind, q in result["now"].items()]
    if before:
        ratios = {kind: round(q["p50"] / result["before"][kind]["p50"], 2) for kind, q in result["now"].items()}
        result["ratio"] = ratios
        parts += [f"{kind} {ratio} times {before.name}'s" for kind, ratio in ratios.items()]
    report(
        f"text to painted result, {TOKENS} + {CONTEXT} tokens, {RUNS} runs each: {'; '.join(parts)}",
        {"benchmark": "page_latency", "unit": "ms", "runs": RUNS, "tokens": TOKENS, "context": CONTEXT, **result},
    )


if __name__ == "__main__":
    main()
