"""The endpoints for programs, through `gradio_client`: the library's numbers, and clear errors."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from gradio_client import Client

from dualroute.compare.views import Comparison, View
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace

from .client import Refused, predict

TITLE, TEXT = "Bank shares jump", "Lenders reported higher profits for the quarter."
ARRAYS = ("flow_gates", "pooling", "attention", "direct_contributions", "context_contributions", "bias", "logits")
# What `gradio_client` fills in by itself; plain HTTP sends all arguments.
MORE = {"trace": (), "attribute": ('["prediction"]', '{"exact": {}}', "pad", "token", 0)}
BAD = {
    "task": ({"task": "nope"}, "Unknown task 'nope'"),
    "policy": ({"policy": "bogus"}, "bogus"),
    "policy of another type": ({"policy": ["soft"]}, "must be text"),
    "threshold above 1": ({"threshold": 7}, "from 0 to 1"),
    "threshold of another type": ({"threshold": "x"}, "from 0 to 1"),
    "overrides are no JSON": ({"overrides": "{"}, "not JSON"),
    "overrides are a list": ({"overrides": "[1]"}, "JSON object"),
    "override of no token": ({"overrides": '{"99": "direct"}'}, "numbered 0 to"),
    "override of a word": ({"overrides": '{"first": "direct"}'}, "token's index"),
    "override to no flow": ({"overrides": '{"0": "sideways"}'}, "sideways"),
    "empty title": ({"x": " "}, "title is empty"),
    "title of another type": ({"x": 5}, "must be text"),
}


def arguments(task="news", x=TITLE, h=TEXT, policy="threshold", threshold=0.5, overrides="") -> tuple:
    return task, x, h, policy, threshold, overrides


@pytest.fixture(scope="module")
def client(server):
    client = Client(server.url, verbose=False)
    yield client
    client.close()


def test_a_trace_has_the_librarys_numbers(client, router):
    text = client.predict(*arguments(policy="soft", overrides='{"1": "direct"}'), api_name="/trace")
    trace, expected = Trace.from_json(text), router.trace(TITLE, TEXT, "soft", 0.5, {1: "direct"})
    for name in ARRAYS:
        np.testing.assert_allclose(getattr(trace, name), getattr(expected, name), rtol=1e-4, atol=1e-6, err_msg=name)
    for name in ("x", "h", "tokens", "context_tokens", "flows", "labels", "notes", "spec"):
        assert getattr(trace, name) == getattr(expected, name)
    assert trace.to_json() == text


def test_a_trace_by_named_arguments_replays_as_asked(client):
    names = dict(zip(("task", "x", "h", "policy", "threshold", "overrides"), arguments(threshold=0.2), strict=True))
    trace = Trace.from_json(client.predict(**names, api_name="/trace"))
    np.testing.assert_allclose(trace.replay().logits, trace.logits, rtol=1e-5, atol=1e-5)
    assert trace.spec.threshold == 0.2


def test_an_attribution_has_the_librarys_numbers(client, router):
    found = json.loads(client.predict(*arguments(), api_name="/attribute"))["attributions"]
    trace = router.trace(TITLE, TEXT, "threshold", 0.5)
    for text, expected in zip(found, router.attribute_many(trace), strict=True):
        shown = Attribution.from_json(json.dumps(text))
        assert (shown.target, shown.label) == (expected.target, expected.label)
        np.testing.assert_allclose(shown.scores, expected.scores, rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(shown.context_scores, expected.context_scores, rtol=1e-3, atol=1e-5)


def test_decisions_comparisons_and_rows_reach_a_program(client, router):
    decisions = '[{"policy": "direct"}, {"policy": "merged"}]'
    found = json.loads(client.predict("news", TITLE, TEXT, decisions, api_name="/replay"))
    trace = router.trace(TITLE, TEXT)
    assert [one["answer"] for one in found] == [trace.replay(policy).label for policy in ("direct", "merged")]
    told = json.loads(client.predict("news", TITLE, TEXT, other='{"policy": "direct"}', api_name="/compare"))
    assert told["sentence"] == Comparison(View(trace), View(trace, "direct")).sentence
    rows = json.dumps([{"x": TITLE, "h": TEXT, "label": "Business"}])
    assert json.loads(client.predict("news", rows, api_name="/evaluate"))["n"] == 1


@pytest.mark.parametrize("endpoint", ["trace", "attribute"])
@pytest.mark.parametrize(("changes", "word"), BAD.values(), ids=BAD)
def test_an_error_reaches_the_client_in_words(server, endpoint, changes, word):
    with pytest.raises(Refused, match=word):
        predict(server, endpoint, *arguments(**changes), *MORE[endpoint])


def test_an_error_reaches_gradio_client_too(client):
    with pytest.raises(Exception, match="Unknown task 'nope'"):
        client.predict(*arguments(task="nope"), api_name="/trace")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "-1"])
def test_a_threshold_that_is_no_share_is_refused(server, number):
    body = f'{{"data": ["news", "a", "b", "threshold", {number}, ""]}}'
    with pytest.raises(Refused, match="from 0 to 1"):
        predict(server, "trace", body=body)


def test_half_a_surrogate_pair_and_nul_are_left_out(server):
    body = '{"data": ["news", "Oil \\ud800 up\\u0000", "\\udfff", "soft", 0.5, ""]}'
    trace = Trace.from_json(predict(server, "trace", body=body))
    assert trace.tokens == ("Oil", "up")
    assert len(trace.notes) == 3


def test_clients_at_once_do_not_mix(server):
    def ask(name: str) -> list[tuple]:
        own = Client(server.url, verbose=False)
        titles = [f"{name} wins round {number}" for number in range(4)]
        traces = [Trace.from_json(own.predict(*arguments(x=x, h=name), api_name="/trace")) for x in titles]
        own.close()
        return [(title, trace.x, trace.h) for title, trace in zip(titles, traces, strict=True)]

    names = ["Ann", "Bob", "Cid"]
    with ThreadPoolExecutor(len(names)) as pool:
        answers = dict(zip(names, pool.map(ask, names), strict=True))
    for name, rows in answers.items():
        assert [(asked, name) for asked, _, _ in rows] == [(x, h) for _, x, h in rows]
