"""The text of a saved file: what it holds, that it can end no element early, and what it refuses."""

import base64
import gzip
import hashlib
import json
import re

import numpy as np
import pytest
from factories.traces import changed, make_trace, make_written

from dualroute.compare.views import View
from dualroute.export.saved_views import standalone_html
from dualroute.export.scripts import SCRIPT, STYLE, asset
from dualroute.export.trace_payload import trace_payload
from dualroute.trace.attribution import Attribution

HOSTILE = '</script><script>1</script><!--<script> \u2028 ${x} $data \\ "'


def scores(trace, target: str) -> Attribution:
    ones = np.ones(len(trace.tokens)), np.full(len(trace.context_tokens), 0.5)
    return Attribution(*ones, target, "input_x_gradient", "pad", float("nan"), 0.1, 1.0, 0.0, 1, True, "held")


def element(text: str, start: str) -> str:
    """The content of the element that begins with `start`."""
    return text.split(start, 1)[1].split("</script>", 1)[0]


def saved_data(text: str) -> list[dict]:
    return json.loads(element(text, '<script type="application/json" id="saved-data">'))["views"]


def test_it_holds_the_pages_payload_and_the_decision():
    trace = make_trace(flows=("direct", "context", "merged"))
    (view,) = saved_data(standalone_html([View(trace, "soft", 0.25, {1: "merged"})]))
    decision = {"policy": "soft", "threshold": 0.25, "overrides": [[1, 2]]}
    assert view == {"payload": trace_payload(trace) | decision, "attribution": None, "ignored": []}


def test_it_holds_the_attributions_it_was_given():
    trace = make_trace()
    given = [scores(trace, "gate"), scores(trace, "prediction:B")]
    (view,) = saved_data(standalone_html([View(trace)], [given]))
    assert view["attribution"]["request"]["label"] == "B"
    assert view["attribution"]["prediction"]["contextScores"] == [0.5] * 4
    assert view["payload"]["attributed"] is True


def test_text_cannot_end_an_element():
    trace = make_trace(tokens=1, context=1)
    hostile = changed(trace, x=HOSTILE, tokens=(HOSTILE,), notes=(HOSTILE,))
    plain, text = (standalone_html([View(t)]) for t in (trace, hostile))
    assert text.lower().count("<script") == plain.lower().count("<script") == 5
    assert text.count("<!--") == plain.count("<!--") == 0
    assert "\u2028" not in text
    assert saved_data(text)[0]["payload"]["x"] == HOSTILE


def test_only_its_own_scripts_may_run_and_nothing_may_be_fetched():
    text = standalone_html([View(make_trace())])
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    unpacker = text.rsplit("<script>", 1)[1].split("</script>", 1)[0]
    code = packed(text, "script")
    for script in (unpacker.encode(), code):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" in policy
    assert code.decode() == asset(SCRIPT) + "DualRoute.openViews();"
    assert packed(text, "style").decode() == asset(STYLE)
    assert policy.count("sha256") == 2


def packed(text: str, name: str) -> bytes:
    return gzip.decompress(base64.b64decode(element(text, f'<script type="text/plain" id="packed-{name}">')))


def test_it_is_small():
    assert len(standalone_html([View(make_trace(tokens=20, context=30))])) < 230_000


@pytest.mark.parametrize("count", [0, 3])
def test_one_view_or_two(count):
    with pytest.raises(ValueError, match="one view or two"):
        standalone_html([View(make_trace())] * count)


@pytest.mark.parametrize(
    ("decision", "word"),
    [({"policy": "bogus"}, "bogus"), ({"threshold": 7}, "7"), ({"overrides": {99: "direct"}}, "numbered 0 to")],
)
def test_a_decision_that_is_none_is_refused(decision, word):
    with pytest.raises(ValueError, match=word):
        standalone_html([View(make_trace(), **decision)])


def test_one_attribution_alone_is_refused():
    trace = make_trace()
    with pytest.raises(ValueError, match="one of the prediction and one of the gates"):
        standalone_html([View(trace)], attributions=[[scores(trace, "gate")]])


def test_a_written_text_keeps_its_route():
    trace = make_written()
    assert saved_data(standalone_html([View(trace, threshold=0.5)]))
    with pytest.raises(ValueError, match="trace the input again"):
        standalone_html([View(trace, policy="direct")])
