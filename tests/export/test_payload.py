"""What the page gets: float32 numbers bit by bit, and what an attribution was asked for."""

import base64
import json
import math

import numpy as np
import pytest
from factories.traces import changed

from dualroute.export.trace_payload import attribution_payload, pack, page_policies, trace_key, trace_payload
from dualroute.trace.attribution import Attribution


def unpack(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def make_attribution(**changes) -> Attribution:
    values = {"scores": np.asarray([0.5, -2], np.float32), "context_scores": np.asarray([0.25, 0], np.float32)}
    values |= {"target": "prediction:B", "method": "integrated_gradients", "baseline": "pad", "convergence_delta": 0.01}
    values |= {"seconds": 1.0, "value": 1.0, "baseline_value": 2.25, "steps": 32, "converged": True, "route": "held"}
    return Attribution(**values | changes)


def test_pack_keeps_every_bit():
    numbers = np.asarray([0, -0.0, 1 / 3, 1e-45, -3.4e38, 16_777_217, math.pi], np.float32)
    assert unpack(pack(numbers)).tobytes() == numbers.tobytes()


def test_pack_goes_row_by_row_whatever_the_layout():
    numbers = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    for layout in (numbers, np.asfortranarray(numbers), numbers.astype(">f4"), numbers.astype(np.float64)):
        assert unpack(pack(layout)).tolist() == list(range(24))
    assert unpack(pack(numbers[:, ::2].T)).tolist() == numbers[:, ::2].T.ravel().tolist()
    assert pack(np.zeros((3, 0, 2), np.float32)) == ""


def test_the_payload_by_hand(trace):
    payload = trace_payload(trace)
    assert unpack(payload["gates"]).tolist() == [0.25, 0.75, 0.25, 0.75]
    assert unpack(payload["direct"]).tolist() == [1, -1, 0.5, 0.25]
    assert unpack(payload["context"]).tolist() == [0.5, 0, -0.25, 2, 2, 1, 0, -1]
    assert unpack(payload["attention"]).tolist() == [0.75, 0.25, 0.5, 0.5]
    assert unpack(payload["bias"]).tolist() == [0.125, -0.5]
    assert payload["tokens"] == ["red", "<b>"]
    assert payload["overrides"] == [[1, 0]]
    assert (payload["policy"], payload["threshold"], payload["attributed"]) == ("threshold", 0.5, False)
    assert json.loads(json.dumps(payload, allow_nan=False)) == payload


def test_the_last_router_layer_is_shown(trace):
    two = changed(trace, flow_gates=np.concatenate([np.full((1, 2, 2), 0.5, np.float32), trace.flow_gates]))
    assert trace_payload(two)["gates"] == trace_payload(trace)["gates"]


def test_the_key_is_of_texts_and_checkpoint_not_of_the_decision(trace):
    other = dict(policy="soft", threshold=0.1, overrides={})
    assert trace_key(changed(trace, spec=other)) == trace_key(trace)
    keys = {trace_key(changed(trace, **change)) for change in ({}, {"x": "red"}, {"h": ""}, {"x": "", "h": trace.x})}
    keys.add(trace_key(changed(trace, spec=dict(revision="ba9876543210"))))
    assert len(keys) == 5


def test_policies_of_two_and_of_three_flows():
    assert page_policies(("direct", "merged")) == ["threshold", "weighted_threshold", "soft", "direct", "merged"]
    assert {"select", "context"} <= set(page_policies(("direct", "context", "merged")))


def test_an_attribution_says_what_it_answers(trace):
    payload = attribution_payload(trace, "B", make_attribution(), make_attribution(target="gate", steps=64))
    assert payload["request"] == {
        "key": trace_key(trace),
        "policy": "threshold",
        "threshold": 0.5,
        "overrides": [[1, "direct"]],
        "label": "B",
    }
    assert payload["prediction"]["scores"] == [0.5, -2]
    assert payload["prediction"]["contextScores"] == [0.25, 0]
    assert (payload["prediction"]["delta"], payload["gate"]["steps"]) == (0.01, 64)
    assert payload["prediction"]["methodTitle"] == "Integrated Gradients"


@pytest.mark.parametrize("delta", [math.nan, None])
def test_a_method_without_a_delta_sends_none(trace, delta):
    payload = attribution_payload(trace, "B", make_attribution(convergence_delta=delta), make_attribution())
    assert payload["prediction"]["delta"] is None
    json.dumps(payload, allow_nan=False)
