"""A history typed by a person."""

import numpy as np
import pytest
import torch
from factories.tiny import make_model

from dualroute.api import DualRouter
from dualroute.families.dual_route.contexts import item_inputs
from dualroute.families.dual_route.tracing import encode_pair
from dualroute.inputs import Item, parse_items

X = "the striker scored twice"
HISTORY = "market shares fell: 4.5\npeace talks: 1\nthe striker"


@pytest.fixture(scope="module")
def router() -> DualRouter:
    return DualRouter(make_model(context="items", context_max_length=3), "items")


def test_one_context_token_for_each_item(router):
    trace = router.trace(X, HISTORY)
    assert trace.context_tokens == ("market shares fell: 4.5", "peace talks: 1", "the striker")
    assert trace.attention.shape == (4, 3)
    assert trace.context_contributions.shape == (4, 3, 3)
    assert trace.notes == ()


def test_a_list_says_what_its_lines_say(router):
    one, other = router.trace(X, HISTORY), router.trace(X, HISTORY.splitlines())
    assert one.to_json() == other.to_json()


def test_the_vector_of_an_item_is_the_mean_of_its_words_and_its_rating(router):
    model = router.model
    found = item_inputs(model, (Item("peace talks", 2.0), Item("rain")))
    ids = model.backbone.tokenizer("peace talks", return_tensors="pt")["input_ids"]
    words = model.backbone(torch.ones_like(ids), input_ids=ids)[0, 1:-1]
    torch.testing.assert_close(found["hidden_states"][0, 0, :-1], words.mean(0))
    assert found["hidden_states"][0, :, -1].tolist() == [-1.0, 0.0]
    assert found["attention_mask"].tolist() == [[1, 1]]


def test_of_a_long_history_the_newest_items_are_kept_and_the_cut_is_reported(router):
    trace = router.trace(X, f"vote: 3\nreport: 2\n{HISTORY}")
    assert trace.context_tokens == router.trace(X, HISTORY).context_tokens
    np.testing.assert_array_equal(trace.logits, router.trace(X, HISTORY).logits)
    (note,) = trace.notes
    assert note == "The context was cut to its newest 3 of 5 items. Not read: “vote; report”"


def test_the_kept_text_gives_the_same_items_again(router):
    trace = router.trace(X, f"vote: 3\n{HISTORY}")
    assert encode_pair(router.model, trace.x, trace.h)[1].tokens == trace.context_tokens
    assert parse_items(trace.h) == parse_items(f"vote: 3\n{HISTORY}")


@pytest.mark.parametrize("h", ["", None, [], "\n \n"])
def test_without_items_there_is_no_context(router, h):
    trace = router.trace(X, h)
    assert (trace.context_tokens, trace.h) == ((), "")
    assert trace.attention is None


def test_a_rating_changes_the_answer_and_its_absence_is_a_middle_one(router):
    def logits(h):
        return router.trace(X, h, "merged").logits

    assert not np.allclose(logits("rain: 5"), logits("rain: 1"))
    np.testing.assert_array_equal(logits("rain"), logits("rain: 3.5"))


def test_a_number_that_is_no_rating_is_reported(router):
    with pytest.raises(ValueError, match="a rating is a number from"):
        router.trace(X, "rain: 11")
