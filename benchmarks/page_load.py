"""What the first page costs: bytes transferred, and how much of it jumps while it loads.

python -m benchmarks.page_load [--json OUT]

At two window sizes, each with an empty cache: all bytes until nothing more is asked for, headers included, and the
cumulative layout shift (https://web.dev/articles/cls). `--slow N` lets the browser compute N times slower.
"""

from dataclasses import dataclass

from playwright.sync_api import Page

from benchmarks.browser import app, new_page, option, report

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
QUIET = 1500  # ms after the last request
WATCH = """() => {
  window.shifts = [];
  const keep = (list) => list.getEntries().forEach((entry) => entry.hadRecentInput || shifts.push(entry.value));
  new PerformanceObserver(keep).observe({ type: 'layout-shift', buffered: true });
}"""


@dataclass(frozen=True)
class Load:
    """transferred: bytes of all answers with their headers; shift: the cumulative layout shift."""

    transferred: int
    requests: int
    shift: float


def load(page: Page, url: str, slow: float = 1) -> Load:
    """Open `url` on a new page and wait until it is whole and still."""
    network = page.context.new_cdp_session(page)
    whole: dict[str, float] = {}  # bytes of each answer; of a stream that goes on, those that came
    network.on("Network.responseReceived", lambda event: whole.setdefault(event["requestId"], 0))
    network.on("Network.dataReceived", lambda event: _add(whole, event))
    network.on("Network.loadingFinished", lambda event: whole.update({event["requestId"]: event["encodedDataLength"]}))
    network.send("Network.enable")
    network.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.add_init_script(f"({WATCH})()")
    page.goto(url)
    page.wait_for_selector(".dr[data-ready]")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET)
    shift = page.evaluate("shifts.reduce((sum, value) => sum + value, 0)")
    return Load(int(sum(whole.values())), len(whole), shift)


def _add(whole: dict[str, float], event: dict) -> None:
    whole[event["requestId"]] = whole.get(event["requestId"], 0) + event["encodedDataLength"]


def main() -> None:
    slow = option("--slow", float, 1.0, "times that the browser computes slower")
    result = {}
    with app() as (url, _):
        for name, size in SIZES.items():
            with new_page(*size) as page:
                found = load(page, url, slow)
            result[name] = {"bytes": found.transferred, "requests": found.requests, "shift": round(found.shift, 4)}
    parts = [
        f"{name} {found['bytes'] / 1000:.0f} kB in {found['requests']} requests, layout shift {found['shift']:.3f}"
        for name, found in result.items()
    ]
    report(f"first page: {'; '.join(parts)}", {"benchmark": "page_load", "slow": slow, **result})


if __name__ == "__main__":
    main()
