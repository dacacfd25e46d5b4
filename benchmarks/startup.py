"""Server start to the first HTTP 200, and from opening the page to an inspector that answers.

python -m benchmarks.startup [--json OUT]

The page is opened as soon as the server answers, while the model still loads behind it, each time in a new browser.
"""

import time

from benchmarks.browser import app, new_page, quantiles, report

STARTS = 5


def main() -> None:
    times = {"server": [], "interactive": []}
    for _ in range(STARTS):
        with new_page() as page, app() as (url, seconds):
            times["server"].append(seconds)
            begin = time.perf_counter()
            page.goto(url, wait_until="commit")
            page.wait_for_selector(".dr[data-ready]")
            times["interactive"].append(time.perf_counter() - begin)
    result = {name: quantiles([1000 * value for value in values]) for name, values in times.items()}
    server, interactive = result["server"], result["interactive"]
    report(
        f"start, {STARTS} times: first answer p50 {server['p50'] / 1000:.1f} s, max {server['max'] / 1000:.1f} s; then "
        f"interactive p50 {interactive['p50'] / 1000:.1f} s, max {interactive['max'] / 1000:.1f} s",
        {"benchmark": "startup", "unit": "ms", "starts": STARTS, **result},
    )


if __name__ == "__main__":
    main()
