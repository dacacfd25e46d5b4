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
READY = {"empty": "#empty[data-ready]", "page": ".dr[data-ready]"}
PAINTED = "() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))"


def opened(url: str, ready: str) -> float:
    """Milliseconds from asking for `url` to the frame after the one in which its component stands."""
    with new_page() as page:
        begin = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.wait_for_selector(ready)
        page.evaluate(PAINTED)
        return 1000 * (time.perf_counter() - begin)


def settle(url: str) -> None:
    """Wait until the models behind the page are loaded: opening it takes about as long as the time before."""
    before = opened(url, READY["page"])
    while (now := opened(url, READY["page"])) < 0.8 * before:
        before = now


def main() -> None:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    times: dict[str, list[float]] = {"empty": [], "page": []}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY, encoding="utf-8")
        with app() as (page, _), app(script) as (empty, _):
            settle(page)
            for _ in range(RUNS):
                times["empty"].append(opened(empty, READY["empty"]))
                times["page"].append(opened(page, READY["page"]))
    medians = {name: float(np.median(values)) for name, values in times.items()}
    ratio = medians["page"] / medians["empty"]
    report(
        f"interactive, {RUNS} times each: page {medians['page'] / 1000:.2f} s, empty page "
        f"{medians['empty'] / 1000:.2f} s, ratio {ratio:.2f}",
        {"benchmark": "interactive", "unit": "ms", "runs": RUNS, "median": medians, "ratio": round(ratio, 3)},
    )


if __name__ == "__main__":
    main()
