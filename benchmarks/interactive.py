"""From opening the page to an inspector that answers, against an empty page of the same framework.

python -m benchmarks.interactive [--json OUT]

The empty page is a Blocks with one gr.HTML whose script runs. Both servers stand, their models are loaded, and they are
opened in turn, each time in a new browser: what else runs on the machine slows both, so the ratio says what is ours.
"""

import os
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.browser import app, new_page, report

RUNS = 11
EMPTY = """import gradio as gr
with gr.Blocks(analytics_enabled=False) as page:
    gr.HTML("", html_template="<p id='empty'>empty</p>", js_on_load="element.firstElementChild.dataset.ready = 'yes'")
page.launch(ssr_mode=False, run_history=False, footer_links=["api"], enable_monitoring=False)
"""
# `whole`: the framework stands too, and with it the other tabs.
READY = {"empty": "#empty[data-ready]", "page": ".dr[data-ready]", "whole": "gradio-app .dr[data-ready]"}
# A flip of a word, and its effect. An empty page has nothing to answer.
ACT = """() => {
  const answer = () => document.querySelector('.dr-tile').getAttribute('aria-pressed'), before = answer();
  document.querySelector('.dr-tile').click();
  if (answer() === before) throw new Error('the inspector does not answer');
}"""
PAINTED = "() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))"


def opened(url: str, name: str) -> float:
    """Milliseconds from asking for `url` to the frame after the one in which its component stands, and has answered."""
    with new_page() as page:
        begin = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.wait_for_selector(READY[name])
        if name != "empty":
            page.evaluate(ACT)
        page.evaluate(PAINTED)
        return 1000 * (time.perf_counter() - begin)


def settle(url: str) -> None:
    """Wait until the models behind the page are loaded: opening it takes about as long as the time before."""
    before = opened(url, "page")
    while (now := opened(url, "page")) < 0.8 * before:
        before = now


def main() -> None:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    times: dict[str, list[float]] = {name: [] for name in READY}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY, encoding="utf-8")
        with app() as (page, _), app(script) as (empty, _):
            settle(page)
            for _ in range(RUNS):
                for name, values in times.items():
                    values.append(opened(empty if name == "empty" else page, name))
    medians = {name: float(np.median(values)) for name, values in times.items()}
    ratios = {name: round(medians[name] / medians["empty"], 3) for name in ("page", "whole")}
    seconds = {name: f"{median / 1000:.2f} s" for name, median in medians.items()}
    report(
        f"interactive, {RUNS} times each: page {seconds['page']}, empty page {seconds['empty']}, ratio "
        f"{ratios['page']:.2f}; with all tabs {seconds['whole']}, ratio {ratios['whole']:.2f}",
        {"benchmark": "interactive", "unit": "ms", "runs": RUNS, "median": medians, "ratio": ratios},
    )


if __name__ == "__main__":
    main()
