"""Links that version 0.4 wrote open the views that they opened then."""

import json
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from dualroute.app import url_state
from dualroute.app.catalogue import load_catalogue

LINKS = json.loads((Path(__file__).parents[1] / "fixtures" / "v04" / "links.json").read_text(encoding="utf-8"))
NAMES = url_state.Names(
    lambda: ["inspect", "compare", "thresholds"], lambda: ["overview"], lambda: ["news", "support", "vqa-easy"]
)


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link["address"][:60])
def test_a_link_opens_what_it_opened(link):
    opened = url_state.open_address(dict(parse_qsl(link["address"])), load_catalogue(), NAMES)
    payload, notice = opened.payload or {}, dict(opened.notice)
    assert {name: payload.get(name) for name in link["view"]} == link["view"]
    assert len(notice.pop("notes")) == len(link["told"].pop("notes"))
    if notice["asked"]:
        assert notice["asked"].pop("key") == payload["key"]  # it names the view, with the checkpoint's own θ
        link["told"]["asked"].pop("key")
    assert notice == link["told"]
