"""The library's front door, on the shipped checkpoint; and one test of meaning."""

import numpy as np
import pytest

import dualroute

TITLE = "Record run comes to an end"
OIL = "Oil prices fell below 50 dollars a barrel."
MATCH = "The champions lost at home for the first time in 30 matches, beaten by two late goals."


@pytest.fixture(scope="module")
def router():
    return dualroute.load("news")


def test_shipped_checkpoints_are_named():
    assert "news" in dualroute.shipped()


def test_the_lines_of_the_readme(router):
    trace = router.trace("Title", "Description", policy="threshold", threshold=0.5)
    outcome = trace.replay(threshold=0.2, overrides={0: "direct"})
    run = router.trace("Title", "Description", policy="threshold", threshold=0.2, overrides={0: "direct"})
    np.testing.assert_allclose(outcome.logits, run.logits, rtol=1e-5, atol=1e-5)
    assert dualroute.Trace.from_json(trace.to_json()).tokens == trace.tokens


@pytest.mark.parametrize("policy", ["soft", "threshold", "weighted_threshold", "direct", "merged"])
def test_the_shipped_model_is_additive(router, policy):
    trace = router.trace(TITLE, OIL, policy=policy)
    np.testing.assert_allclose(trace.replay().logits, trace.logits, rtol=1e-5, atol=1e-5 * np.abs(trace.logits).max())


def test_the_description_is_read_where_the_title_misleads_and_its_telling_words_count(router):
    """By its title alone the item is about sports; its description is about oil."""
    trace = router.trace(TITLE, OIL)
    assert trace.replay("direct").label == "Sports"
    assert trace.replay().label == "Business"
    scores = dict(zip(trace.context_tokens, router.attribute(trace).context_scores, strict=True))
    assert set(sorted(scores, key=scores.get)[-3:]) == {"Oil", "prices", "dollars"}


def test_gates_open_wider_where_the_description_says_otherwise(router):
    assert router.trace(TITLE, OIL).gates.mean() > 1.5 * router.trace(TITLE, MATCH).gates.mean()


def test_an_unknown_name_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"shipped are .*news"):
        dualroute.load("newz")
    with pytest.raises((OSError, ValueError)):
        dualroute.load(tmp_path)


def test_what_is_no_attribute_is_told():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = dualroute.nothing
    assert "load" in dir(dualroute)
