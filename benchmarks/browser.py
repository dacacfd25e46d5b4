"""What the page's benchmarks share: the app in a process of its own, a browser, quantiles, and the JSON at the end."""

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
from playwright.sync_api import Page, sync_playwright

T = TypeVar("T")

APP = Path(__file__).resolve().parents[1] / "app.py"
PATIENCE = 300  # seconds
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
# One token each for the shipped tokenizer, so that n words make n tokens.
WORDS = ("oil", "bank", "game", "vote", "rain", "team", "market", "police", "court", "music", "school", "train")


@contextmanager
def app(script: Path = APP) -> Iterator[tuple[str, float]]:
    """(address, seconds from start to the first HTTP 200) of a fresh `python app.py`, stopped at the end.

    script  another one, such as the app.py of another version
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": folder}
        begin = time.perf_counter()
        process = subprocess.Popen([sys.executable, str(script)], env=env, stdout=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            yield url, _wait_for_answer(url, process) - begin
        finally:
            process.terminate()
            process.wait()


@contextmanager
def new_page(width=1280, height=800) -> Iterator[Page]:
    """A page of a fresh Chromium: the one named by CHROMIUM, or the system's."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        sys.exit("no Chromium: install it or name it in the variable CHROMIUM")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(1000 * PATIENCE)
        yield page
        browser.close()


TWO_TEXTS = "?task=news"  # the page's first task may read a picture


def route(page: Page, x: str, h: str) -> None:
    """Fill in both texts, run, and wait for the result. The task reads two texts, see `TWO_TEXTS`."""
    page.evaluate("() => document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    before = page.get_attribute(".dr", "data-ready")
    page.fill("#x textarea", x)
    page.fill("#h textarea", h)
    page.click("#run")
    page.wait_for_function("(key) => document.querySelector('.dr').dataset.ready !== key", arg=before)


def words(count: int, seed: int) -> str:
    """A text of `count` tokens, another for every seed."""
    return " ".join(np.random.default_rng(seed).choice(WORDS, count))


def quantiles(values) -> dict[str, float]:
    """p50, p95 and largest, rounded to what can be measured."""
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1), "max": round(float(max(values)), 1)}


def option(name: str, kind: Callable[[str], T], default: T | None, told: str) -> T:
    """An option of the command line by itself; others are read elsewhere."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(name, type=kind, default=default, help=told)
    found, _ = parser.parse_known_args()
    return vars(found)[name.strip("-")]


def report(line: str, result: dict) -> None:
    """Print `line`; with `--json OUT` on the command line, write `result` and the machine it was measured on."""
    out = option("--json", Path, None, "file for the result")
    print(line)
    if out:
        machine = {"cpus": os.cpu_count(), "load": os.getloadavg()[0], "python": platform.python_version()}
        out.write_text(json.dumps(result | {"machine": machine}, indent=2) + "\n", encoding="utf-8")


def _wait_for_answer(url: str, process: subprocess.Popen) -> float:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE):
                return time.perf_counter()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    sys.exit(f"the app ended with {process.returncode}")
