"""The attribution request: it comes from a browser, so everything in it may be wrong."""

import json
import math

import gradio as gr
import numpy as np
import pytest

from dualroute.app import models
from dualroute.app.components import as_message
from dualroute.app.inspect import tab as handlers
from dualroute.app.models import SingleFlightCache, get_router

REQUEST = {
    "checkpoint": "news",
    "x": "Oil up",
    "h": "Prices rose",
    "policy": "threshold",
    "threshold": 0.5,
    "overrides": [],
    "label": "",
}
BROKEN = {
    "policy": [["soft"], {"a": 1}, 3, "bogus", True],
    "threshold": [math.nan, math.inf, -0.1, 2, "x", "0.5", [0.5], True],
    "overrides": [5, "0:direct", [[0]], [["a", "direct"]], [[99, "direct"]], [[-1, "direct"]], [[0, "sideways"]]],
    "label": ["Nonsense", ["Sports"], 3, {"a": 1}],
    "x": [[], {}, 7, ["Oil"], None, ""],
    "h": [7, ["b"], {"c": 1}],
    "checkpoint": ["bogus", "../news", None, 3, ["news"]],
}
BROKEN["overrides"] += [[[0.5, "direct"]], [[math.inf, "direct"]], [[math.nan, "merged"]], [[0, ["direct"]]], [None]]
CASES = [(key, value) for key, values in BROKEN.items() for value in values]


@pytest.mark.parametrize(("key", "value"), CASES, ids=[f"{key} {value!r}" for key, value in CASES])
def test_a_broken_part_is_refused_in_words(key, value):
    with pytest.raises(ValueError, match=r"[a-z]{3,} [a-z]") as refused:
        handlers.attribute(REQUEST | {key: value})
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("request_", [None, [], "x", 5])
def test_a_request_that_is_no_object_is_refused(request_):
    with pytest.raises(ValueError, match="must be an object"):
        handlers.attribute(request_)


@pytest.mark.parametrize(
    "changes",
    [{}, {"policy": "soft"}, {"overrides": [[0, "merged"], [1, "direct"]]}, {"overrides": {"0": "merged"}}, {"h": ""}],
)
def test_the_payload_is_the_librarys_attribution(changes):
    request = REQUEST | changes
    payload = handlers.attribute(request)
    router = get_router("news")
    flips = {int(token): flow for token, flow in dict(request["overrides"]).items()}
    trace = router.trace(request["x"], request["h"], request["policy"], request["threshold"], flips)
    prediction, gate = router.attribute_many(trace)
    for name, expected in (("prediction", prediction), ("gate", gate)):
        np.testing.assert_allclose(payload[name]["scores"], expected.scores, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(payload[name]["contextScores"], expected.context_scores, rtol=1e-4, atol=1e-6)
    assert payload["request"]["label"] == trace.replay().label
    assert payload["request"]["overrides"] == [[token, flow] for token, flow in flips.items()]
    json.dumps(payload, allow_nan=False)


def test_the_same_input_is_attributed_once_for_all_visitors(monkeypatch):
    monkeypatch.setattr(models, "ATTRIBUTIONS", SingleFlightCache())
    made, original = [], models._attribute
    monkeypatch.setattr(models, "_attribute", lambda *given: made.append(1) or original(*given))
    first, second = handlers.attribute(REQUEST), handlers.attribute(REQUEST)
    assert made == [1]
    assert first["prediction"] == second["prediction"]
    assert handlers.attribute(REQUEST | {"h": ""})["prediction"] != first["prediction"]


def test_another_label_is_attributed_when_asked_for():
    router = get_router("news")
    trace = router.trace(REQUEST["x"], REQUEST["h"], "threshold", 0.5)
    label = next(label for label in trace.labels if label != trace.replay().label)
    payload = handlers.attribute(REQUEST | {"label": label})
    assert payload["request"]["label"] == label
    expected = router.attribute(trace, target=f"prediction:{label}")
    np.testing.assert_allclose(payload["prediction"]["scores"], expected.scores, rtol=0.05, atol=0.02)


def test_a_value_error_becomes_a_message_without_markup():
    @as_message
    def refuse():
        raise ValueError("unknown <b>thing</b> & more")

    with pytest.raises(gr.Error) as shown:
        refuse()
    assert shown.value.message == "Unknown &lt;b>thing&lt;/b> &amp; more."
    assert shown.value.print_exception is False


def test_any_other_error_stays_one():
    @as_message
    def fail():
        raise KeyError("a defect, not a visitor's mistake")

    with pytest.raises(KeyError):
        fail()
