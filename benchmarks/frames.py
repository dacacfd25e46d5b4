"""Frame times while θ is dragged over 128 tokens, against the same page at rest.

python -m benchmarks.frames [--json OUT]

Beside the times between frames, which suffer from whatever else runs on the machine, stands the processor time that
the page's main thread took per frame, which does not.
"""

from benchmarks.browser import TWO_TEXTS, app, new_page, quantiles, report, route, words

FRAMES, TOKENS, CONTEXT = 300, 126, 64  # the model's 128 count the tokenizer's own two
KINDS = {"TaskDuration": "work", "ScriptDuration": "script", "RecalcStyleDuration": "style", "LayoutDuration": "layout"}
# One step of the slider per frame, there and back; the times between animation frames are returned.
MEASURE = """({ frames, drag }) => new Promise((resolve) => {
  const slider = document.querySelector('.dr-slider'), times = [];
  let before = null;
  const step = (now) => {
    if (before != null) times.push(now - before);
    before = now;
    if (times.length === frames) return resolve(times);
    if (drag) {
      const phase = times.length / 75 % 2;
      slider.value = phase < 1 ? phase : 2 - phase;
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


def measure(page, work, drag: bool) -> dict[str, float]:
    """Quantiles of the frame times; `work`: the main thread's milliseconds per frame; script and the rest are of it."""
    page.wait_for_timeout(1000)
    before = seconds(work)
    times = page.evaluate(MEASURE, {"frames": FRAMES, "drag": drag})
    spent = {name: round(1000 * (after - before[name]) / FRAMES, 1) for name, after in seconds(work).items()}
    return quantiles(times) | {KINDS[name]: value for name, value in spent.items()}


def seconds(work) -> dict[str, float]:
    """Processor time of the page's main thread so far."""
    return {m["name"]: m["value"] for m in work.send("Performance.getMetrics")["metrics"] if m["name"] in KINDS}


def main() -> None:
    with app() as (url, _), new_page() as page:
        page.goto(f"{url}{TWO_TEXTS}")
        page.wait_for_selector(".dr[data-ready]")
        route(page, words(TOKENS, 1), words(CONTEXT, 2))
        page.wait_for_selector(".dr[data-attribution=shown]")
        page.locator(".dr-slider").scroll_into_view_if_needed()
        tokens = page.evaluate("document.querySelector('.dr').inspect().payload.T")
        work = page.context.new_cdp_session(page)
        work.send("Performance.enable", {"timeDomain": "threadTicks"})
        result = {name: measure(page, work, drag) for name, drag in (("idle", False), ("drag", True))}
    parts = [f"{name} p50 {q['p50']:.1f} ms, p95 {q['p95']:.1f} ms, work {q['work']} ms" for name, q in result.items()]
    report(
        f"frames, {tokens} tokens, {FRAMES} frames each: {'; '.join(parts)}",
        {"benchmark": "frames", "unit": "ms", "frames": FRAMES, "tokens": tokens, **result},
    )


if __name__ == "__main__":
    main()
