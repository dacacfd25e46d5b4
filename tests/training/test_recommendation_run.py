"""From records with histories to a checkpoint and its results, measured by the area under the curve."""

import random
from dataclasses import replace

import pytest
from factories.trained import SMALL, write_jsonl

import dualroute
from dualroute.evaluation.evaluate import evaluate
from dualroute.tasks import get_task
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import train

FILMS = ("ship wave", "fish", "cloud", "bird wind", "street", "tram house")
TASK = replace(get_task("recommendations"), baselines=("majority", "majority_of_x", "factorisation"))
SETTINGS = TrainingSettings(epochs=10, batch_size=16, learning_rate=5e-3, budget=0.01, largest_share=0.5)
# Contents come from the top layer: the word embeddings of a random backbone of this size hold too little of a number.
CONFIG = SMALL | {"context": "items", "reader": "bilinear", "dropout": 0.1, "max_length": 32, "content_layer": None}


def records(count: int, seed: int) -> list[dict]:
    """Readers who like all films, and readers who like none."""
    draw, rows = random.Random(seed), []
    for user in range(count):
        kind = draw.random() < 0.5
        film, *before = draw.sample(FILMS, 6)
        h = [f"{title}: {draw.choice([4, 5] if kind else [1, 2])}" for title in before]
        rows.append({"user": user, "x": f"{film} | seen", "h": h, "label": "like" if kind else "dislike"})
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("ratings")
    for seed, (split, count) in enumerate({"train": 120, "validation": 40, "test": 60}.items()):
        write_jsonl(path / f"{split}.jsonl", records(count, seed))
    return path


@pytest.fixture(scope="module")
def checkpoint(folder, backbone, tmp_path_factory):
    out = tmp_path_factory.mktemp("recommendations")
    train(TASK, folder, out, SETTINGS, {**TASK.config, **CONFIG}, backbone)
    return out


def test_results_by_area_with_the_accuracy_beside_it(folder, checkpoint):
    results = evaluate(TASK, folder / "test.jsonl", checkpoint, draws=2)
    assert results["metric"] == "auc"
    assert results["merged"]["auc"] > 0.9 > results["direct"]["auc"]
    for entry in (results["soft"], results["oracle"], *results["thresholds"], *results["baselines"].values()):
        assert {"auc", "ci", "accuracy"} <= set(entry)
    assert set(results["baselines"]) == {"majority", "majority_of_x", "factorisation"}
    assert results["baselines"]["factorisation"]["auc"] > 0.9


def test_the_checkpoint_reads_a_typed_history(checkpoint):
    router = dualroute.load(checkpoint)
    trace = router.trace("fish | seen", ["cloud: 5", "street: 5"], "merged")
    assert trace.context_tokens == ("cloud: 5", "street: 5")
    assert trace.replay().label == "like"
    assert router.trace("fish | seen", "cloud: 1\nstreet: 1", "merged").replay().label == "dislike"
