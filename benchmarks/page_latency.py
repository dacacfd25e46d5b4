"""Time from clicking "Route it" to the painted result, 32 + 64 tokens, a new text every time.

python -m benchmarks.page_latency [--json OUT]

Two numbers: with the attribution of the text before still running, as for a visitor who tries one text after the
other, and with nothing else to do.
"""

from benchmarks.browser import app, new_page, quantiles, report, route, words

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


def measure(page, seed: int) -> float:
    """Milliseconds of one run."""
    x = words(TOKENS, seed)
    page.fill("#x textarea", x)
    page.fill("#h textarea", words(CONTEXT, 10_000 + seed))
    milliseconds = page.evaluate(MEASURE)
    shown = page.evaluate(SHOWN)
    assert shown == [x, TOKENS, CONTEXT], f"{shown} instead of {TOKENS} + {CONTEXT} tokens of {x}"
    return milliseconds


def main() -> None:
    with app() as (url, _), new_page() as page:
        page.goto(url)
        page.wait_for_selector(".dr[data-ready]")
        route(page, "warm up", "the model is loaded by now")
        times = {"quiet": [], "busy": []}
        for seed in range(RUNS):
            page.wait_for_selector(".dr[data-attribution=shown]")
            times["quiet"].append(measure(page, seed))
            times["busy"].append(measure(page, 1_000 + seed))
    result = {name: quantiles(values) for name, values in times.items()}
    parts = [f"{name} p50 {q['p50']:.0f} ms, p95 {q['p95']:.0f} ms" for name, q in result.items()]
    report(
        f"text to painted result, {TOKENS} + {CONTEXT} tokens, {RUNS} runs each: {'; '.join(parts)}",
        {"benchmark": "page_latency", "unit": "ms", "runs": RUNS, "tokens": TOKENS, "context": CONTEXT, **result},
    )


if __name__ == "__main__":
    main()
