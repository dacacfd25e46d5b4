"""Histories and repeated texts of a data set: encoded once, and as a person's history would be."""

import numpy as np
import torch
from factories.tiny import make_model

from dualroute.data.batches import Collator, encode_examples
from dualroute.data.features.text import encode_texts
from dualroute.evaluation.collect import collect
from dualroute.families.dual_route.tracing import encode_pair, model_inputs
from dualroute.tasks import Example

MODEL = make_model(context="items", context_max_length=2)
ROWS = [
    Example("the striker scored", "rain: 2\npeace talks: 5\nvote", "Sports"),
    Example("market shares fell", "", "Business"),
    Example("the striker scored", "vote: 3.5", "World"),
]


def dataset(path):
    return encode_examples(MODEL.backbone, ROWS, MODEL.config, path, "test")


def test_each_distinct_text_is_encoded_once(tmp_path):
    rows = dataset(tmp_path)
    assert (len(rows.x), len(rows.x.starts) - 1) == (3, 2)
    assert rows.x.lengths.tolist() == [3, 3, 3]
    torch.testing.assert_close(rows.x[0], rows.x[2])
    assert len(rows.h.titles) == 2  # "rain" is too old, "vote" is rated in one row and not in the other


def test_the_newest_items_with_their_ratings(tmp_path):
    rows = dataset(tmp_path)
    assert [len(rows.h[i]) for i in range(3)] == [2, 0, 1]
    np.testing.assert_allclose(rows.h[0][:, -1], [1.0, 0.0])
    title = encode_texts(MODEL.backbone, ["peace talks"], 40, tmp_path, "title")[0].mean(0)
    torch.testing.assert_close(rows.h[0][0, :-1], title)


def test_a_batch_is_padded_and_may_lose_its_contexts(tmp_path):
    rows = dataset(tmp_path)
    batch = rows.batch([rows[i] for i in range(3)])
    assert batch["context_hidden_states"].shape == (3, 2, 33)
    assert batch["context_attention_mask"].tolist() == [[1, 1], [0, 0], [1, 0]]
    assert Collator(rows, 1.0)([rows[0]])["context_attention_mask"].sum() == 0


def test_no_history_at_all(tmp_path):
    rows = encode_examples(MODEL.backbone, ROWS[1:2], MODEL.config, tmp_path, "test")
    assert rows.batch([rows[0]])["context_hidden_states"].shape == (1, 0, 33)


def test_a_data_set_says_what_a_trace_says(tmp_path):
    corpus = collect(MODEL, dataset(tmp_path))
    for row, logits in zip(ROWS, corpus.logits("soft"), strict=True):
        with torch.no_grad():
            alone = MODEL(**model_inputs(*encode_pair(MODEL, row.x, row.h)), policy="soft").logits[0]
        np.testing.assert_allclose(logits, alone, atol=2e-3)  # features are kept as float16
