"""Features on disk: what has rows, what is encoded once, and what is kept apart."""

import hashlib
import json
from itertools import product

import numpy as np
import pytest
import torch
from factories.tiny import make_backbone

from dualroute.data.features.text import JoinedFeatures, encode_texts
from dualroute.families.dual_route.encoding import encode_text

TEXTS = ["market shares fell", "", "rain", "the striker scored"]


@pytest.fixture(scope="module")
def backbone():
    return make_backbone()


def states_of(backbone, text, without_top=0):
    ids = torch.tensor([backbone.tokenizer(text)["input_ids"]])
    return backbone(torch.ones_like(ids), input_ids=ids, without_top=without_top)[0]


def test_words_alone_have_rows(backbone, tmp_path):
    features = encode_texts(backbone, TEXTS, 10, tmp_path, "x")
    assert features.lengths.tolist() == [3, 0, 1, 3]
    torch.testing.assert_close(features[3], states_of(backbone, TEXTS[3])[1:-1], rtol=1e-2, atol=1e-2)


def test_below_tuned_layers_special_tokens_have_rows_too(backbone, tmp_path):
    features = encode_texts(backbone, TEXTS, 10, tmp_path, "x", without_top=1, with_special=True)
    assert features.lengths.tolist() == [5, 0, 3, 5]
    states, special = features[0]
    assert special.tolist() == [1, 0, 0, 0, 1]
    torch.testing.assert_close(states, states_of(backbone, TEXTS[0], 1), rtol=1e-2, atol=1e-2)
    batch = features.batch([features[0], features[1], features[2]])
    assert batch["hidden_states"].shape == (3, 5, 32)
    assert batch["attention_mask"].tolist() == [[1] * 5, [0] * 5, [1, 1, 1, 0, 0]]
    assert batch["special_tokens_mask"].tolist() == [[1, 0, 0, 0, 1], [0] * 5, [1, 0, 1, 0, 0]]


def test_a_text_that_occurs_many_times_is_encoded_once(backbone, tmp_path):
    texts = ["rain", "the striker scored", "rain", "rain", "the striker scored"]
    features = encode_texts(backbone, texts, 10, tmp_path, "x")
    assert len(features.states) == 4
    assert (len(features), features.lengths.tolist()) == (5, [1, 3, 1, 1, 3])
    for i, text in enumerate(texts):
        torch.testing.assert_close(features[i], states_of(backbone, text)[1:-1], rtol=1e-2, atol=1e-2)


def test_words_of_a_lower_layer(backbone, tmp_path):
    features = encode_texts(backbone, TEXTS, 10, tmp_path, "x", without_top=1)
    torch.testing.assert_close(features[3], states_of(backbone, TEXTS[3], 1)[1:-1], rtol=1e-2, atol=1e-2)


def test_kinds_are_not_mistaken_for_one_another(backbone, tmp_path):
    kinds = list(product((0, 1), (False, True)))
    for kind in kinds:
        encode_texts(backbone, TEXTS, 10, tmp_path, "x", *kind)
    assert len(list(tmp_path.iterdir())) == len(kinds)


def test_unknown_words_keep_their_place(backbone, tmp_path):
    text = "market zzz fell"
    features = encode_texts(backbone, [text], 10, tmp_path, "x")
    assert features.lengths.tolist() == [3] == [len(encode_text(backbone.tokenizer, text, 10, "x"))]
    torch.testing.assert_close(features[0], states_of(backbone, text)[1:-1], rtol=1e-2, atol=1e-2)


def test_features_that_left_out_unknown_words_are_not_reused(backbone, tmp_path):
    """The folder's name is a digest of what version 0.4 stored there."""
    texts = ["market zzz fell"]
    old = hashlib.sha256(json.dumps(["words", backbone.sha256, 10, texts]).encode()).hexdigest()[:16]
    folder = tmp_path / old
    folder.mkdir()
    np.save(folder / "states.npy", np.zeros((2, 32), np.float16))
    np.save(folder / "starts.npy", np.array([0, 2]))
    assert encode_texts(backbone, texts, 10, tmp_path, "x").lengths.tolist() == [3]


def test_joined_features_are_one_set_after_another(backbone, tmp_path):
    parts = [encode_texts(backbone, texts, 10, tmp_path, "x") for texts in (TEXTS[:1], TEXTS[1:])]
    joined, whole = JoinedFeatures(parts), encode_texts(backbone, TEXTS, 10, tmp_path, "x")
    assert (len(joined), joined.lengths.tolist()) == (4, whole.lengths.tolist())
    for i in range(4):
        np.testing.assert_allclose(joined[i], whole[i], rtol=1e-2, atol=1e-2)
    assert joined.batch([joined[0], joined[2]])["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
