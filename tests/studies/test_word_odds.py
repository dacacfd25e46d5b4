"""Log-odds of words, by hand."""

from math import log

import pytest

from dualroute.studies.rankings import WordOdds
from dualroute.tasks import Example

ROWS = [Example("A fool, a fool!", "", "bad"), Example("a day", "", "good"), Example("a fine day", "", "good")]


def test_log_odds_by_hand():
    """Texts count once; a third are bad, and every word is taken to have been seen in two texts at that rate."""
    scores = WordOdds(ROWS).scores(["fool", "Day", "a", "unseen", ","], "bad", "good")
    prior, odds = (2 / 3, 4 / 3), log(1 / 2)
    expected = [log((1 + prior[0]) / prior[1]) - odds, log(prior[0] / (2 + prior[1])) - odds, 0, 0]
    assert scores[:4] == pytest.approx(expected, abs=1e-12)
    assert scores[4] == scores[0]


def test_a_label_without_texts_is_reported():
    with pytest.raises(ValueError, match="no training text has the label 'fair'; labels are bad, good"):
        WordOdds(ROWS).scores(["a"], "fair", "bad")
