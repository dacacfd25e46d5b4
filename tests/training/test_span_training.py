"""Question answering from a data file to a checkpoint to its results, on tiny passages and a tiny backbone."""

import dataclasses
import json
import random

import pytest
from factories.trained import one_thread, write_jsonl
from transformers import BertTokenizer

from dualroute.api import load
from dualroute.evaluation.evaluate import evaluate
from dualroute.tasks.question_answering import TASK
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import train

WORDS = ("ship", "wave", "fish", "cloud", "bird", "wind", "street", "tram", "house")
SMALL = {"hidden_size": 32, "num_heads": 2, "router_size": 8, "lora_rank": 2, "tuned_layers": 1, "max_length": 12}
SMALL |= {"left_out_layers": 0}
SETTINGS = TrainingSettings(epochs=2, batch_size=16, learning_rate=1e-2, largest_share=0.5, frozen_epochs=2)
SETTINGS = dataclasses.replace(SETTINGS, pool=("more",), pool_rows=16, by_length=True)


def make_rows(count: int, seed: int) -> list[dict]:
    """The question names a word; that word is the answer. A row in eight has none."""
    draw = random.Random(seed)
    rows = []
    for number in range(count):
        words = draw.sample(WORDS, draw.randint(2, 5))
        passage, answer = " ".join(words), draw.choice(words)
        start = passage.index(answer)
        row = {"id": str(number), "x": passage, "h": answer, "label": answer, "span": [start, start + len(answer)]}
        rows.append(row if number % 8 else row | {"label": "", "span": None})
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two data sets beside one another, `core` and `more`."""
    root = tmp_path_factory.mktemp("qa")
    for seed, name in enumerate(("core", "more")):
        (root / name).mkdir()
        for more, (split, count) in enumerate({"train": 64, "validation": 24, "test": 16}.items()):
            write_jsonl(root / name / f"{split}.jsonl", make_rows(count, 10 * seed + more))
    return root


@pytest.fixture(scope="module")
def checkpoint(folder, backbone, tmp_path_factory):
    out = tmp_path_factory.mktemp("checkpoint")
    with one_thread():
        train(TASK, folder / "core", out, SETTINGS, SMALL, backbone)
    return out


def test_the_checkpoint_holds_adapters_and_no_layers(checkpoint, backbone):
    router = load(checkpoint)
    assert router.model.config.tuned_layers == 1
    assert router.model.config.label_names == ["start", "end"]
    assert router.model.encoder.tuned.up.abs().max() > 0
    assert not [name for name in router.model.state_dict() if "layer." in name and name.startswith("encoder")]
    answer = router.trace("ship wave fish", "wave").replay().label
    assert answer in "ship wave fish"
    assert BertTokenizer.from_pretrained(backbone).vocab_size > len(WORDS)


def test_the_record_tells_both_stages_and_only_answered_rows(checkpoint):
    record = json.loads((checkpoint / "training.json").read_text())
    assert len(record["validation"]) == SETTINGS.frozen_epochs + SETTINGS.epochs
    assert record["training_rows"] == 56 + 16  # an eighth without an answer; of the pooled ones so many with one
    assert record["validation_rows"] == 21 + 2
    assert 0 <= record["threshold"]["f1"] <= 1


def test_the_tuned_model_begins_where_the_frozen_one_ended(checkpoint):
    """Two epochs of the frozen model have taught it already, or the head start is lost."""
    epochs = json.loads((checkpoint / "training.json").read_text())["validation"]
    assert epochs[2]["eval_loss"] < epochs[0]["eval_loss"]


@pytest.fixture(scope="module")
def results(checkpoint, folder):
    with one_thread():
        return evaluate(
            TASK, folder / "core" / "test.jsonl", checkpoint, draws=2, also=(folder / "more" / "test.jsonl",)
        )


def test_results_give_f1_and_exact_match(results):
    assert (results["metric"], results["n"], results["skipped_unanswered"]) == ("f1", 14, 2)
    for entry in (results["direct"], results["merged"], results["soft"], *results["thresholds"]):
        assert 0 <= entry["exact_match"] <= entry["f1"] <= 1
        assert entry["ci"][0] <= entry["f1"] <= entry["ci"][1]


def test_each_further_set_stands_on_its_own(results):
    part = results["groups"]["data set more"]
    assert part["n"] == 14
    assert {"direct", "merged", "soft", "thresholds", "oracle"} <= set(part)


def test_baselines_answer_with_parts_of_the_passage(results):
    assert set(results["baselines"]) == {"nearest_sentence", "first_words", "random_span"}
    assert results["baselines"]["first_words"]["words"] == 1
    assert 0 < results["baselines"]["nearest_sentence"]["f1"] < 1


def test_merged_says_what_the_model_itself_says(results, checkpoint, folder):
    router = load(checkpoint)
    rows = [json.loads(line) for line in (folder / "core" / "test.jsonl").read_text().splitlines()]
    answered = [row for row in rows if row["span"]]
    right = [router.trace(row["x"], row["h"], policy="merged").replay().label == row["label"] for row in answered]
    assert results["merged"]["exact_match"] == pytest.approx(sum(right) / len(answered), abs=1e-6)


def test_a_file_without_any_answer_is_refused(checkpoint, tmp_path):
    data = write_jsonl(tmp_path / "none.jsonl", [{"x": "ship wave", "h": "fish", "label": ""}])
    with pytest.raises(ValueError, match="no row has an answer in x"):
        evaluate(TASK, data, checkpoint)
