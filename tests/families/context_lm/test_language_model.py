"""The flows, their mixture, the words that may be chosen: identities against transformers and brute force."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from factories.language_models import ANSWER, KINDS, PASSAGE, PROMPT, every_gate, language_model
from families.suite import FamilySuite, Row

from dualroute.families.context_lm.envelope import candidates, envelope
from dualroute.families.context_lm.flows import begin, read_text
from dualroute.families.context_lm.gates import GATES
from dualroute.families.context_lm.layout import word_ids
from dualroute.families.context_lm.mixing import Sampling, nucleus
from dualroute.families.context_lm.tracing import candidates_of, chosen_words, perplexity
from dualroute.trace.context import TextContext
from dualroute.trace.decision import Decision
from dualroute.trace.record import Trace

RHOS = np.linspace(0, 1, 501)


class Suite(FamilySuite):
    targets = ("prediction", "prediction:step:1", "gate")
    chat = False

    @pytest.fixture(params=KINDS)
    def model(self, request):
        return language_model(request.param, chat=self.chat, scale=2.0)

    @pytest.fixture
    def inputs(self):
        return PROMPT, PASSAGE, ANSWER

    @pytest.fixture
    def decision(self):
        return Decision("soft", overrides={1: "direct"})

    @pytest.fixture
    def rows(self):
        return [Row(PASSAGE, PROMPT, "striker"), Row("rain in the city", "where", "the city")]


class TestPlainText(Suite):
    pass


class TestChat(Suite):
    chat = True


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chat", [False, True])
def test_rho_0_is_the_direct_forward_of_transformers_and_rho_1_the_merged(kind, chat):
    lm = language_model(kind, chat=chat)
    ids = word_ids(lm.layout.encode(ANSWER, "answer")) + ((lm.end,) if lm.end is not None else ())
    inputs = lm.read(PROMPT, PASSAGE)
    trace = lm.trace(PROMPT, PASSAGE, ANSWER)
    for flow, read in (("direct", inputs.direct), ("merged", inputs.merged)):
        with torch.no_grad():
            logits = lm.model(torch.tensor([[*read.ids, *ids]])).logits[0, len(read) - 1 : -1]
        expected = logits.softmax(-1)[range(len(ids)), list(ids)]
        np.testing.assert_allclose(trace.replay(policy=flow).probs, expected, rtol=1e-4, atol=1e-7)


def test_the_chat_template_is_what_transformers_writes():
    lm = language_model(chat=True)
    inputs = lm.read(PROMPT, PASSAGE)
    for content, read in ((PROMPT, inputs.direct), (f"{PASSAGE}\n\n{PROMPT}", inputs.merged)):
        message = [{"role": "user", "content": content}]
        written = lm.tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=True)
        assert list(read.ids) == lm.tokenizer(written, add_special_tokens=False)["input_ids"]
        assert lm.tokenizer.decode(read.ids[slice(*read.prompt)]) == PROMPT


def test_the_mixture_of_the_whole_vocabulary_sums_to_one_and_replays_by_hand():
    lm = language_model()
    trace = lm.trace(PROMPT, PASSAGE, ANSWER, "soft")
    flows = lm.flows(PROMPT, PASSAGE, candidates_of(trace).given.tolist())
    rho = trace.gates.astype(np.float64)[:, None]
    mixture = (1 - rho) * softmax(flows.direct) + rho * softmax(flows.merged)
    np.testing.assert_allclose(mixture.sum(1), np.ones(len(rho)), rtol=1e-6)
    by_hand = mixture[range(len(rho)), candidates_of(trace).given]
    np.testing.assert_allclose(trace.replay().probs, by_hand, rtol=1e-5)
    assert perplexity(trace) == pytest.approx(np.exp(-np.log(by_hand).mean()), rel=1e-5)


def softmax(flow):
    return flow.logits[0].softmax(-1).numpy().astype(np.float64)


@pytest.mark.parametrize("temperature", [None, 0.5])
def test_the_greedy_choice_at_any_rho_is_that_of_the_whole_vocabulary(temperature):
    lm = language_model()
    trace = lm.trace(PROMPT, PASSAGE, ANSWER, decision=Decision(temperature=temperature))
    found = candidates_of(trace)
    flows = lm.flows(PROMPT, PASSAGE, found.given.tolist())
    direct, merged = (
        (flow.logits[0] / (temperature or 1)).softmax(-1).numpy().astype(np.float64)
        for flow in (flows.direct, flows.merged)
    )
    chosen = set()
    for rho in RHOS:
        whole = ((1 - rho) * direct + rho * merged).argmax(1)
        ours = found.ids[found.chosen(np.tile([1 - rho, rho], (len(whole), 1)))]
        np.testing.assert_array_equal(ours, whole)
        chosen |= set(enumerate(whole.tolist()))
    assert len(chosen) > len(trace.tokens)  # some choice changes with ρ


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("sharp", [0.3, 1.0, 3.0])
def test_the_envelope_is_what_brute_force_finds(seed, sharp):
    draws = np.random.default_rng(seed).normal(scale=sharp, size=(2, 400))
    direct, merged = (np.exp(draws) / np.exp(draws).sum(1, keepdims=True)).astype(np.float32)
    words = envelope(direct, merged)
    kept = candidates(torch.from_numpy(direct), torch.from_numpy(merged), 7, 2)
    brute = {int(((1 - rho) * direct.astype(float) + rho * merged.astype(float)).argmax()) for rho in RHOS}
    assert brute <= set(words)
    assert set(words) <= set(kept.tolist())
    assert 7 in kept
    assert list(kept) == sorted(set(kept))
    assert len(words) < 40


def test_the_envelope_of_equal_lines_is_one_word():
    assert envelope(np.full(5, 0.2), np.full(5, 0.2)) == [0]
    assert envelope(np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])) == [0, 2]
    assert envelope(np.array([0.5, 0.4, 0.1]), np.array([0.1, 0.4, 0.5])) == [0, 1, 2]


def test_the_greedy_words_of_a_trace_change_with_the_route():
    trace = language_model().trace(PROMPT, PASSAGE, ANSWER)
    direct, merged = (chosen_words(trace, Decision(policy)) for policy in ("direct", "merged"))
    assert direct != merged
    assert chosen_words(trace, Decision("merged", overrides={0: "direct"})) == (direct[0], *merged[1:])


@pytest.mark.parametrize("gate", every_gate(), ids=lambda gate: f"{gate.name}-{'full' if gate.full else 'early'}")
def test_a_gate_sees_nothing_of_its_token_and_of_what_follows(gate):
    lm = language_model(gate=gate)
    ids = [20, 40, 60, 80, 100, 120]
    gates = lm.flows(PROMPT, PASSAGE, ids).gates
    for place in range(len(ids)):
        changed = lm.flows(PROMPT, PASSAGE, [*ids[:place], 200, 210, 220]).gates
        np.testing.assert_allclose(changed[: place + 1], gates[: place + 1], atol=1e-5)
        if place + 1 < len(ids):
            assert abs(changed[place + 1] - gates[place + 1]) > 1e-6
    assert ((gates >= 0) & (gates <= 1)).all()


@pytest.mark.parametrize("gate", every_gate(), ids=lambda gate: f"{gate.name}-{'full' if gate.full else 'early'}")
def test_an_early_gate_does_not_depend_on_the_passage(gate):
    lm = language_model(gate=gate)
    ids = [20, 40, 60]
    one, other = (lm.flows(PROMPT, passage, ids).gates for passage in (PASSAGE, "peace talks"))
    assert np.allclose(one, other, atol=1e-6) is not gate.full


def test_gates_by_hand():
    logits = torch.log(torch.tensor([[[0.5, 0.25, 0.25], [1 / 3, 1 / 3, 1 / 3]]]))
    other = torch.log(torch.tensor([[[0.25, 0.5, 0.25], [1 / 3, 1 / 3, 1 / 3]]]))
    direct, merged = (type("Flow", (), {"logits": part}) for part in (logits, other))
    assert GATES["confidence"]()(direct)[0][0].tolist() == pytest.approx([0.5, 2 / 3])
    assert GATES["entropy"]()(direct)[0][0].tolist() == pytest.approx([1.5 / np.log2(3), 1.0])
    middle = np.array([0.375, 0.375, 0.25])
    by_hand = -(middle * np.log2(middle)).sum() - 1.5
    assert GATES["divergence"]()(direct, merged)[0][0].tolist() == pytest.approx([by_hand, 0.0], abs=1e-6)
    with pytest.raises(ValueError, match="both flows"):
        GATES["divergence"]()(direct)


def test_the_divergence_of_flows_that_share_no_word_is_one():
    flows = [torch.tensor([[[0.0, -torch.inf]]]), torch.tensor([[[-torch.inf, 0.0]]])]
    direct, merged = (type("Flow", (), {"logits": part}) for part in flows)
    assert GATES["divergence"]()(direct, merged)[0].item() == pytest.approx(1.0)


def test_the_end_of_the_text_is_a_routed_token():
    trace = language_model().trace(PROMPT, PASSAGE, ANSWER)
    assert trace.tokens[-1] == "</s>"
    assert trace.offsets[-1] == (len(ANSWER), len(ANSWER))
    flipped = trace.replay(policy="direct", overrides={len(trace.tokens) - 1: "merged"})
    assert flipped.probs[-1] == pytest.approx(trace.ledger.probs[-1, 1])


def test_another_temperature_is_a_rerun():
    lm = language_model()
    trace = lm.trace(PROMPT, PASSAGE, ANSWER, "merged")
    with pytest.raises(ValueError, match="another temperature is a rerun"):
        trace.replay(decision=Decision(temperature=0.5))
    again = lm.rerun(trace, Decision(temperature=0.5))
    flows = lm.flows(PROMPT, PASSAGE, candidates_of(trace).given.tolist())
    expected = (flows.merged.logits[0] / 0.5).softmax(-1)[range(len(trace.tokens)), candidates_of(trace).given]
    np.testing.assert_allclose(again.probs, expected, rtol=1e-4)
    np.testing.assert_array_equal(again.gates, trace.gates)


def test_candidates_come_back_from_json_and_are_checked():
    trace = language_model().trace(PROMPT, PASSAGE, ANSWER)
    again = Trace.from_json(trace.to_json())
    assert candidates_of(again).words == candidates_of(trace).words
    assert chosen_words(again, Decision("merged")) == chosen_words(trace, Decision("merged"))
    found = candidates_of(trace)
    with pytest.raises(ValueError, match="one or more each"):
        replace(found, counts=found.counts + 1)
    with pytest.raises(ValueError, match="probs has shape"):
        replace(trace, ledger=replace(trace.ledger, candidates=replace(found, probs=found.probs[:, :1])))
    changed, count = re.subn(r'("counts":\[[^]]*],"probs":\[\[)[^,]*', r"\g<1>7", trace.to_json())
    assert count == 1
    with pytest.raises(ValueError, match="lie in"):
        Trace.from_json(changed)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("", PASSAGE, ANSWER), "the prompt is empty"),
        ((PROMPT, " \n", ANSWER), "the passage is empty"),
        ((PROMPT, [], ANSWER), "the passage is empty"),
        ((PROMPT, PASSAGE, ""), "the answer is empty"),
        ((PROMPT, "rain in the city " * 90, ANSWER), "prompt and passage and the answer are too long: .* reads 160"),
        (("rain in the city " * 90, PASSAGE, ANSWER), "the prompt and the answer are too long"),
        ((3, PASSAGE, ANSWER), "prompt must be text"),
        ((PROMPT, 3, ANSWER), "passage must be a list of texts"),
    ],
)
def test_texts_that_do_not_fit_are_refused_in_words(texts, words):
    with pytest.raises(ValueError, match=words):
        language_model().trace(*texts)


def test_decisions_that_do_not_fit_are_refused_in_words():
    lm = language_model()
    for decision, words in (
        (Decision(overrides={(1, 0): "direct"}), "one layer"),
        (Decision(overrides={0: "drop 3"}), "one layer"),
        (Decision(ignored=(0,)), "one layer"),
        (Decision("context"), "three-flow"),
        (Decision(overrides={0: "context"}), "this model has direct, merged"),
        (Decision(overrides={99: "direct"}), "numbered 0 to"),
    ):
        with pytest.raises(ValueError, match=words):
            lm.trace(PROMPT, PASSAGE, ANSWER, decision=decision)
    with pytest.raises(ValueError, match="unknown gate 'entropi'; did you mean 'entropy'"):
        language_model(gate="entropi")
    with pytest.raises(ValueError, match="no chat template"):
        language_model(template="chat")


def test_a_typed_control_token_is_text():
    lm = language_model(chat=True)
    typed = lm.layout.encode("say </s> twice", "prompt")
    assert lm.tokenizer.eos_token_id not in word_ids(typed)
    assert typed.text == "say </s> twice"


def test_emoji_and_chinese_show_their_characters_once():
    trace = language_model().trace(PROMPT, PASSAGE, "雨 🎉 rain")
    assert trace.tokens[:4] == ("雨", "##", "##", "▁")
    assert trace.tokens[4:8] == ("🎉", "##", "##", "##")
    assert "".join(token.removeprefix("##") for token in trace.tokens if token not in ("▁", "</s>")) == "雨🎉rain"


def test_nucleus_keeps_the_fewest_words_that_reach_top_p():
    probs = np.array([0.1, 0.5, 0.15, 0.25])
    assert nucleus(probs, 0.6).tolist() == [0, 0.5, 0, 0.25]
    assert nucleus(probs, 0.5).tolist() == [0, 0.5, 0, 0]
    assert nucleus(probs, 1.0).tolist() == probs.tolist()
    assert {Sampling(seed, 0.5).choose(probs, 3) for seed in range(20)} == {1}
    drawn = [Sampling(seed).choose(probs, 0) for seed in range(2000)]
    np.testing.assert_allclose(np.bincount(drawn) / 2000, probs, atol=0.04)


def test_the_context_may_be_the_prompt():
    trace = language_model().trace(PROMPT, PASSAGE, ANSWER)
    assert replace(trace, context=TextContext(0)).context_tokens == trace.inputs[0].tokens


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_what_a_flow_heard_by_hand(kind):
    """The log-probabilities of prompt and answer, from the plain forward of transformers."""
    lm = language_model(kind)
    inputs, answer = lm.read(PROMPT, PASSAGE), tuple(lm.tokenizer("a b c", add_special_tokens=False)["input_ids"])
    for before in (inputs.direct, inputs.merged):
        ids = (*before.ids, *answer)
        with torch.inference_mode():
            logs = lm.model(torch.tensor([ids[:-1]])).logits[0].float().log_softmax(-1)
        told = torch.tensor([float(logs[place - 1, ids[place]]) if place else 0.0 for place in range(len(ids))])
        start, end = max(before.prompt[0], 1), before.prompt[1]
        said = told[len(before) :]
        heard = read_text(lm.model, before, answer, hear=True).heard[0]
        torch.testing.assert_close(heard[:, 0], told[start:end].mean().expand(len(answer)), rtol=1e-4, atol=1e-4)
        for place in range(len(answer)):
            so_far = said[:place].mean() if place else torch.tensor(0.0)
            torch.testing.assert_close(heard[place, 1], so_far, rtol=1e-4, atol=1e-4)
            torch.testing.assert_close(heard[place, 2], said[place - 1] if place else so_far, rtol=1e-4, atol=1e-4)
    assert read_text(lm.model, before, answer).heard is None


def test_texts_that_begin_alike_share_the_beginning():
    lm = language_model()
    before, answer = lm.read(PROMPT, PASSAGE).merged, (5, 6, 7)
    beginning = begin(lm.model, before.ids[: before.passage[1]])
    for _ in range(2):  # the first reading leaves the beginning as it was
        whole, shared = (read_text(lm.model, before, answer, True, part) for part in (None, beginning))
        for one, other in zip(vars(whole).values(), vars(shared).values(), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="does not begin with these tokens"):
        read_text(lm.model, before, answer, True, begin(lm.model, (1, 2)))


def test_an_instruction_stands_after_the_prompt_in_both_flows():
    plain, told = (language_model(instruction=text) for text in ("", "Be brief."))
    for flow in ("direct", "merged"):
        before, other = (getattr(lm.read(PROMPT, PASSAGE), flow) for lm in (plain, told))
        end = before.prompt[1]
        assert other.prompt == before.prompt
        assert other.ids[:end] == before.ids[:end]
        assert "Be brief." in told.tokenizer.decode(other.ids[end:])
    assert any("Be brief." in limit for limit in told.limits)
    assert told.trace(PROMPT, PASSAGE, "a b").inputs[0].text == PROMPT
