"""What the Compare tab asks for, with tiny models: an input run again, and one text through all routers."""

import json

import numpy as np
import pytest
from factories.tiny import make_model

from dualroute.api import DualRouter
from dualroute.app import contracts, models
from dualroute.app.catalogue import load_catalogue
from dualroute.app.compare import tab as comparing
from dualroute.export.trace_payload import pack, trace_payload

X, H = "the striker scored twice", "market shares fell sharply"
KINDS = {
    "one": {},
    "two": {"router": "linear"},
    "pictures": {"context": "image", "image_size": 32, "patches": 4, "reader": "bilinear"},
}


@pytest.fixture(autouse=True, scope="module")
def routers():
    """Handlers that know these tiny models alone."""
    made = {name: DualRouter(make_model(**settings), name) for name, settings in KINDS.items()}
    with pytest.MonkeyPatch.context() as patch:
        for module in (models, comparing):
            patch.setattr(module, "get_router", made.__getitem__)
        for module in (contracts, comparing):
            patch.setattr(module, "served_routers", lambda: made)
        yield made


def test_an_input_run_again_is_its_trace(routers):
    request = {"checkpoint": "two", "x": X, "h": H, "policy": "soft", "threshold": 0.25, "overrides": [[1, "merged"]]}
    expected = trace_payload(routers["two"].trace(X, H, "soft", 0.25, {1: "merged"}))
    assert comparing.retrace(request)["payload"] == expected


def test_one_text_through_all_routers(routers):
    rows = comparing.through_all({"checkpoint": "two", "x": X, "h": H})["rows"]
    json.dumps(rows, allow_nan=False)
    assert [row["checkpoint"] for row in rows] == ["two", "one", "pictures"]
    for row, h in zip(rows, (H, H, ""), strict=True):
        trace = routers[row["checkpoint"]].trace(X, h)
        assert row["tokens"] == list(trace.tokens)
        assert row["gates"] == pack(trace.gates)
        assert row["threshold"] == trace.spec.threshold
    assert [row["given"] for row in rows] == [row["reads"] for row in rows] == [True, True, False]


def test_only_the_routers_that_are_asked_for_run(routers):
    request = {"checkpoint": "two", "x": X, "h": H}
    for asked, shown in (([], ["two"]), (["one", "two", "one"], ["two", "one"])):
        rows = comparing.through_all(request | {"routers": asked})["rows"]
        assert [row["checkpoint"] for row in rows] == shown
    with pytest.raises(ValueError, match="nope"):
        comparing.through_all(request | {"routers": ["nope"]})


def test_a_router_that_fails_says_so_and_the_others_are_shown(monkeypatch, routers):
    def broken(*args, **kwargs):
        raise ValueError("this text is nothing for me")

    monkeypatch.setattr(routers["one"], "trace", broken)
    rows = comparing.through_all({"checkpoint": "two", "x": X, "h": H})["rows"]
    assert rows[1] == {"checkpoint": "one", "error": "this text is nothing for me"}
    assert np.isfinite(rows[2]["threshold"])


@pytest.mark.parametrize("wrong", [{"x": " "}, {"x": 3}, {"checkpoint": "nope"}, {"policy": "bogus"}, {"threshold": 7}])
@pytest.mark.parametrize("handler", [comparing.retrace, comparing.through_all])
def test_what_is_wrong_is_refused_in_words(handler, wrong):
    with pytest.raises(ValueError, match=r"[a-z]{3,} [a-z]"):
        handler({"checkpoint": "one", "x": X, "h": H} | wrong)


def test_the_choices_are_all_that_is_shipped():
    from dualroute.paths import shipped

    choices = comparing.choices(load_catalogue())
    assert sorted(choice["name"] for choice in choices) == shipped()
    assert len({choice["title"] for choice in choices}) == len(choices)
