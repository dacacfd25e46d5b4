"""Links of the pages in the repository's root lead to files that are there; `mkdocs build` checks those of docs/."""

import re

import pytest

from .reading import ROOT, name_of

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
PAGES = sorted(ROOT.glob("*.md"))


def links(text: str) -> list[str]:
    """The addresses of a page's links and pictures."""
    return [one or other for one, other in LINK.findall(text)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files(page):
    for link in links(page.read_text("utf-8")):
        target = link.split("#")[0]
        if target and not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), link


def test_a_link_is_found():
    assert links("see [this](docs/index.md#a) ![that](docs/page.png)") == ["docs/index.md#a", "docs/page.png"]
