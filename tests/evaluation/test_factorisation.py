"""Baselines for recommendations on ratings whose structure is known."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dualroute.data.splits import Splits
from dualroute.evaluation.baselines import baselines
from dualroute.evaluation.baselines.factorisation import factorisation
from dualroute.evaluation.baselines.simple import majority, majority_of_x
from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.evaluation.statistics import AreaUnderCurve
from dualroute.tasks import Example

FILMS = {"sea": [f"sea {i}" for i in range(8)], "sky": [f"sky {i}" for i in range(8)]}


def readers(count: int, seed: int, h: bool = True) -> list[Example]:
    """Each likes one kind of film and not the other; which film is asked for says nothing by itself."""
    draw, rows = np.random.default_rng(seed), []
    for _ in range(count):
        loved, requested = draw.choice(list(FILMS), 2)
        history = [(film, 5 if kind == loved else 2) for kind in FILMS for film in draw.choice(FILMS[kind], 3, False)]
        history = [entry for entry in draw.permutation(np.array(history, dtype=object))]
        film = draw.choice(FILMS[requested])
        text = "\n".join(f"{name}: {rating}" for name, rating in history if name != film)
        rows.append(
            Example(f"{film} | film", text if h else "", "like" if requested == loved else "dislike", group=film)
        )
    return rows


@pytest.fixture(scope="module")
def splits() -> Splits:
    return Splits(readers(200, 0), readers(80, 1))


def test_new_readers_are_folded_in_from_their_history(splits):
    rows = readers(100, 2)
    answers = factorisation(splits, rows)
    truth = np.array([row.label for row in rows])
    assert (answers.labels == truth).mean() > 0.9
    assert roc_auc_score(truth == "like", answers.margins) > 0.95
    assert answers.choices["rank"] in (4, 8, 16)


def test_an_unknown_film_is_judged_by_the_reader_alone(splits):
    harsh = Example("moon", "sea 1: 1\nsky 1: 1", "like", group="moon")
    kind = Example("moon", "sea 1: 5\nsky 1: 5", "like", group="moon")
    low, high = factorisation(splits, [harsh, kind]).margins
    assert np.isfinite([low, high]).all()
    assert low != high


@pytest.mark.parametrize("train", [readers(20, 0, h=False), [Example("a", "b: 3", label) for label in "pqr"]])
def test_without_histories_or_two_classes_there_is_none(train):
    assert factorisation(Splits(train, readers(10, 1)), readers(5, 2)) is None


def test_nothing_is_chosen_without_validation_rows(splits):
    assert factorisation(Splits(splits.train, []), splits.train[:5]) is None


def test_counting_labels():
    train = [Example("a", "", label) for label in ("like", "like", "dislike")] + [Example("b", "", "dislike")] * 9
    requested = [Example(x, "", "like") for x in "abc"]
    assert majority(Splits(train, []), requested).labels.tolist() == ["dislike"] * 3
    answers = majority_of_x(Splits(train, []), requested)
    share = 2 / 12
    np.testing.assert_allclose(answers.margins, [(2 + 2 * share) / 5 - 0.5, 2 * share / 11 - 0.5, share - 0.5])
    assert answers.labels.tolist() == ["dislike", "dislike", "dislike"]


def test_the_same_film_is_found_by_its_group():
    train = [Example("Heat | crime", "", "like", group="Heat"), Example("Up | sky", "", "dislike", group="Up")]
    answers = majority_of_x(Splits(train, []), [Example("Heat | other words", "", "like", group="Heat")])
    assert answers.labels.tolist() == ["like"]


def test_baselines_are_measured_by_area(splits):
    rows = readers(60, 3)
    bootstrap = RowBootstrap(60, resamples=50, statistic=AreaUnderCurve(np.array([r.label == "like" for r in rows])))
    results = baselines(splits, rows, bootstrap, ("majority", "tfidf_x", "factorisation"))
    assert list(results) == ["majority", "tfidf_x", "factorisation"]
    share = np.mean([row.label == "like" for row in rows])
    assert results["majority"]["auc"] == 0.5
    assert results["majority"]["accuracy"] in (pytest.approx(share, abs=1e-6), pytest.approx(1 - share, abs=1e-6))
    assert results["factorisation"]["auc"] > 0.9 > results["tfidf_x"]["auc"]
    assert {"accuracy", "ci", "rank", "training_rows"} <= set(results["factorisation"])
