"""What can be asked of a trace: every target has the value that the trace itself gives for it."""

import dataclasses

import numpy as np
import pytest
from factories.tiny import VOCABULARY, make_model

from dualroute.api import DualRouter
from dualroute.trace.policies import FLOWS
from dualroute.trace.spans import best_span, span_scores
from dualroute.trace.targets import Term, parse_target

X, H = "the striker scored twice say report", "a report of the market say shares fell sharply"
ENDS = {"id2label": {0: "start", 1: "end"}, "label2id": {"start": 0, "end": 1}}
WRITES = {"context": "backward", "reader": "diagonal", "readout": "generation", "recurrent_size": 12}
KNOWN = ("striker", "scored", "market", "shares", "fell", "say")


@pytest.fixture(scope="module")
def classes(tiny_router):
    theta = float(np.median(tiny_router.trace(X, H).gates))
    return lambda policy="threshold": (tiny_router, tiny_router.trace(X, H, policy, theta, {1: "direct"}))


@pytest.fixture(scope="module")
def spans():
    router = DualRouter(make_model(readout="span", max_answer_length=3, **ENDS), "spans")
    return router, router.trace(X, H, "merged")


@pytest.fixture(scope="module")
def written():
    settings = {"vocabulary_size": len(KNOWN) + 2, "max_new_tokens": 7, "id2label": {}, "label2id": {}}
    model = make_model(**WRITES, **settings)
    model.readout.set_vocabulary([VOCABULARY[word] for word in KNOWN], 2, 3, 1)
    router = DualRouter(model, "writes")
    return router, router.trace(X, H, "merged")


def value(router, trace, target: str) -> float:
    return router.attribute(trace, target, "input_x_gradient").value


@pytest.mark.parametrize("policy", ["soft", "threshold", "weighted_threshold", "select", "merged"])
def test_margins_and_effects_are_differences_of_logits(classes, policy):
    router, trace = classes(policy)
    logits, direct = trace.replay().logits, trace.replay("direct", overrides={}).logits
    first, second = np.argsort(-logits)[:2]
    assert value(router, trace, "margin") == pytest.approx(logits[first] - logits[second], abs=1e-5)
    assert value(router, trace, "margin:Sports|Business") == pytest.approx(logits[1] - logits[2], abs=1e-5)
    assert value(router, trace, "effect:Sports") == pytest.approx(logits[1] - direct[1], abs=1e-5)
    assert value(router, trace, "effect") == pytest.approx(logits[first] - direct[first], abs=1e-5)


def test_margins_say_what_they_are_between(classes):
    _, trace = classes()
    target = parse_target(trace, "margin:Sports|World")
    assert target.terms == (Term(1.0, 1), Term(-1.0, 0))
    assert (target.label, target.label_index, target.is_gate) == ("Sports − World", 1, False)


def test_the_context_flow_leaves_out_the_direct_part():
    router = DualRouter(make_model(flows=FLOWS), "three")
    trace = router.trace(X, H, "context")
    change = trace.replay().logits - trace.replay("direct").logits
    assert value(router, trace, "effect:World") == pytest.approx(change[0], abs=1e-5)


def test_gates_of_some_tokens_are_averaged(classes):
    router, trace = classes()
    for name, tokens in (("gate", slice(None)), ("gate:2", slice(2, 3)), ("gate:1-3", slice(1, 4))):
        assert value(router, trace, name) == pytest.approx(trace.gates[tokens].mean(), abs=1e-6)


def test_ends_of_answers(spans):
    router, trace = spans
    scores, direct = trace.replay().logits, trace.replay("direct").logits
    first, last = trace.replay().span
    assert value(router, trace, "start:2") == pytest.approx(scores[2, 0], abs=1e-5)
    assert value(router, trace, "end:4") == pytest.approx(scores[4, 1], abs=1e-5)
    assert value(router, trace, "prediction:2-4") == pytest.approx(scores[2, 0] + scores[4, 1], abs=1e-5)
    change = scores[first, 0] + scores[last, 1] - direct[first, 0] - direct[last, 1]
    assert value(router, trace, "effect") == pytest.approx(change, abs=1e-5)


def test_the_margin_of_an_answer_is_against_the_best_beside_it(spans):
    router, trace = spans
    scores = trace.replay().logits
    first, last = best_span(scores, 3)
    beside = [
        summed
        for (i, j), summed in np.ndenumerate(span_scores(scores, 3))
        if np.isfinite(summed) and (j < first or i > last)
    ]
    expected = scores[first, 0] + scores[last, 1] - max(beside)
    assert value(router, trace, "margin") == pytest.approx(expected, abs=1e-5)


def test_steps_of_a_text(written):
    router, trace = written
    steps = [value(router, trace, f"prediction:step:{n}") for n in range(len(trace.generation.tokens))]
    np.testing.assert_allclose(np.exp(steps), trace.generation.probs, rtol=1e-4)
    assert value(router, trace, "prediction") == pytest.approx(sum(steps), rel=1e-5)


def test_the_effect_on_a_text_is_the_log_probability_over_that_of_the_direct_route(written):
    router, trace = written
    direct = router.trace(X, H, "direct")
    again = router.attribute(trace, "effect", "input_x_gradient")
    same_text = dataclasses.replace(direct, answer=trace.answer)
    expected = value(router, trace, "prediction") - value(router, same_text, "prediction")
    assert again.value == pytest.approx(expected, abs=1e-5)
    assert abs(expected) > 1e-3
    steps = [value(router, trace, f"effect:step:{n}") for n in range(len(trace.generation.tokens))]
    assert again.value == pytest.approx(sum(steps), abs=1e-5)
    assert value(router, direct, "effect") == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("start", "unknown target 'start'"),
        ("start:1", "only an answer in the text has a start"),
        ("margin:Sports", "no margin 'Sports': it is between two classes"),
        ("margin:Sports|Sports", "it is between two classes"),
        ("margin:Sports|Rain", "no class 'Rain'; there are World, Sports, Business"),
        ("effect:Rain", "no class 'Rain'"),
        ("gate:3-1", "the first comes after the last"),
        ("gate:1-9", "no token '9': the tokens are numbered 0 to 5"),
        ("gate:1-", "no token ''"),
        ("", "unknown target ''; there are prediction"),
    ],
)
def test_what_a_trace_of_classes_does_not_have(classes, name, message):
    with pytest.raises(ValueError, match=message):
        parse_target(classes()[1], name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("start:6", "no token '6'"),
        ("prediction:4-2", "it has from 1 to 3 tokens"),
        ("effect:0-3", "it has from 1 to 3 tokens"),
        ("margin:0-1|2-3", "the margin of an answer is `margin`"),
    ],
)
def test_what_a_trace_of_answers_does_not_have(spans, name, message):
    with pytest.raises(ValueError, match=message):
        parse_target(spans[1], name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("margin", "a written text has no margin"),
        ("effect:step:99", "there are effect:step:0 to"),
        ("prediction:Sports", "there are prediction:step:0 to"),
    ],
)
def test_what_a_written_text_does_not_have(written, name, message):
    with pytest.raises(ValueError, match=message):
        parse_target(written[1], name)


def test_an_answer_that_leaves_no_room_has_no_margin():
    router = DualRouter(make_model(readout="span", max_answer_length=30, **ENDS), "spans")
    trace = router.trace("striker", H)
    with pytest.raises(ValueError, match="every other answer overlaps the best one"):
        parse_target(trace, "margin")
