"""Agreement with people: numbers by hand, then limits."""

import numpy as np
import pytest

from dualroute.measures.agreement import (
    CHOICES,
    Choice,
    auprc,
    best_choice,
    character_f1,
    chosen_spans,
    f1,
    iou,
    iou_f1,
    marked,
    runs,
)

TEXT = "such utter, utter rot"
WORDS = [(0, 4), (5, 11), (12, 17), (18, 21)]


def bools(text: str) -> np.ndarray:
    return np.array([mark == "x" for mark in text])


def test_a_word_is_marked_from_half_of_its_letters_on():
    assert marked(WORDS, [(5, 8), (20, 21)], TEXT).tolist() == [False, True, False, False]  # 3 of 5 letters; 1 of 3
    assert marked(WORDS, [(0, 2), (12, 14)], TEXT).tolist() == [True, False, False, False]  # 2 of 4; 2 of 5
    assert marked([(10, 11), (4, 4)], [(10, 11)], TEXT).tolist() == [True, False]  # a comma; nothing


def test_f1_and_iou_of_words_by_hand():
    chosen, truth = bools("xx.x"), bools(".xx.")
    assert f1(chosen, truth) == pytest.approx(2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))
    assert iou(chosen, truth) == pytest.approx(1 / 4)
    nothing = bools("....")
    assert (f1(nothing, nothing), iou(nothing, nothing)) == (1, 1)
    assert (f1(nothing, truth), iou(chosen, nothing)) == (0, 0)


def test_average_precision_by_hand():
    """Marked words come first and third: the mean of 1/1 and 2/3."""
    assert auprc(np.array([4.0, 3.0, 2.0, 1.0]), bools("x.x.")) == pytest.approx((1 + 2 / 3) / 2)
    assert auprc(np.zeros(4), bools("x...")) == pytest.approx(1 / 4)  # all equal: the share of the marked
    for truth in ("xxxx", "...."):
        with pytest.raises(ValueError, match="no ranking"):
            auprc(np.zeros(4), bools(truth))


def test_spans_match_from_half_of_their_union_on():
    truth = bools("xxx...xx..")
    assert iou_f1(truth, truth) == 1
    assert iou_f1(bools("xx....x..."), truth) == 1  # 2 of 3 words, 1 of 2
    assert iou_f1(bools("x.....xx.x"), truth) == pytest.approx(2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))
    assert iou_f1(bools(".........."), truth) == 0


def test_character_f1_is_that_of_semeval():
    assert character_f1([(0, 4)], [(2, 8)]) == pytest.approx(2 * 2 / (4 + 6))
    assert character_f1([(0, 4), (2, 6)], [(0, 6)]) == 1  # a place counts once
    assert (character_f1([], []), character_f1([(0, 1)], []), character_f1([], [(0, 1)])) == (1, 0, 0)


def test_what_stands_between_chosen_words_is_chosen_too():
    assert chosen_spans(WORDS, bools(".xxx")) == [(5, 21)]
    assert chosen_spans(WORDS, bools("x.x.")) == [(0, 4), (12, 17)]
    assert runs(bools("....")) == []


def test_choices_take_at_least_one_word():
    scores = np.array([0.1, 1.0, 0.6, -2.0])
    assert Choice("share", 0.5)(scores).tolist() == [False, True, True, False]
    assert Choice("relative", 0.6)(scores).tolist() == [False, True, True, False]
    for choice in CHOICES:
        assert choice(np.array([-3.0, -1.0, -1.0])).sum() >= 1
    assert Choice("relative", 0.5)(np.array([-3.0, -1.0, -1.0])).tolist() == [False, True, False]


def test_the_choice_is_the_one_that_finds_the_marked_words():
    rankings = [np.array([9.0, 8.0, 1.0, 0.0, 0, 0, 0, 0, 0, 0]), np.array([0, 5.0, 0, 0, 0, 0, 0, 0, 0, 1.0])]
    truths = [bools("xx........"), bools(".x........")]
    assert best_choice(rankings, truths).kind == "relative"  # two of ten words, then one of ten: no share does both
    with pytest.raises(ValueError, match="no rows"):
        best_choice([], [])
