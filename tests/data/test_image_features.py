"""Pictures of a data set: read once, absent where a row has none, varied while training alone."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from dualroute.data.features import image
from dualroute.data.splits import Splits, limited
from dualroute.evaluation.baselines.simple import most_frequent_of_x, nearest_picture
from dualroute.evaluation.evaluate import evaluate, with_wrong_images
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.tasks import Example, Task
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import train

COLOURS = {"red": (220, 20, 20), "blue": (20, 20, 220)}
CONFIG = DualRouteConfig(context="image", image_size=16, patches=4)


def to_example(record: dict) -> Example:
    return Example(x=record["x"], h="", label=record["label"], image=record["image"])


TASK = Task("colour", "Colour", "question", "picture", "Which word looks?", ("no", "yes"), to_example)
TASK = replace(
    TASK,
    easy=lambda row: "ship" in row.x,
    config={"context": "image", "reader": "bilinear", "image_size": 16, "patches": 4},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Questions whose answer only the picture tells; the words are of the tiny backbone."""
    path = tmp_path_factory.mktemp("pictures")
    with zipfile.ZipFile(path / "images.zip", "w") as archive:
        for name, colour in COLOURS.items():
            with archive.open(f"{name}.png", "w") as file:
                Image.new("RGB", (16, 16), colour).save(file, "PNG")
    draw = np.random.default_rng(0)
    for split, count in {"train": 160, "validation": 40, "test": 40}.items():
        names = draw.choice(list(COLOURS), count)
        words = draw.choice(["ship", "bird"], count)
        rows = [
            {
                "x": f"it was {word} again",
                "image": f"{name}.png",
                "label": "yes" if name == "red" else "no",
            }
            for name, word in zip(names, words, strict=True)
        ]
        (path / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def side_of(rows, folder):
    return image.h_features(None, rows, CONFIG, folder, "rows", folder / "images.zip")


def row(name: str) -> Example:
    return Example("x", "", "yes", image=name)


def test_pictures_and_their_absence(folder):
    side = side_of([row("red.png"), row(""), row("red.png"), row("blue.png")], folder)
    assert side.pixels.shape == (2, 3, 16, 16)
    batch = side.batch([side[i] for i in range(4)])
    assert batch["attention_mask"].tolist() == [[1], [0], [1], [1]]
    colours = batch["pixel_values"][:, :, 3, 3] * 255
    torch.testing.assert_close(
        colours, torch.tensor([COLOURS["red"], (255,) * 3, COLOURS["red"], COLOURS["blue"]]).float()
    )


def test_rows_without_any_picture_need_no_archive(tmp_path):
    side = image.h_features(None, [row("")], CONFIG, tmp_path, "rows", tmp_path / "images.zip")
    assert side.batch([side[0]])["pixel_values"].shape == (1, 3, 16, 16)


def test_a_missing_picture_is_named(folder):
    with pytest.raises(FileNotFoundError, match=r"'green\.png' is not in images\.zip"):
        side_of([row("green.png")], folder)


def test_variation_is_seeded_and_small(folder):
    side = side_of([row("red.png")], folder).varied()
    torch.manual_seed(0)
    first, second = side[0], side[0]
    torch.manual_seed(0)
    assert np.array_equal(side[0], first)
    assert not np.array_equal(first, second)
    assert np.abs(first[:, 8, 8].astype(int) - COLOURS["red"]).max() <= 0.15 * 255


def test_without_change_a_sample_is_the_picture():
    picture = np.random.default_rng(0).integers(0, 255, (3, 8, 8), dtype=np.uint8)
    assert np.array_equal(image._sample(picture, np.arange(8.0), np.arange(8.0)), picture)
    moved = image._sample(picture, np.arange(8.0) + 1, np.arange(8.0))
    assert np.array_equal(moved[:, :7], picture[:, 1:])
    assert (moved[:, 7] == 255).all()


def test_every_row_gets_another_picture_and_rows_of_one_picture_stay_together():
    rows = [row(f"{i % 5}") for i in range(20)] + [row("")]
    wrong = with_wrong_images(rows)
    assert all(a.image != b.image for a, b in zip(rows, wrong, strict=True) if a.image)
    assert len({(a.image, b.image) for a, b in zip(rows, wrong, strict=True)}) == 6
    assert wrong[-1] == rows[-1]
    with pytest.raises(ValueError, match="two different"):
        with_wrong_images([row("a")] * 3)


def test_rows_that_differ_in_the_picture_alone_are_chosen_one_by_one():
    rows = [row(f"{i}.png") for i in range(100)]
    assert len({example.image for example in limited(rows, 30)}) == 30
    kinds = {int(example.image[:-4]) % 2 for example in limited(rows, 30)}
    assert kinds == {0, 1}


def test_trained_and_measured_from_end_to_end(folder, backbone, tmp_path):
    settings = TrainingSettings(
        epochs=2, easy_epochs=1, batch_size=16, learning_rate=3e-3, vary=True, largest_share=0.5, budget=0.05
    )
    config = {"hidden_size": 32, "num_heads": 2, "router_size": 8}
    train(TASK, folder, tmp_path / "out", settings, TASK.config | config, backbone)
    results = evaluate(TASK, folder / "test.jsonl", tmp_path / "out", draws=2)
    assert results["merged"]["accuracy"] >= 0.9  # seen: 1.0
    assert results["direct"]["accuracy"] <= 0.7
    record = json.loads((tmp_path / "out" / "training.json").read_text())
    assert [entry["epoch"] for entry in record["validation"]] == [1, 1, 2]  # the easy rows, then all
    assert results["wrong_image"]["merged"]["accuracy"] <= 0.1  # with two pictures the wrong one is always misleading
    assert set(results["wrong_image"]) == {"merged", "threshold"}
    with pytest.raises(FileNotFoundError, match=r"other\.zip is neither"):
        evaluate(TASK, folder / "test.jsonl", tmp_path / "out", draws=2, images=folder / "other.zip")


def test_baselines_of_pictures(folder):
    train = [Example("a", "", "red thing", image="red.png"), Example("b", "", "blue thing", image="blue.png")]
    rows = [row("blue.png"), replace(row("blue.png"), x="a"), row("red.png"), row("")]
    answers = nearest_picture(Splits(train, []), rows, folder / "images.zip")
    assert answers.labels.tolist()[:3] == ["blue thing", "red thing", "red thing"]  # of the same x where there are some
    assert nearest_picture(Splits([row("")], []), rows, folder / "images.zip") is None
    counted = most_frequent_of_x(Splits([*train, replace(train[1], x="a"), train[1], replace(train[0])], []), rows)
    assert counted.labels.tolist() == ["blue thing", "red thing", "blue thing", "blue thing"]
