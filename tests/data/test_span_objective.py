"""From characters to tokens, what is learned from, and how an answer is scored while training."""

import numpy as np
import pytest
import torch
from factories.tiny import make_model, make_tokenizer

from dualroute.data.objectives import NO_SPAN, SpanObjective, answer_tokens
from dualroute.tasks import Example

TEXT = "market shares fell sharply"
OFFSETS = np.array([(0, 6), (7, 13), (14, 18), (19, 26)])
OBJECTIVE = SpanObjective()


def row(start, end, text=TEXT, **fields):
    return Example(text, "what", text[start:end], answer=(start, end), **fields)


@pytest.mark.parametrize(
    ("start", "end", "tokens"), [(0, 6, (0, 0)), (7, 18, (1, 2)), (8, 11, (1, 1)), (14, 26, (2, 3)), (13, 14, NO_SPAN)]
)
def test_characters_to_tokens(start, end, tokens):
    assert answer_tokens(OFFSETS, row(start, end)) == tokens


def test_an_answer_that_was_cut_off_is_nowhere():
    assert answer_tokens(OFFSETS[:3], row(19, 26)) == NO_SPAN
    assert answer_tokens(OFFSETS[:3], row(14, 26)) == NO_SPAN
    assert answer_tokens(OFFSETS[:3], row(14, 18)) == (2, 2)


def test_no_answer_is_nowhere():
    assert answer_tokens(OFFSETS, Example(TEXT, "what", "")) == NO_SPAN
    assert answer_tokens(OFFSETS[:0], row(0, 6)) == NO_SPAN


@pytest.fixture
def rows():
    return [row(0, 6), row(19, 26), Example(TEXT, "what", "")]


def test_only_what_is_read_can_be_learned_from(rows, caplog):
    config = make_model(max_length=5).config  # [CLS], three words, [SEP]
    assert OBJECTIVE.targets(rows, config, make_tokenizer(), "rows") == [(0, 0), NO_SPAN, NO_SPAN]
    assert OBJECTIVE.learnable(rows, config, make_tokenizer(), "rows") == rows[:1]
    assert "2 of 3 rows are left out" in caplog.text


def test_what_was_cut_off_is_measured_and_what_has_no_answer_is_not(rows):
    assert OBJECTIVE.measurable(rows, make_model(max_length=5).config, "rows") == rows[:2]


def test_loss_by_hand():
    scores = torch.zeros(1, 4, 2)
    loss = OBJECTIVE.loss(scores, torch.tensor([[1, 2]]))
    assert loss.item() == pytest.approx(np.log(4))


def test_score_is_the_overlap_of_tokens():
    scores = torch.zeros(4, 5, 2)
    scores[:, 1, 0] = scores[:, 3, 1] = 9.0  # tokens 1 to 3
    labels = torch.tensor([[1, 3], [3, 3], [4, 4], [2, 4]])
    assert OBJECTIVE.score(scores, labels).tolist() == pytest.approx([1.0, 0.5, 0.0, 2 / 3])
