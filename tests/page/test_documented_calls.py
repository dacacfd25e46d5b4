"""The calls that the documentation shows work on a running page, as they stand there."""

import re

import pytest

from .serving import APP

SHOWN = re.compile(r"<!-- api -->(.*?)<!-- /api -->", re.DOTALL)
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
ADDRESS = "http://127.0.0.1:7860"
FILES = [name for name in ("docs/api.md", "README.md") if SHOWN.search((APP.parent / name).read_text("utf-8"))]


def test_there_are_documented_calls():
    assert FILES[0] == "docs/api.md"


@pytest.mark.parametrize("name", FILES)
def test_the_calls_work(server, name):
    shown = SHOWN.search((APP.parent / name).read_text("utf-8"))[1]
    code = "\n".join(BLOCK.findall(shown))
    assert ADDRESS in code
    known = {}
    exec(compile(code.replace(ADDRESS, server.url), name, "exec"), known)
    known["client"].close()
    assert known["measured"]["n"] == 2
    assert known["outcomes"][1]["policy"] == "direct"
    assert "<!doctype html>" in known["both"]
