import numpy as np
import pytest

from dualroute.data.splits import Splits
from dualroute.evaluation.baselines import STRENGTHS, baselines
from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.tasks import Example

WORDS = {"sea": "ship wave", "sky": "cloud bird"}


def rows(count: int, h: bool = True) -> list[Example]:
    """Three of four rows are about the sea; x says nothing, h says all."""
    labels = np.where(np.arange(count) % 4 < 3, "sea", "sky")
    return [Example("it was seen", f"a {WORDS[label]}" if h else "", label) for label in labels]


def test_each_input_gives_what_it_knows():
    results = baselines(Splits(rows(40), rows(8)), rows(20), RowBootstrap(20))
    assert results["tfidf_x"]["accuracy"] == 0.75  # the more frequent label
    assert results["tfidf_h"]["accuracy"] == 1.0
    assert results["tfidf_xh"]["accuracy"] == 1.0
    assert results["tfidf_h"]["training_rows"] == 40
    assert results["tfidf_x"]["ci"][0] < 0.75 < results["tfidf_x"]["ci"][1]


def test_the_strength_is_the_one_that_serves_the_validation_rows():
    """A word that misleads in one training row: only weak regularisation follows it, and validation says it should."""
    common = [Example("ship", "", "sea")] * 40 + [Example("ship moon", "", "sky")]
    validation = [Example("ship moon", "", "sky")] * 4 + [Example("ship", "", "sea")]
    chosen = baselines(Splits(common, validation), validation, RowBootstrap(5))["tfidf_x"]
    assert chosen["strength"] == max(STRENGTHS)
    unguided = baselines(Splits(common, []), validation, RowBootstrap(5))["tfidf_x"]
    assert chosen["accuracy"] > unguided["accuracy"]
    assert unguided["strength"] == STRENGTHS[len(STRENGTHS) // 2]


def test_an_input_that_is_always_empty_is_left_out():
    assert set(baselines(Splits(rows(40, h=False), []), rows(8, h=False), RowBootstrap(8))) == {"tfidf_x", "tfidf_xh"}


@pytest.mark.parametrize("validation", [0, 8])
def test_the_evaluated_rows_are_not_learnt_from(validation):
    """Turned labels in the evaluated rows cannot be known."""
    turned = [Example(row.x, row.h, "sky" if row.label == "sea" else "sea") for row in rows(20)]
    results = baselines(Splits(rows(40), rows(validation)), turned, RowBootstrap(20))
    assert results["tfidf_h"]["accuracy"] == 0.0
