"""A thousand requests by fifty visitors at once over loopback: is an answer lost or mixed up, does memory grow?

python -m benchmarks.soak [--json OUT]

Every visitor asks for traces of texts of its own, one in ten for attributions too, and one in twenty sends what cannot
be answered. Memory is that of the server's process, after every hundred requests; growth is measured from the second
hundred on, when all models and caches are there.
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil

from benchmarks.browser import PATIENCE, app, quantiles, report

REQUESTS, VISITORS, EVERY = 1000, 50, 100
TASKS = ("news", "support", "question-answering")
ATTRIBUTE = ('["prediction", "gate"]', '{"feature_ablation": {}}', "pad", "token", 0)


def call(url: str, endpoint: str, *arguments):
    """What the endpoint answers, or None for a refusal."""
    posted = httpx.post(f"{url}/gradio_api/call/{endpoint}", json={"data": arguments}, timeout=PATIENCE)
    posted.raise_for_status()
    told = httpx.get(f"{url}/gradio_api/call/{endpoint}/{posted.json()['event_id']}", timeout=PATIENCE).text
    kind, data = told.strip().rsplit("event: ", 1)[1].split("\ndata: ", 1)
    return None if kind == "error" else json.loads(json.loads(data)[0])


def visit(url: str, number: int) -> tuple[bool, float]:
    """Whether request `number` was answered as it should be, and its seconds."""
    begin, refused = time.perf_counter(), number % 20 == 7
    text = "" if refused else f"request {number} of many"
    asked = (TASKS[number % len(TASKS)], text, f"context {number} of its own", "threshold", (number % 97) / 97, "")
    found = call(url, "trace", *asked)
    right = found is None if refused else found is not None and (found["x"], found["h"]) == asked[1:3]
    if number % 10 == 0:
        attributed = call(url, "attribute", *asked, *ATTRIBUTE)
        right &= attributed is not None
    return right, time.perf_counter() - begin


def server_process() -> psutil.Process:
    """The app that `browser.app` started."""
    return next(child for child in psutil.Process().children() if "app.py" in " ".join(child.cmdline()))


def main() -> None:
    memory, right, seconds = [], 0, []
    with app() as (url, _), ThreadPoolExecutor(VISITORS) as pool:
        process = server_process()
        for task in TASKS:
            call(url, "trace", task, "warm up", "the models are loaded by now", "threshold", 0.4, "")
        for first in range(0, REQUESTS, EVERY):
            for fine, took in pool.map(lambda number: visit(url, number), range(first, first + EVERY)):
                right += fine
                seconds.append(took)
            memory.append(process.memory_info().rss / 2**20)
            print(f"{first + EVERY} requests, {right} right, {memory[-1]:.0f} MB", flush=True)
    growth = memory[-1] - memory[1]
    times = quantiles(seconds)
    report(
        f"{right} of {REQUESTS} answered rightly, {VISITORS} at once; memory {memory[1]:.0f} -> {memory[-1]:.0f} MB "
        f"({growth:+.0f}); seconds p50 {times['p50']}, p95 {times['p95']}",
        {"benchmark": "soak", "requests": REQUESTS, "right": right, "visitors": VISITORS, "seconds": times}
        | {"memory_mb": [round(value) for value in memory], "growth_mb": round(growth)},
    )


if __name__ == "__main__":
    main()
