"""Token F1 and exact match by hand, as SQuAD's own script gives them."""

import pytest

from dualroute.rows.answers import ReferenceAnswers, normal_words, token_f1


def test_what_is_compared():
    assert normal_words("The  U.S.A.'s an «answer»!") == ["usas", "«answer»"]
    assert normal_words("") == []


@pytest.mark.parametrize(
    ("answer", "reference", "f1"),
    [
        ("The cat", "cat", 1.0),
        ("the black cat", "cat", 2 / 3),
        ("a cat and a dog", "cat dog", 0.8),
        ("cat cat", "cat", 2 / 3),
        ("dog", "cat", 0.0),
        ("the", "a", 1.0),
        ("", "cat", 0.0),
    ],
)
def test_f1_by_hand(answer, reference, f1):
    assert token_f1(answer, reference) == pytest.approx(f1)


def test_only_an_exact_match_scores_one():
    assert token_f1("dog, cat", "dog cat") == 1.0
    assert 0.999999 < token_f1("cat dog", "dog cat") < 1.0


def test_the_reference_that_fits_best_counts():
    answers = ReferenceAnswers("rain fell sharply", ((0, 4), (5, 9), (10, 17)), ("rain", "fell sharply today"))
    assert answers.grade(0, 0) == 1.0
    assert answers.grade(1, 2) == pytest.approx(0.8)
    assert answers.grade(2, 2) == pytest.approx(0.5)
    assert set(answers.grades) == {(0, 0), (1, 2), (2, 2)}
