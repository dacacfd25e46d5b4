"""Traces and attributions of written texts."""

import numpy as np
import pytest
import torch
from factories.tiny import VOCABULARY, make_model
from rich.console import Console

from dualroute.api import DualRouter, make_examples
from dualroute.cli.trace import print_trace
from dualroute.tasks.base import Demo
from dualroute.trace.attribution import read_examples, write_examples
from dualroute.trace.record import Trace

KNOWN = ("striker", "scored", "market", "shares", "fell", "say")


@pytest.fixture(scope="module")
def router():
    model = make_model(
        context="backward",
        reader="diagonal",
        readout="generation",
        recurrent_size=12,
        vocabulary_size=len(KNOWN) + 2,
        max_new_tokens=7,
        id2label={},
        label2id={},
    )
    model.readout.set_vocabulary([VOCABULARY[word] for word in KNOWN], 2, 3, 1)
    return DualRouter(model, "tiny")


@pytest.fixture(scope="module")
def trace(router):
    return router.trace("the striker scored", "twice say the peace talks", policy="soft")


def test_a_trace_keeps_the_text_step_by_step(router, trace):
    written = trace.generation
    steps, words = len(written.tokens), len(trace.tokens)
    assert written.text
    assert written.attention.shape == (steps, words)
    np.testing.assert_allclose(written.attention.sum(1), np.ones(steps), rtol=1e-5)
    assert written.copied.shape == written.probs.shape == (steps,)
    assert ((written.copied >= 0) & (written.copied <= 1) & (written.probs > 0) & (written.probs <= 1)).all()
    assert trace.ledger is None
    assert not trace.replayable
    with pytest.raises(ValueError, match="no sum of contributions"):
        _ = trace.direct_contributions
    assert set(written.tokens) <= {*KNOWN, *trace.tokens}


def test_a_piece_that_is_not_in_x_was_not_copied(router):
    """Here the direct flow writes words of its own first, which x lacks, and then copies one that it does not know."""
    trace = router.trace("rain vote", policy="direct")
    copied = dict(zip(trace.generation.tokens, trace.generation.copied, strict=True))
    own, taken = set(copied) - set(trace.tokens), set(copied) - set(KNOWN)
    assert own | taken == set(copied)
    assert own
    assert taken
    assert all(copied[piece] < 1e-3 for piece in own)
    assert all(copied[piece] > 1 - 1e-3 for piece in taken)


def test_the_alternatives_are_what_each_flow_alone_writes(router, trace):
    assert set(trace.generation.alternatives) == {"direct", "merged"}
    for policy, text in trace.generation.alternatives.items():
        assert router.trace(trace.x, policy=policy).generation.text == text


def test_a_route_is_a_rerun(router, trace):
    with pytest.raises(ValueError, match=r"rerun.*router\.trace"):
        trace.replay("direct")
    flipped = router.trace(trace.x, policy="direct", overrides={2: "merged"})
    assert not np.allclose(flipped.generation.probs[:1], router.trace(trace.x, policy="direct").generation.probs[:1])


def test_a_trace_survives_json(trace):
    again = Trace.from_json(trace.to_json())
    assert again.generation.tokens == trace.generation.tokens
    assert again.generation.alternatives == trace.generation.alternatives
    np.testing.assert_array_equal(again.generation.attention, trace.generation.attention)
    assert again.to_json() == trace.to_json()


def test_the_frame_has_no_contributions(trace):
    frame = trace.to_frame()
    assert list(frame.columns) == ["token", "gate", "flow", "attention"]
    assert frame["attention"].sum() == pytest.approx(len(trace.generation.tokens), rel=1e-5)


@pytest.mark.parametrize("policy", ["soft", "threshold", "merged"])
def test_the_prediction_is_the_log_probability_of_the_text(router, policy):
    trace = router.trace("the striker scored twice", policy=policy)
    prediction, gate, step = router.attribute_many(trace, ("prediction", "gate", "prediction:step:1"))
    probs = trace.generation.probs
    assert prediction.value == pytest.approx(np.log(probs).sum(), rel=1e-4)
    assert step.value == pytest.approx(np.log(probs[1]), rel=1e-4)
    assert prediction.label == trace.generation.text
    assert step.label == trace.generation.tokens[1]
    for found in (prediction, gate, step):
        assert found.scores.shape == (len(trace.tokens),)
        assert abs(found.convergence_delta) < 0.05 * max(0.2, abs(found.value - found.baseline_value))


def test_unknown_steps_are_refused(router, trace):
    for name in ("prediction:Sports", "prediction:step:99", "prediction:step:x", "prediction:step"):
        with pytest.raises(ValueError, match="prediction:step:0"):
            router.attribute(trace, name)


def test_examples_are_stored_with_their_text(router, tmp_path):
    made = make_examples(router, [Demo("the striker scored", "twice", ("striker",))])
    write_examples(tmp_path / "a.jsonl", made)
    (again,) = read_examples(tmp_path / "a.jsonl")
    assert again.label == made[0].trace.generation.text
    assert again.right == ("striker",)
    assert again.trace.tokens == ("the", "striker", "scored", "twice")


def test_tracing_leaves_the_model_as_it_was(router):
    before = {name: value.clone() for name, value in router.model.state_dict().items()}
    router.trace("peace talks")
    assert all(torch.equal(before[name], value) for name, value in router.model.state_dict().items())


def test_a_terminal_shows_the_text_and_its_steps(trace, capsys):
    print_trace(trace, Console(width=150))
    shown = capsys.readouterr().out
    assert trace.generation.text in shown
    assert shown.count("%") >= 2 + len(trace.generation.tokens)
    assert "merged" in shown
