"""A router trained where two words tell the label: explanations point at them, and the numbers say so."""

import json
import random

import numpy as np
import pytest

import dualroute
from dualroute.studies.marked_rows import cleaned_positions, move_marks
from dualroute.studies.plausibility import MEASURES, plausibility
from dualroute.tasks import get_task
from dualroute.tasks.base import Marks
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import train

BAD, PLAIN = ("ship", "wave"), ("it", "was", "seen", "again", "today", "cloud", "bird", "house")
SMALL = {"hidden_size": 16, "num_heads": 2, "router_size": 8, "dropout": 0.0}
SETTINGS = TrainingSettings(epochs=30, batch_size=16, learning_rate=1e-2)


def post(draw: random.Random, toxic: bool) -> dict:
    """Six words and a rest; a toxic one has a bad word, which the first of two people finds, and the second misses."""
    words = draw.sample(PLAIN, 6)
    place = draw.randrange(6)
    if toxic:
        words[place] = draw.choice(BAD)
    start = sum(len(word) + 1 for word in words[:place])
    span = [start, start + len(words[place])]
    people = [[[*span, "Insult"]], []] if toxic else [[], []]
    return {
        "x": f"{' '.join(words)}\nThe rest",
        "sentence": 0,
        "annotator_spans": people,
        "gold_spans": [span] * toxic,
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder, draw = tmp_path_factory.mktemp("posts"), random.Random(0)
    for name, count in (("train", 160), ("validation", 30), ("test", 40)):
        rows = [post(draw, toxic=bool(number % 2)) for number in range(count)]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture(scope="module")
def router(folder, backbone, tmp_path_factory):
    out = tmp_path_factory.mktemp("toxicity")
    train(get_task("toxicity"), folder, out, SETTINGS, SMALL, backbone)
    return dualroute.load(out)


@pytest.fixture(scope="module")
def results(router, folder) -> dict:
    return plausibility(router, folder, ["feature_ablation"], rows=16, validation_rows=8)


def entries(results: dict) -> dict[str, dict]:
    return {entry["name"]: entry for entry in results["questions"][0]["methods"]}


def test_the_telling_word_is_found_by_attribution_and_by_counting(results):
    by_name = entries(results)
    assert results["accuracy"] == 1
    assert by_name["feature_ablation"]["auprc"]["value"] > 0.8
    assert by_name["feature_ablation"]["minus_random"]["auprc"]["ci"][0] > 0.2
    assert by_name["frequency"]["character_f1"]["value"] == 1
    assert by_name["random"]["auprc"]["value"] < 0.7


def test_people_are_measured_against_the_same_marks(results):
    """One of two finds the word, the other marks nothing."""
    (question,) = results["questions"]
    assert {name: question["people"][name]["value"] for name in MEASURES[1:]} == dict.fromkeys(MEASURES[1:], 0.5)
    assert question["marked_share"] == pytest.approx(1 / 6)
    assert results["words"] == 6 * results["rows"] == 6 * 16


def test_the_same_seed_gives_the_same_numbers_and_no_text_is_kept(router, folder, results):
    again = plausibility(router, folder, ["feature_ablation"], rows=16, validation_rows=8)
    assert again | {"seconds": 0} == results | {"seconds": 0}
    text = json.dumps(results, allow_nan=False)
    assert not any(f'"{word}"' in text or f" {word} " in text for word in (*BAD, *PLAIN))


def test_a_run_goes_on_from_the_attributions_that_were_kept(router, folder, results, tmp_path, monkeypatch):
    store = tmp_path / "store.jsonl"
    plausibility(router, folder, ["feature_ablation"], rows=5, validation_rows=8, store=store)
    assert len(store.read_text().splitlines()) == 8 + 5
    made, attribute = [], router.attribute
    monkeypatch.setattr(router, "attribute", lambda *a, **k: made.append(a) or attribute(*a, **k))
    again = plausibility(router, folder, ["feature_ablation"], rows=16, validation_rows=8, store=store)
    assert len(made) == 16 - 5
    assert again["questions"] == results["questions"]


def test_what_cannot_be_measured_is_reported(router, folder, trained, data):
    with pytest.raises(ValueError, match="must be positive"):
        plausibility(router, folder, rows=0)
    with pytest.raises(ValueError, match="unknown method 'tea_leaves'"):
        plausibility(router, folder, ["tea_leaves"])
    with pytest.raises(ValueError, match="the task 'custom' has no words marked by people"):
        plausibility(dualroute.load(trained), data)


def test_marks_follow_the_characters_that_cleaning_moved():
    places = cleaned_positions("  a\x00 fool", "a fool")
    assert move_marks(Marks(((5, 9), (0, 2)), ((2, 9),), (((3, 6),),)), places) == Marks(
        ((2, 6),), ((0, 6),), (((1, 3),),)
    )
    assert np.array_equal(sorted(places.values()), range(6))
