"""The calls that the documentation shows work on a running page, as they stand there."""

import re

from .serving import APP

SHOWN = re.compile(r"<!-- api -->(.*?)<!-- /api -->", re.DOTALL)
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
ADDRESS = "http://127.0.0.1:7860"
PAGE = "docs/reference/http.md"


def test_the_calls_stand_once():
    pages = [APP.parent / "README.md", *(APP.parent / "docs").rglob("*.md")]
    assert [page.relative_to(APP.parent).as_posix() for page in pages if SHOWN.search(page.read_text("utf-8"))] == [
        PAGE
    ]


def test_the_calls_work(server):
    shown = SHOWN.search((APP.parent / PAGE).read_text("utf-8"))[1]
    code = "\n".join(BLOCK.findall(shown))
    assert ADDRESS in code
    known = {}
    exec(compile(code.replace(ADDRESS, server.url), PAGE, "exec"), known)
    known["client"].close()
    assert known["measured"]["n"] == 2
    assert known["outcomes"][1]["policy"] == "direct"
    assert "<!doctype html>" in known["both"]
