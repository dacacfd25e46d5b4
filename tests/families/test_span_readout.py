"""Spans and the bilinear reading by hand: every score is b + κ D + ρ Σ K of its own token."""

import pytest
import torch
from factories.tiny import make_model
from torch import nn

from dualroute.families.dual_route.readers import BilinearReader, Reading, States
from dualroute.families.dual_route.readouts.span import FAR_BELOW, SpanReadout

ENDS = {"id2label": {0: "start", 1: "end"}, "label2id": {"start": 0, "end": 1}}
IDS = torch.tensor([[2, 5, 6, 7, 3, 0, 0], [2, 8, 9, 10, 11, 12, 3]])
SPECIAL = ((IDS == 2) | (IDS == 3)).long()


def span_model(**changes):
    return make_model(readout="span", **ENDS, **changes)


def inputs(context=True) -> dict:
    own = {"input_ids": IDS, "attention_mask": (IDS > 0).long(), "special_tokens_mask": SPECIAL}
    return own | ({f"context_{name}": value for name, value in own.items()} if context else {})


def readout_by_hand() -> SpanReadout:
    """Two numbers per state; O doubles, W says (first, second), b is (0.5, −0.5)."""

    class Config:
        hidden_size = 2

    readout = SpanReadout(Config())
    with torch.no_grad():
        readout.merge.weight.copy_(2 * torch.eye(2))
        readout.score.weight.copy_(torch.eye(2))
        readout.score.bias.copy_(torch.tensor([0.5, -0.5]))
    return readout


def test_scores_by_hand():
    readout = readout_by_hand()
    states, read = (
        torch.tensor([[[1.0, 2.0], [3.0, 4.0], [9.0, 9.0]]]),
        torch.tensor([[[1.0, 0.0], [0.0, 1.0], [9, 9]]]),
    )
    parts = readout.parts(States(states, states), read, torch.tensor([[1, 1, 0]]))
    assert parts.direct[0, :2].tolist() == [[1, 2], [3, 4]]
    assert parts.read[0, :2].tolist() == [[2, 0], [0, 2]]
    assert parts.pooling.tolist() == [[1, 1, 0]]

    kappa, rho = torch.tensor([[1.0, 0.0, 1.0]]), torch.tensor([[0.5, 1.0, 1.0]])
    far = [FAR_BELOW, FAR_BELOW]
    assert readout.logits(parts, kappa, rho)[0].tolist() == [[2.5, 1.5], [0.5, 1.5], far]
    assert readout.logits(parts, 1.0, 0.0)[0].tolist() == [[1.5, 1.5], [3.5, 3.5], far]


def test_nothing_read_contributes_nothing():
    parts = readout_by_hand().parts(States(torch.ones(1, 2, 2), torch.ones(1, 2, 2)), None, torch.ones(1, 2))
    assert parts.read.abs().sum() == 0


def test_what_a_bilinear_reader_reads_by_hand():
    """One head, two context tokens of weight 1/4 and 3/4, values (4, 0) and (0, 4), a token that asks for (1, 10)."""
    attention = torch.tensor([[[[0.25, 0.75]]]])
    values = torch.tensor([[[[4.0, 0.0]], [[0.0, 4.0]]]])
    reading = Reading(attention, values, scale=torch.tensor([[[[1.0, 10.0]]]]))
    assert reading.read.tolist() == [[[1.0, 30.0]]]
    both = torch.tensor([[1.0, 1.0], [1.0, -1.0]])  # two outputs
    assert reading.contributions(both)[0, 0].tolist() == [[1.0, 1.0], [30.0, -30.0]]


def test_the_scale_is_one_and_what_the_token_asks():
    class Config:
        hidden_size, num_heads = 2, 1

    reader = BilinearReader(Config())
    with torch.no_grad():
        for layer in (reader.query, reader.key, reader.value, reader.ask):
            layer.weight.copy_(torch.eye(2))
            nn.init.zeros_(layer.bias)
    states, context = torch.tensor([[[2.0, -1.0]]]), torch.tensor([[[3.0, 5.0]]])
    assert reader(States(states, states), States(context, context), torch.ones(1, 1)).read.tolist() == [
        [[9.0, 0.0]]
    ]  # (1 + u) ⊙ f(h)


@pytest.mark.parametrize("reader", ["attention", "bilinear"])
def test_context_contributions_sum_to_what_was_read(reader):
    output = span_model(reader=reader)(**inputs(), output_contributions=True)
    summed = output.context_contributions.sum(2)
    torch.testing.assert_close(summed, output.read_contributions, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("policy", ["soft", "threshold", "direct", "merged"])
def test_every_score_is_a_sum_of_its_own_token(policy):
    output = span_model(reader="bilinear")(**inputs(), policy=policy)
    direct, merged = output.flow_weights.unbind(-1)
    expected = output.bias + output.direct_contributions + merged[..., None] * output.read_contributions
    words = output.mask.bool()
    torch.testing.assert_close(output.logits[words], expected[words], rtol=1e-5, atol=1e-5)
    assert (direct + merged == 1).all()


def test_padding_is_never_an_answer():
    output = span_model(reader="bilinear")(**inputs())
    assert output.logits.shape == (2, 5, 2)
    assert (output.logits[0, 3:] == FAR_BELOW).all()
    assert output.logits.softmax(1)[0, 3:].sum() == 0


def test_scores_do_not_depend_on_the_padding_beside_them():
    model = span_model(reader="bilinear")
    together = model(**inputs()).logits[0, :3]
    alone = model(**{name: value[:1, :5] for name, value in inputs().items()}).logits[0]
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-5)


def test_without_a_context_both_flows_say_the_same():
    output = span_model(reader="bilinear")(**inputs(context=False))
    torch.testing.assert_close(output.direct_logits, output.merged_logits)


def test_predicting_gives_the_same_scores():
    model = span_model(reader="bilinear", early=True)
    torch.testing.assert_close(model.predict(**inputs()).logits, model(**inputs()).logits, rtol=1e-5, atol=1e-5)
