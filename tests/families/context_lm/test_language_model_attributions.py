"""Attributions of a language model: single flows against Captum's LLMAttribution, parts left out by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from captum.attr import FeatureAblation, LLMAttribution, TextTokenInput
from factories.language_models import ANSWER, PASSAGE, PROMPT, language_model, trained_gate

from dualroute.attribute.engine import attribute, attribute_many
from dualroute.families.context_lm.layout import word_ids
from dualroute.families.context_lm.leaving_out import leave_out
from dualroute.families.context_lm.presence import absent_id
from dualroute.families.context_lm.tracing import candidates_of
from dualroute.trace.context import TextContext
from dualroute.trace.decision import Decision

STEPS = {"method": "integrated_gradients", "n_steps": 48}


@pytest.fixture(scope="module")
def lm():
    return language_model(scale=3.0)


class Text(TextTokenInput):
    """Captum's tokens of an input, from ids that are known."""

    def __init__(self, ids, varied, tokenizer):
        self.inp_tensor = torch.tensor([ids])
        self.itp_mask = torch.tensor([[varied[0] <= place < varied[1] for place in range(len(ids))]])
        self.itp_tensor = self.inp_tensor[self.itp_mask][None]
        self.skip_tokens, self.values = [], tokenizer.convert_ids_to_tokens(ids[slice(*varied)])
        self.tokenizer, self.n_itp_features = tokenizer, varied[1] - varied[0]
        self.baselines = absent_id(tokenizer, len(tokenizer))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("flow", "segment"), [("direct", 0), ("merged", 0), ("merged", 1)])
def test_leave_one_out_of_a_single_flow_is_that_of_captum(lm, flow, segment):
    trace = replace(lm.trace(PROMPT, PASSAGE, ANSWER, flow), context=TextContext(segment))
    before = getattr(lm.read(PROMPT, PASSAGE), flow)
    steps = [f"prediction:step:{step}" for step in range(len(trace.tokens))]
    ours = attribute_many(lm, trace, ["prediction", *steps], method="feature_ablation")
    varied = (before.prompt, before.passage)[segment]
    text = Text(list(before.ids), varied, lm.tokenizer)
    answer = torch.tensor(candidates_of(trace).given.tolist())
    theirs = LLMAttribution(FeatureAblation(lm.model), lm.tokenizer).attribute(
        text, target=answer, use_cached_outputs=False, skip_tokens=[]
    )
    np.testing.assert_allclose(ours[0].context_scores, theirs.seq_attr.numpy(), rtol=1e-3, atol=1e-4)
    for one, row in zip(ours[1:], theirs.token_attr.numpy(), strict=True):
        np.testing.assert_allclose(one.context_scores, row, rtol=1e-3, atol=1e-4)


def test_a_span_is_the_sum_of_its_steps(lm):
    trace = lm.trace(PROMPT, PASSAGE, ANSWER, "soft")
    span, *steps = attribute_many(
        lm, trace, ["prediction:step:1-3", *(f"prediction:step:{step}" for step in (1, 2, 3))], **STEPS
    )
    assert span.value == pytest.approx(np.log(trace.probs[1:4]).sum(), rel=1e-4)
    assert span.label == "##he striker"
    np.testing.assert_allclose(span.scores, sum(step.scores for step in steps), atol=1e-4)


def test_the_effect_of_the_route_is_merged_minus_direct(lm):
    trace = lm.trace(PROMPT, PASSAGE, ANSWER, "merged")
    (effect,) = attribute_many(lm, trace, ("effect",), **STEPS)
    logs = np.log(trace.ledger.probs.astype(np.float64))
    assert effect.value == pytest.approx((logs[:, 1] - logs[:, 0]).sum(), rel=1e-3)
    assert np.abs(effect.context_scores).max() > 1e-3
    assert attribute(lm, lm.rerun(trace, Decision("direct")), "effect", **STEPS).value == pytest.approx(0, abs=1e-4)


def test_the_passage_does_not_move_the_direct_flow_nor_an_early_gate():
    lm = language_model(gate=trained_gate("linear", full=False), scale=3.0)
    trace = lm.trace(PROMPT, PASSAGE, ANSWER, "direct")
    prediction, gate = attribute_many(lm, trace, ("prediction", "gate"), method="feature_ablation")
    for found in (prediction, gate):
        np.testing.assert_allclose(found.context_scores, 0, atol=1e-5)
        assert np.abs(found.scores).max() > 1e-4
    prompt = attribute(lm, replace(trace, context=TextContext(0)), "gate", "feature_ablation")
    assert np.abs(prompt.context_scores).max() > 1e-4


def test_a_token_moves_only_what_comes_after_it(lm):
    trace = lm.trace(PROMPT, PASSAGE, ANSWER, "merged")
    second = attribute(lm, trace, "prediction:step:2", "feature_ablation")
    np.testing.assert_allclose(second.scores[2:], 0, atol=1e-5)
    assert np.abs(second.scores[:2]).min() > 1e-6
    gate = attribute(lm, trace, "gate:2", "feature_ablation")
    np.testing.assert_allclose(gate.scores[2:], 0, atol=1e-6)


@pytest.mark.parametrize("segment", [0, 1])
def test_sentences_of_answer_and_context_come_and_go_together(lm, segment):
    trace = replace(lm.trace("Who scored? Tell me now.", PASSAGE, ANSWER), context=TextContext(segment))
    found = attribute(lm, trace, "gate", granularity="sentence", **STEPS)
    assert len(found.scores) == 1
    assert len(found.context_scores) == (2, 3)[segment]
    assert found.context_groups[-1][1] == len(trace.context_tokens)
    assert abs(found.convergence_delta) < 1e-3


@pytest.mark.parametrize("baseline", ["zero", "mean"])
def test_other_baselines(lm, baseline):
    trace = lm.trace(PROMPT, PASSAGE, ANSWER)
    found, padded = (attribute(lm, trace, "gate", baseline=name, **STEPS) for name in (baseline, "pad"))
    assert found.value == pytest.approx(padded.value, rel=1e-4)
    assert found.baseline_value != pytest.approx(padded.baseline_value, rel=1e-4)


def test_what_cannot_be_attributed_is_refused(lm):
    trace = lm.trace(PROMPT, PASSAGE, ANSWER)
    for target, words in (("margin", "no margin"), ("prediction:step:99", "there are prediction:step:0")):
        with pytest.raises(ValueError, match=words):
            attribute(lm, trace, target)
    with pytest.raises(ValueError, match="unknown baseline 'mask'"):
        attribute(lm, trace, "gate", baseline="mask")
    for span in ("3-1", "0-99", "x-2", "1-"):
        with pytest.raises(ValueError, match="prediction:step:0 to"):
            attribute(lm, trace, f"prediction:step:{span}")


def test_a_sentence_left_out_is_a_rerun_without_it(lm):
    trace = lm.trace(PROMPT, PASSAGE, ANSWER, "soft")
    found = leave_out(lm, trace)
    assert [part.text for part in found.parts] == [
        *PASSAGE.replace("! ", "!\n").replace("e. S", "e.\nS").split("\n"),
        PROMPT,
    ]
    ids = candidates_of(trace).given.tolist()
    without = lm.trace(PROMPT, PASSAGE.replace("Shares fell sharply after a report! ", ""), ANSWER, "soft")
    np.testing.assert_allclose(np.exp(found.merged[1]), without.ledger.probs[:, 1], rtol=1e-4)
    np.testing.assert_allclose(found.gates[1], without.gates, atol=1e-5)
    np.testing.assert_allclose(found.gate[1], trace.gates - without.gates, atol=1e-5)
    np.testing.assert_allclose(found.direct[-1], np.log(trace.ledger.probs[:, 0]), rtol=1e-4)
    effect = np.log(trace.ledger.probs[:, 1] / trace.ledger.probs[:, 0])
    gone = np.log(without.ledger.probs[:, 1] / without.ledger.probs[:, 0])
    np.testing.assert_allclose(found.effect[1], effect - gone, atol=1e-3)
    routed = np.log(trace.probs) - np.log((trace.routing.weights[0] * without.ledger.probs).sum(1))
    np.testing.assert_allclose(found.routed[1], routed, atol=1e-3)
    assert len(ids) == found.merged.shape[1]


def test_without_any_passage_the_merged_flow_is_the_direct_one(lm):
    trace = lm.trace(PROMPT, "rain in the city", ANSWER)
    found = leave_out(lm, trace, "passage")
    assert len(found.parts) == 1
    np.testing.assert_allclose(found.merged[0], found.direct[0], rtol=1e-5)
    np.testing.assert_allclose(found.gates[0], 0, atol=1e-5)


def test_each_of_several_passages_is_left_out(lm):
    passages = ["The striker scored twice.", "Shares fell.\nRain fell.", "peace talks"]
    trace = lm.trace(PROMPT, passages, ANSWER)
    found = leave_out(lm, trace, "passage")
    assert [part.text for part in found.parts] == passages
    for place in range(3):
        rest = passages[:place] + passages[place + 1 :]
        without = lm.trace(PROMPT, rest, ANSWER)
        np.testing.assert_allclose(np.exp(found.merged[place]), without.ledger.probs[:, 1], rtol=1e-4)


def test_words_and_tokens_are_left_out(lm):
    trace = lm.trace(PROMPT, "rain fell 🎉", ANSWER)
    words = leave_out(lm, trace, "word")
    assert [part.text for part in words.parts] == ["rain", "fell", "🎉", "who", "scored", "twice"]
    tokens = leave_out(lm, trace, "token")
    assert [part.text for part in tokens.parts].count("🎉") == 1
    with pytest.raises(ValueError, match="unknown part 'line'"):
        leave_out(lm, trace, "line")


def test_a_trace_of_another_tokenizer_is_refused(lm):
    trace = lm.trace(PROMPT, PASSAGE, ANSWER)
    other = replace(trace.inputs[1], tokens=("x", *trace.inputs[1].tokens[1:]))
    with pytest.raises(ValueError, match="other tokens"):
        attribute(lm, replace(trace, inputs=(trace.inputs[0], other, trace.inputs[2])), "gate")
    assert len(word_ids(lm.layout.encode(ANSWER, "answer"))) + 1 == len(trace.tokens)
