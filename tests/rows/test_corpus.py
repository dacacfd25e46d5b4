"""A data set's traces: sums by hand, and parts of it."""

import numpy as np

from dualroute.rows.corpus import Corpus

CORPUS = Corpus(
    gates=np.array([[0.1, 0.9], [0.8, 0.2], [0.4, 0.6]]),
    direct=np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]]),
    read=np.array([[0.0, 5.0], [0.0, 1.0], [0.0, 4.0]]),
    starts=np.array([0, 2]),
    bias=np.array([0.5, 0.0]),
    labels=np.array([1, 0]),
    has_context=np.array([True, False]),
)


def test_logits_by_hand():
    np.testing.assert_allclose(CORPUS.logits("direct"), [[1.5, 2.0], [3.5, 0.0]])
    np.testing.assert_allclose(CORPUS.logits("threshold", 0.5), [[1.5, 7.0], [3.5, 4.0]])


def test_the_share_counts_only_what_could_be_read():
    assert CORPUS.share("threshold", 0.5) == 0.5


def test_a_subset_is_the_same_rows():
    part = CORPUS.subset(np.array([False, True]))
    np.testing.assert_allclose(part.logits("merged"), CORPUS.logits("merged")[1:])
    assert (len(part), part.labels.tolist(), part.lengths.tolist()) == (1, [0], [1])
