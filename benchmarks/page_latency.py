"""Time from clicking "Run" to the painted result, 32 + 64 tokens, a new text every time.

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
# Measured in the page: from the click to the frame after the one in which the new result was drawn.
MEASURE = """() => new Promise((resolve) => {
  const root = document.querySelector('.dr');
  const observer = new MutationObserver(() => {
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - begin)));
  });
  observer.observe(root, { attributes: true, attributeFilter: ['data-ready'] });
  const begin = performance.now();
  document.querySelector('#run').click();
})"""
SHOWN = "(({ x, T, S }) => [x, T, S])(document.querySelector('.dr').inspect().payload)"


def measure(page: Page, seed: int) -> float:
    """Milliseconds of one run."""
    x = words(TOKENS, seed)
    page.fill("#x textarea", x)
    page.fill("#h textarea", words(CONTEXT, 10_000 + seed))
    milliseconds = page.evaluate(MEASURE)
    shown = page.evaluate(SHOWN)
    assert shown == [x, TOKENS, CONTEXT], f"{shown} instead of {TOKENS} + {CONTEXT} tokens of {x}"
    return milliseconds


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
        times: dict[str, dict[str, list[float]]] = {name: {"quiet": [], "busy": []} for name in pages}
        for seed in range(RUNS):
            for name, page in pages.items():
                page.wait_for_selector(".dr[data-attribution=shown]")
                times[name]["quiet"].append(measure(page, seed))
                times[name]["busy"].append(measure(page, 1_000 + seed))
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
