"""The gallery, opened from a disk without a network: every view comes to life, and nothing is reported."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dualroute.cli import app

from .visitor import Visitor


@pytest.fixture
def gallery(browser, tmp_path):
    """The site's folder and a visitor without a network."""
    assert CliRunner().invoke(app, ["gallery", "--out", str(tmp_path)]).exit_code == 0
    visitor = Visitor(browser, "", start="about:blank")
    visitor.context.set_offline(True)
    yield tmp_path, visitor
    visitor.close()


def test_every_view_opens_from_the_start_page(gallery):
    folder, visitor = gallery
    page = visitor.page
    page.goto((folder / "index.html").as_uri())
    links = page.eval_on_selector_all("li a", "links => links.map((link) => link.href)")
    assert len(links) >= 12
    for link in links:
        page.goto(link)
        page.wait_for_selector(".dr[data-ready]")
        assert page.locator(".dr-tile").count() > 1
        page.click("text=All views of the gallery")
        assert Path(page.url.removeprefix("file://")) == folder / "index.html"
    assert visitor.problems == []


def test_a_flip_changes_the_answer_in_a_view(gallery):
    folder, visitor = gallery
    page = visitor.page
    page.goto((folder / "views" / "vqa-easy.html").as_uri())
    page.wait_for_selector(".dr[data-ready]")
    assert page.locator(".dr-pill.own b").inner_text() == "yes"
    assert page.locator(".dr-mark").inner_text() == "✓ right"
    page.click(".dr-tile:has-text('red')")
    assert page.locator(".dr-pill.own b").inner_text() == "no"


def test_an_answer_of_a_language_model_answers_flips_too(gallery):
    folder, visitor = gallery
    page = visitor.page
    page.goto((folder / "views" / "language-model.html").as_uri())
    page.wait_for_selector(".dr[data-ready]")
    reading = page.locator(".dr-tile:has-text('read the passage')")
    assert [text.split()[0] for text in reading.all_inner_texts()] == ["1702"]
    page.click(".dr-tile:has-text('1702')")
    assert reading.count() == 0
    assert visitor.problems == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_start_page_fits_its_window(gallery, width):
    folder, visitor = gallery
    visitor.page.set_viewport_size({"width": width, "height": 800})
    visitor.page.goto((folder / "index.html").as_uri())
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
