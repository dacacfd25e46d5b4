import json
import shutil
from dataclasses import replace

import pytest
from safetensors.numpy import load_file

import dualroute
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import train
from dualroute.training.trainer import RoutingTrainer

SHORT = TrainingSettings(epochs=2, batch_size=32)
SMALL = {"hidden_size": 16, "num_heads": 2, "router_size": 8}


def weights(folder) -> dict:
    return load_file(folder / "model.safetensors")


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all((one[name] == other[name]).all() for name in one)


@pytest.fixture(scope="module")
def uninterrupted(task, data, backbone, tmp_path_factory):
    out = tmp_path_factory.mktemp("uninterrupted")
    train(task, data, out, SHORT, SMALL, backbone)
    return out


def test_the_checkpoint_loads_and_knows_what_it_was_trained_on(trained, backbone):
    config = dualroute.load(trained).model.config
    assert config.label_names == ["city", "sea", "sky"]
    assert (config.task, config.x_name, config.h_name, config.backbone) == ("custom", "title", "body", backbone)
    assert not any("backbone" in name for name in weights(trained))
    assert {path.name for path in trained.iterdir()} == {"config.json", "model.safetensors", "training.json", "state"}


def test_it_learns(trained):
    last = json.loads((trained / "training.json").read_text())["validation"][-1]
    assert last["eval_merged"] > 0.75  # three topics: 0.33 is chance
    assert last["eval_merged"] > last["eval_direct"] + 0.1


def test_theta_is_chosen_on_the_held_out_rows(trained):
    record = json.loads((trained / "training.json").read_text())
    chosen = record["threshold"]
    assert json.loads((trained / "config.json").read_text())["threshold"] == chosen["theta"]
    assert chosen["share"] <= 0.25
    assert chosen["theta"] != 0.5  # the config's own default
    assert (record["training_rows"], record["validation_rows"]) == (200, 40)


def test_an_interrupted_run_goes_on_and_ends_with_the_same_weights(
    uninterrupted, task, data, backbone, tmp_path, monkeypatch
):
    steps, original = [], RoutingTrainer.training_step

    def pull_the_plug(self, *args, **kwargs):
        steps.append(self.state.epoch)
        if len(steps) == 10:  # the third step of the second epoch
            raise KeyboardInterrupt
        return original(self, *args, **kwargs)

    monkeypatch.setattr(RoutingTrainer, "training_step", pull_the_plug)
    with pytest.raises(KeyboardInterrupt):
        train(task, data, tmp_path, SHORT, SMALL, backbone)
    assert not (tmp_path / "model.safetensors").exists()
    last = tmp_path / "state" / "checkpoint-7"
    # and the plug was pulled once more, while an epoch was being written
    shutil.copytree(last, last.with_name("checkpoint-12"), ignore=shutil.ignore_patterns("trainer_state.json"))
    steps.clear()
    monkeypatch.setattr(RoutingTrainer, "training_step", lambda *a, **k: (steps.append(1), original(*a, **k))[1])
    train(task, data, tmp_path, SHORT, SMALL, backbone)
    assert len(steps) == 7  # the second epoch alone
    assert same(weights(tmp_path), weights(uninterrupted))
    assert (tmp_path / "config.json").read_text() == (uninterrupted / "config.json").read_text()


def test_the_seed_decides(uninterrupted, task, data, backbone, tmp_path):
    train(task, data, tmp_path / "same", SHORT, SMALL, backbone, cache=uninterrupted / "state" / "features")
    train(task, data, tmp_path / "other", replace(SHORT, seed=1), SMALL, backbone, cache=tmp_path / "features")
    assert same(weights(tmp_path / "same"), weights(uninterrupted))
    assert not same(weights(tmp_path / "other"), weights(uninterrupted))
    assert not (tmp_path / "other" / "state" / "features").exists()
    assert len(list((tmp_path / "features").iterdir())) == 4


@pytest.mark.parametrize(
    ("settings", "config", "message"),
    [
        (replace(SHORT, epochs=3), SMALL, "epochs was 2, is 3"),
        (SHORT, SMALL | {"router": "linear"}, "router was mlp, is linear"),
    ],
)
def test_going_on_with_other_settings_is_refused(uninterrupted, task, data, backbone, settings, config, message):
    before = weights(uninterrupted)
    with pytest.raises(ValueError, match=message):
        train(task, data, uninterrupted, settings, config, backbone)
    assert same(weights(uninterrupted), before)


def test_going_on_with_other_rows_is_refused(uninterrupted, task, rows_to_file, data, backbone, tmp_path):
    rows_to_file(tmp_path / "train.jsonl", 30)
    (tmp_path / "validation.jsonl").write_bytes((data / "validation.jsonl").read_bytes())
    with pytest.raises(ValueError, match="rows was"):
        train(task, tmp_path, uninterrupted, SHORT, SMALL, backbone)


def test_one_file_is_split_and_its_digest_kept(task, rows_to_file, backbone, tmp_path):
    path = rows_to_file(tmp_path / "mine.jsonl", 100)
    train(task, path, tmp_path / "out", replace(SHORT, epochs=1), SMALL, backbone)
    record = json.loads((tmp_path / "out" / "training.json").read_text())
    assert record["training_rows"] + record["validation_rows"] == 100
    assert 1 <= record["validation_rows"] <= 25
    assert len(record["data_sha256"]) == 64
