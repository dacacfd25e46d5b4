"""What the first page costs a visitor: few bytes, and nothing that jumps, however slow the browser."""

import re

import httpx
import pytest

from benchmarks.page_load import SIZES, load


@pytest.mark.parametrize("slow", [1, 4])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_first_page_is_light_and_stands_still(server, browser, size, slow):
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    found = load(context.new_page(), server.url, slow)
    context.close()
    assert 100_000 < found.transferred <= 600_000
    assert found.shift <= 0.1


def test_document_and_bundle_come_compressed(server):
    document = httpx.get(server.url)
    assert document.headers["content-encoding"] == "gzip"
    addresses = re.findall(r'(?:src|href)="([^"]*/dualroute\.(?:js|css)[^"]*)"', document.text.partition("</head>")[0])
    assert [address.split("?")[0].rpartition("/")[2] for address in addresses] == ["dualroute.css", "dualroute.js"]
    for address in addresses:
        found = httpx.get(server.url + address)
        assert (found.status_code, found.headers["content-encoding"]) == (200, "gzip")
