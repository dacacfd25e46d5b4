"""The payloads of tab Attribute, computed by hand on small records."""

import json
import math

import numpy as np
import pytest

from dualroute.attribute.methods import METHODS
from dualroute.export.attribute_payload import controls_payload, faithfulness_payload, measures_payload, run_payload
from dualroute.measures.faithfulness import GRID, MEASURES, Erasure, Faithfulness
from dualroute.measures.flipping import Flipped, Flips
from dualroute.trace.attribution import Attribution

TOLD = {"baseline": "pad", "seconds": 0.5, "value": 3.0, "baseline_value": 1.0, "steps": 2, "converged": True}


def made(method: str, scores, context, target="prediction:A", **more) -> Attribution:
    arrays = {"scores": np.float32(scores), "context_scores": np.float32(context)}
    given = {"target": target, "method": method, "convergence_delta": math.nan, "route": "held"}
    return Attribution(**arrays, **TOLD | given | more)


def test_the_controls_are_the_table_of_methods():
    payload = json.loads(json.dumps(controls_payload({"seed": 9})))
    assert [method["name"] for method in payload["methods"]] == list(METHODS)
    for told in payload["methods"]:
        method = METHODS[told["name"]]
        assert [parameter["name"] for parameter in told["parameters"]] == [one.name for one in method.parameters]
        assert told["trust"] == method.trust
        assert told["random"] == any(one.name == "n_samples" for one in method.parameters)
    assert payload["limits"] == {"seed": 9}


def test_a_track_says_sum_change_and_delta():
    payload = run_payload([made("integrated_gradients", [1, 0.5], [0.25], convergence_delta=-0.25, passes=(4, 2))])
    (track,) = json.loads(json.dumps(payload, allow_nan=False))["tracks"]
    assert (track["sum"], track["change"], track["delta"]) == (1.75, 2.0, -0.25)
    assert (track["scores"], track["contextScores"], track["passes"]) == ([1.0, 0.5], [0.25], [4.0, 2.0])
    assert track["agreement"] is None  # there is nothing exact to agree with


def test_agreement_is_by_target_and_with_the_exact():
    exact = made("exact", [1, 2], [3, 4])
    payload = run_payload(
        [
            exact,
            made("integrated_gradients", [10, 20], [30, 40]),
            made("input_x_gradient", [4, 3], [2, 1]),
            made("saliency", [1, 1], [1, 1]),
            made("integrated_gradients", [1, 2], [3, 4], target="gate"),
        ]
    )
    assert [track["agreement"] for track in payload["tracks"]] == pytest.approx([1, 1, -1, None, None])
    score, gate = payload["agreement"]
    assert (score["target"], gate["target"]) == ("prediction:A", "gate")
    assert score["rows"][1][:3] == pytest.approx([1, 1, -1])
    assert score["rows"][0][3] is None  # constant scores have no order
    assert score["bySize"][0] == [False, False, False, True]  # saliency has no sign
    assert gate["rows"] == [[1.0]]


def test_words_keep_their_ranges():
    words = made("lime", [1], [2, 3], granularity="word", groups=((0, 2),), context_groups=((0, 1), (1, 3)))
    (track,) = run_payload([words])["tracks"]
    assert (track["groups"], track["contextGroups"]) == ([[0, 2]], [[0, 1], [1, 3]])


def erasure() -> Erasure:
    shares, falling = np.array(GRID), 1 - np.array(GRID)
    random = np.stack([falling, falling + 0.2])
    return Erasure(1.0, 0.0, shares, falling**2, 1 - falling**2, random, 1 - random)


def record(flips=None, **more) -> Faithfulness:
    told = {"target": "prediction:A", "label": "A", "method": "lime", "baseline": "pad", "direction": 1}
    numbers = {"infidelity": 0.5, "unexplained": 0.25, "sensitivity": math.nan, "units": 4, "orders": 2, "samples": 3}
    rest = {"seed": 0, "passes": 5.0, "seconds": 0.1, "flips": flips}
    curves = {"probability": erasure(), "value": None}
    return Faithfulness(**curves | told | numbers | rest | more)


def test_curves_stand_beside_the_mean_and_the_spread_of_chance():
    payload = json.loads(json.dumps(faithfulness_payload(record()), allow_nan=False))
    assert list(payload["scales"]) == ["probability"]
    curves = payload["scales"]["probability"]
    np.testing.assert_allclose(curves["deletion"], erasure().deletion)
    np.testing.assert_allclose(curves["randomDeletion"]["mean"], 1.1 - np.array(GRID))
    np.testing.assert_allclose(curves["randomDeletion"]["low"], 1 - np.array(GRID) + 0.2 * 0.025)
    np.testing.assert_allclose(curves["randomInsertion"]["high"], np.array(GRID) - 0.2 * 0.025)
    assert set(curves["summary"]) == set(MEASURES) == {name for name, *_ in measures_payload()}
    assert payload["sensitivity"] is None
    assert payload["flips"] is None


def test_of_a_lowered_gate_the_gate_itself_is_shown():
    raised, lowered = (
        json.loads(json.dumps(faithfulness_payload(record(target="gate", direction=one)), allow_nan=False))
        for one in (1, -1)
    )
    before, after = raised["scales"]["probability"], lowered["scales"]["probability"]
    assert (after["full"], after["empty"]) == (0.0, 1.0)  # the record holds 1 − gate
    np.testing.assert_allclose(after["deletion"], 1 - np.array(before["deletion"]))
    np.testing.assert_allclose(after["randomDeletion"]["low"], 1 - np.array(before["randomDeletion"]["high"]))
    for area in ("deletion_area", "insertion_area"):
        told, turned = before["summary"][area], after["summary"][area]
        assert turned["value"] == pytest.approx(1 - told["value"])
        assert turned["interval"] == pytest.approx([1 - told["interval"][1], 1 - told["interval"][0]])
    for movement in ("comprehensiveness", "sufficiency"):  # towards the empty input, whichever way that is
        assert after["summary"][movement] == before["summary"][movement]


def test_of_a_lowered_effect_the_effect_itself_is_shown():
    curves = faithfulness_payload(record(target="effect:A", direction=-1, probability=None, value=erasure()))["scales"]
    np.testing.assert_allclose(curves["value"]["deletion"], -erasure().deletion)
    assert curves["value"]["full"] == -1.0


def test_scores_without_signs_explain_no_change():
    told = faithfulness_payload(record(method="saliency"))
    assert (told["infidelity"], told["unexplained"]) == (None, None)


def test_flips_keep_their_orders():
    def order(*tokens):
        return Flipped(np.array(tokens), np.array([2.0, 1.0, 0.0]), np.array([False, True, True]))

    flips = Flips(gate=order(0, 1), attribution=order(1, 0), contribution=order(1, 0), random=(order(0, 1),))
    payload = json.loads(json.dumps(faithfulness_payload(record(flips))))["flips"]
    assert {name: told["tokens"] for name, _, told in payload["orders"]}["attribution"] == [1, 0]
    assert payload["orders"][0][2]["drop"] == 1.0
    assert payload["random"]["mean"] == [2.0, 1.0, 0.0]
    assert payload["randomDrop"] == {"mean": 1.0, "interval": [1.0, 1.0]}
