"""What version 0.4 wrote is read, and replays to the numbers that 0.4 computed."""

import json
from pathlib import Path

import numpy as np
import pytest

from dualroute.rows.stored import read_rows
from dualroute.rows.threshold_index import ThresholdIndex
from dualroute.trace.answers import Classes, Span, Written
from dualroute.trace.attribution import Attribution
from dualroute.trace.record import Trace

FIXTURES = Path(__file__).parents[1] / "fixtures" / "v04"
TRACES = sorted((FIXTURES / "traces").glob("*.json"))
KINDS = {"question-answering": Span, "headlines": Written, "emoji": Written}


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def test_there_are_two_traces_of_every_checkpoint():
    assert len(TRACES) == 22


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_a_trace_is_read(path):
    old = read(path)["trace"]
    trace = Trace.from_dict(old)
    assert (trace.x, trace.h, list(trace.tokens), trace.image) == (old["x"], old["h"], old["tokens"], old["image"])
    assert list(trace.context_tokens) == old["context_tokens"]
    assert type(trace.answer) is KINDS.get(path.stem.rpartition("-")[0], Classes)
    assert (trace.spec.policy, trace.spec.threshold) == (old["spec"]["policy"], old["spec"]["threshold"])
    np.testing.assert_array_equal(trace.flow_gates, np.asarray(old["flow_gates"], np.float32))


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_it_is_written_anew_without_a_change(path):
    trace = Trace.from_dict(read(path)["trace"])
    again = Trace.from_json(trace.to_json())
    assert again.to_json() == trace.to_json()
    assert json.loads(again.to_json())["schema"] == 2


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_it_replays_as_it_did(path):
    record = read(path)
    trace = Trace.from_dict(record["trace"])
    if not record["replays"]:
        assert not trace.replayable
    for old in record["replays"].values():
        outcome = trace.replay(old["policy"], old["threshold"], old["overrides"])
        assert outcome.label == old["label"]
        assert outcome.probability == pytest.approx(old["probability"], rel=1e-9)
        np.testing.assert_allclose(outcome.logits, old["logits"], rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(outcome.kappa, old["kappa"])
        np.testing.assert_array_equal(outcome.rho, old["rho"])


@pytest.mark.parametrize("path", sorted((FIXTURES / "attributions").glob("*.jsonl")), ids=lambda path: path.stem)
def test_attributions_are_read(path):
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    trace = Trace.from_json(first)
    assert len(lines) >= 20
    for line in lines:
        attribution, old = Attribution.from_json(line), json.loads(line)
        assert attribution.spec == trace.spec
        np.testing.assert_array_equal(attribution.scores, np.asarray(old["scores"], np.float32))
        assert Attribution.from_json(attribution.to_json()).to_json() == attribution.to_json()


@pytest.mark.parametrize("path", sorted((FIXTURES / "rows").glob("*.npz")), ids=lambda path: path.stem)
def test_evaluation_rows_are_read(path):
    study = read_rows(path)
    point = ThresholdIndex(study.steps, study.metric).at(study.results["default_threshold"])
    routed = next(t for t in study.results["thresholds"] if t["theta"] == study.results["default_threshold"])
    assert point.share == pytest.approx(routed["share"], abs=2e-3)
    assert point.quality == pytest.approx(routed[study.metric], abs=5e-3)
