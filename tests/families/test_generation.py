"""The pointer-generator: its extended vocabulary, its probabilities, its search."""

import math

import numpy as np
import pytest
import torch
from factories.tiny import VOCABULARY, make_backbone, make_model

from dualroute.families.dual_route.generating import texts_of
from dualroute.families.dual_route.readouts.beam_search import LENGTH_POWER, bar_repeats, search
from dualroute.families.dual_route.readouts.copying import NOTHING, mixed, slot_ids, source_slots, target_slots
from dualroute.families.dual_route.readouts.generation import Steps
from dualroute.families.dual_route.tracing import encode_pair, model_inputs

KNOWN = ("striker", "scored", "market", "shares", "fell", "say")
GENERATOR = {
    "context": "backward",
    "reader": "diagonal",
    "readout": "generation",
    "recurrent_size": 12,
    "vocabulary_size": len(KNOWN) + 2,
    "max_new_tokens": 9,
    "id2label": {},
    "label2id": {},
}
TEXTS = ["the striker scored twice", "peace talks", "shares fell sharply the market say the peace talks fell"]
VOCAB = torch.tensor([1, 3, 7, 9])


def make_generator(**changes):
    model = make_model(**GENERATOR | changes)
    model.readout.set_vocabulary([VOCABULARY[word] for word in KNOWN], 2, 3, 1)
    return model


@pytest.fixture(scope="module")
def generator():
    return make_generator()


def padded(model):
    rows = [model_inputs(*encode_pair(model, text, "")) for text in TEXTS]
    return {key: torch.nn.utils.rnn.pad_sequence([row[key][0] for row in rows], batch_first=True) for key in rows[0]}


@pytest.fixture(scope="module")
def memory(generator):
    """Memory of the padded batch, every token merged."""
    inputs = padded(generator)
    with torch.no_grad():
        output = generator(**inputs, policy="merged")
        source = torch.nn.utils.rnn.pad_sequence(
            [torch.tensor([VOCABULARY[word] for word in text.split()]) for text in TEXTS], batch_first=True
        )
        return generator.readout.memory(generator.backbone.embed, output, source)


def close(a, b):
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-5, atol=1e-6)


def test_a_token_has_one_slot_however_often_it_stands_in_x():
    source = torch.tensor([[9, 20, 7, 20, 21]])
    assert source_slots(source, VOCAB).tolist() == [[3, 4 + 1, 2, 4 + 1, 4 + 4]]
    target = torch.tensor([[7, 21, 20, 30]])  # known, in x, twice in x, nowhere
    slots = target_slots(target, source, VOCAB, unknown=1)
    assert slots.tolist() == [[2, 4 + 4, 4 + 1, 0]]
    assert slot_ids(slots, source, VOCAB).tolist() == [[7, 21, 20, 1]]


def test_the_copy_distribution_by_hand():
    """c = 0.4; x = [9, 20, 20]: 9 is in the vocabulary, so writing and copying it add up; 20 is only copied."""
    words = torch.tensor([[[0.1, 0.2, 0.3, 0.4]]])
    attention = torch.tensor([[[0.5, 0.2, 0.3]]])
    slots = source_slots(torch.tensor([[9, 20, 20]]), VOCAB)
    found = mixed(words, attention, torch.tensor([[0.4]]), slots)
    close(found, [[[0.06, 0.12, 0.18, 0.24 + 0.2, 0.0, 0.4 * 0.5, 0.0]]])
    switch = torch.tensor([[math.log(0.4 / 0.6)]])
    steps = Steps(words.log(), attention, switch, ())
    for slot, probability in ((3, 0.44), (5, 0.2), (1, 0.12)):
        written, copied = steps.log_parts(torch.tensor([[slot]]), slots)
        close(torch.logaddexp(written, copied).exp(), [[probability]])


def test_probabilities_sum_to_one_and_hold_what_teacher_forcing_says(generator, memory):
    target = torch.tensor([[15, 9, 3, NOTHING], [16, 17, 16, 3], [1, 8, 9, 10]])
    embed, readout = generator.backbone.embed, generator.readout
    with torch.no_grad():
        steps, slots = readout.teacher_forced(embed, memory, target)
        probs = steps.probs(memory.slots)
        close(probs.sum(-1), np.ones((3, 4)))
        found = probs.gather(2, slots[..., None])[..., 0]
        told = readout.log_probs(embed, memory, target)
    assert told[0, 3] == 0
    counted = target != NOTHING
    close(told.exp()[counted], found[counted])


def test_steps_one_by_one_are_the_steps_at_once(generator, memory):
    previous, state, singles = torch.tensor([[2, 8, 9], [2, 9, 9], [2, 10, 12]]), None, []
    embed, readout = generator.backbone.embed, generator.readout
    with torch.no_grad():
        whole = readout.steps(embed, memory, previous)
        for step in range(3):
            one = readout.steps(embed, memory, previous[:, step : step + 1], state)
            state = one.state
            singles.append(one.probs(memory.slots))
    close(torch.cat(singles, dim=1), whole.probs(memory.slots))


def test_a_beam_of_one_is_greedy(generator, memory):
    embed, readout = generator.backbone.embed, generator.readout
    with torch.no_grad():
        found = search(readout, embed, memory, 1, 9)
        for row in range(len(TEXTS)):
            assert _trimmed(found.ids[row]) == _greedy(generator, memory.take(torch.tensor([row])), 9)


@pytest.mark.parametrize("beams", [2, 4])
def test_a_beam_never_scores_below_greedy_and_scores_are_log_probabilities_by_length(beams):
    for dropout in (0.1, 0.2, 0.3, 0.4):  # another seed would do; another setting changes the weights as well
        model = make_generator(dropout=dropout, recurrent_size=8 + int(40 * dropout))
        inputs = padded(model)
        greedy, beam = (model.generate(**inputs, policy="soft", num_beams=k) for k in (1, beams))
        assert (beam.scores >= greedy.scores).all()
        with torch.no_grad():
            output = model(**inputs, policy="soft")
            source = torch.nn.utils.rnn.pad_sequence(
                [torch.tensor([VOCABULARY[word] for word in text.split()]) for text in TEXTS], batch_first=True
            )
            weights = output.flow_weights[..., -1]
            memory = model.readout.memory(model.backbone.embed, output, source, 1.0, weights)
            for row, ids in enumerate(beam.sequences):
                pieces = _trimmed(ids)
                target = torch.tensor([pieces + ([3] if len(pieces) < 9 else [])])
                one = memory.take(torch.tensor([row]))
                total = model.readout.log_probs(model.backbone.embed, one, target).sum()
                close(total / target.shape[1] ** LENGTH_POWER, beam.scores[row])


def test_nothing_unknown_or_empty_is_written(generator):
    found = generator.generate(**padded(generator), num_beams=4)
    for ids in found.sequences:
        pieces = _trimmed(ids)
        assert pieces
        assert not {1, 2, 3} & set(pieces)
    assert all(texts_of(generator.backbone.tokenizer, found.sequences))


def test_three_pieces_are_not_repeated():
    texts = torch.tensor([[4, 5, 6, 4, 5], [4, 5, 6, 5, 4]])
    scores = torch.zeros(2, 8)
    bar_repeats(scores, texts)
    assert (scores[0] < 0).nonzero().flatten().tolist() == [6]
    assert (scores[1] < 0).sum() == 0


def test_the_route_decides_what_is_written_and_direct_ignores_the_backward_pass(generator):
    inputs = padded(generator)
    direct, merged = (generator.generate(**inputs, policy=policy, num_beams=1) for policy in ("direct", "merged"))
    assert not torch.allclose(direct.scores, merged.scores)
    dropped = inputs | {"context_attention_mask": torch.zeros(3, 1, dtype=torch.long)}
    close(generator.generate(**dropped, policy="merged", num_beams=1).scores, direct.scores)


def test_saved_and_loaded_writes_the_same(generator, tmp_path):
    generator.save_pretrained(tmp_path)
    loaded = type(generator).from_pretrained(tmp_path).eval()
    loaded.__dict__["_backbone"] = make_backbone()
    before, after = (model.generate(**padded(generator), policy="soft") for model in (generator, loaded))
    assert torch.equal(before.sequences, after.sequences)
    close(before.scores, after.scores)


def test_only_a_generator_generates(tiny_model, generator):
    with pytest.raises(ValueError, match="writes no text"):
        tiny_model.generate(input_ids=torch.ones(1, 2, dtype=torch.long), attention_mask=torch.ones(1, 2))
    with pytest.raises(ValueError, match=r"model\.generate"):
        generator.predict(**padded(generator))
    with pytest.raises(ValueError, match="do not fit"):
        generator.readout.set_vocabulary([5], 2, 3, 1)


def _greedy(model, memory, most: int) -> list[int]:
    """The likeliest piece, step by step, without the search's code."""
    pieces, size = [], len(model.readout.vocabulary)
    while len(pieces) < most:
        steps = model.readout.steps(model.backbone.embed, memory, torch.tensor([[2, *pieces]]))
        probs = steps.probs(memory.slots)[0, -1].clone()
        written = target_slots(torch.tensor([pieces or [1]]), memory.source, model.readout.vocabulary, 1)
        bar = torch.zeros(1, len(probs))
        bar_repeats(bar, written[:, : len(pieces)])
        probs[bar[0] < 0] = 0
        probs[model.readout.vocabulary.tolist().index(1)] = 0
        if not pieces:
            probs[model.readout.vocabulary.tolist().index(3)] = 0
        slot = int(probs.argmax())
        token = int(model.readout.vocabulary[slot] if slot < size else memory.source[0, slot - size])
        if token == 3:
            break
        pieces.append(token)
    return pieces


def _trimmed(ids) -> list[int]:
    return [piece for piece in ids.tolist() if piece != NOTHING]
