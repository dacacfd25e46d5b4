"""Fixtures of page tests: a running server and a Chromium, each started once, and a new visitor for every test."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from .alone import BLANK, show_alone
from .serving import PATIENCE, serve
from .visitor import Visitor

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(autouse=True)
def run_on_one_thread():
    """The server computes with its own threads; numbers compared with it are computed in the same way."""


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The page's server; its log must contain no traceback at the end."""
    folder = tmp_path_factory.mktemp("server")
    with serve(folder, env={**os.environ, "GRADIO_TEMP_DIR": str(folder)}) as running:
        yield running
        assert "Traceback" not in running.log, running.log


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium; tests that need it fail if there is none."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("no Chromium: install it (apt-get install chromium) or set CHROMIUM to its path")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(server, browser):
    """A function that opens the page for a new visitor; the test fails if a page reports a problem."""
    visitors = []

    def open_page(**options) -> Visitor:
        visitors.append(Visitor(browser, server.url, **options))
        return visitors[-1]

    yield open_page
    problems = [problem for visitor in visitors for problem in visitor.problems]
    for visitor in visitors:
        visitor.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def visitor(visit) -> Visitor:
    """A visitor with a desktop-sized window."""
    return visit()


@pytest.fixture
def lone_page(browser):
    """A page that no server answers; any problem fails the test."""
    page, problems = browser.new_page(), []
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
    page.on("dialog", lambda dialog: (problems.append("dialog"), dialog.dismiss()))
    page.on("request", lambda request: "evil" in request.url and problems.append(request.url))
    page.route(BLANK, lambda route: route.fulfill(body="<!doctype html><title>-</title>", content_type="text/html"))
    yield page
    assert page.evaluate("window.__hit") is None
    page.close()
    assert problems == []


@pytest.fixture
def mount(lone_page):
    """A function that shows one trace on a blank page and returns the page."""
    return lambda *shown, **more: show_alone(lone_page, *shown, **more)


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory) -> Path:
    """Folder for screenshots: `DUALROUTE_ARTIFACTS`, or a temporary one."""
    path = os.environ.get("DUALROUTE_ARTIFACTS")
    folder = Path(path) if path else tmp_path_factory.mktemp("artifacts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
