"""A checkpoint with a missing or damaged file is refused by name, with what helps; no weight is made up."""

import shutil

import pytest
from safetensors.torch import load_file, save_file

import dualroute
from dualroute.paths import assets_dir


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(assets_dir() / "checkpoints" / "news", tmp_path / "news")


def without_tensor(weights):
    tensors = load_file(weights)
    del tensors["reader.query.weight"]
    save_file(tensors, weights, {"format": "pt"})


def with_smaller_tensor(weights):
    tensors = load_file(weights)
    save_file(tensors | {"reader.query.weight": tensors["reader.query.weight"][:1].clone()}, weights, {"format": "pt"})


DAMAGES = {
    "cut": lambda weights: weights.write_bytes(weights.read_bytes()[:1000]),
    "empty": lambda weights: weights.write_bytes(b""),
    "pointer": lambda weights: weights.write_text("version https://git-lfs.github.com/spec/v1\nsize 1\n"),
    "tensor missing": without_tensor,
    "tensor of another size": with_smaller_tensor,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_weights_are_named(folder, damage):
    damage(folder / "model.safetensors")
    with pytest.raises(ValueError, match=r"news/model\.safetensors is damaged .*Copy the file again") as raised:
        dualroute.load(folder)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"news/{name} is missing\. Copy the file again"):
        dualroute.load(folder)


def test_a_broken_config_is_named(folder):
    (folder / "config.json").write_text("{")
    with pytest.raises(ValueError, match=r"news/config\.json is damaged"):
        dualroute.load(folder)


def test_an_untouched_copy_is_loaded(folder):
    assert dualroute.load(folder).revision == dualroute.load("news").revision


def test_the_message_about_a_shipped_file_begins_at_assets(monkeypatch, tmp_path):
    copied = shutil.copytree(assets_dir() / "checkpoints" / "news", tmp_path / "assets" / "checkpoints" / "news")
    (copied / "model.safetensors").unlink()
    monkeypatch.setattr("dualroute.families.dual_route.loading.assets_dir", lambda: tmp_path / "assets")
    with pytest.raises(FileNotFoundError, match=r"^the file assets/checkpoints/news/model\.safetensors is missing"):
        dualroute.load(copied)
