"""Cards say what lies beside the weights, and the stored ones are not behind it."""

import json
import shutil

import pytest
from huggingface_hub import ModelCard

from dualroute.checkpoints import Checkpoint, title_of
from dualroute.paths import assets_dir, shipped
from dualroute.report.documents import describe, make_card, write_cards
from dualroute.report.results import load_results


@pytest.fixture
def assets(tmp_path, monkeypatch):
    """A folder of assets with the news checkpoint and its results alone."""
    source = assets_dir()
    shutil.copytree(source / "checkpoints" / "news", tmp_path / "checkpoints" / "news")
    (tmp_path / "results").mkdir()
    shutil.copy(source / "results" / "news.json", tmp_path / "results" / "news.json")
    monkeypatch.setenv("DUALROUTE_ASSETS", str(tmp_path))
    return tmp_path


def test_the_stored_cards_are_up_to_date():
    assert write_cards(check=True) == [], "run `python -m dualroute cards`"


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_checkpoint_states_all_of_it(name):
    card = make_card(name)
    assert "not stated" not in card
    assert ModelCard(card).data.license == "apache-2.0"


def test_head_and_text_hold_the_measured_numbers():
    card, results = ModelCard(make_card("news")), load_results(assets_dir() / "results" / "news.json")
    (measured,) = card.data.eval_results
    entry = next(e for e in results["thresholds"] if e["theta"] == results["default_threshold"])
    assert (measured.metric_type, measured.metric_value) == ("accuracy", entry["accuracy"])
    assert card.data.base_model == "sentence-transformers/all-MiniLM-L6-v2"
    assert f"{100 * entry['accuracy']:.1f}%" in card.text


def test_size_and_parameters_are_those_of_the_file(tiny_model, tmp_path):
    tiny_model.save_pretrained(tmp_path / "tiny")
    checkpoint = Checkpoint.read(tmp_path / "tiny")
    assert checkpoint.parameters == sum(value.numel() for value in tiny_model.state_dict().values())
    assert checkpoint.bytes == (tmp_path / "tiny" / "model.safetensors").stat().st_size
    assert "not stated" in describe(checkpoint)  # no record of a training lies beside it


def test_a_card_is_written_once_and_noticed_when_the_results_change(assets):
    path = assets / "checkpoints" / "news" / "README.md"
    path.write_text("old", encoding="utf-8")
    assert write_cards(check=True) == ["news"]
    assert path.read_text(encoding="utf-8") == "old"
    assert write_cards() == ["news"]
    assert write_cards() == []
    results = assets / "results" / "news.json"
    results.write_text(json.dumps(json.loads(results.read_text()) | {"n": 1}))
    assert write_cards(check=True) == ["news"]


def test_without_results_a_card_has_none(assets):
    (assets / "results" / "news.json").unlink()
    card = make_card("news")
    assert "## Results" not in card
    assert "model-index" not in card


def test_a_variant_s_command_says_what_is_different(assets):
    folder = assets / "checkpoints"
    shutil.copytree(folder / "news", folder / "news__early")
    for file, changes in (("config.json", {"early": True}), ("training.json", {})):
        path = folder / "news__early" / file
        stored = json.loads(path.read_text())
        if file == "training.json":
            stored["settings"]["budget"] = 0.3
        path.write_text(json.dumps(stored | changes))
    command = Checkpoint.read(folder / "news").command()
    assert command.endswith("--out runs/news")
    assert Checkpoint.read(folder / "news__early").command() == f"{command}__early --early --budget 0.3"


@pytest.mark.parametrize(
    ("name", "title"), [("news", "News topic"), ("news__early", "News topic, early"), ("mine", "mine")]
)
def test_titles(name, title):
    assert title_of(name) == title


def test_a_folder_without_weights_is_reported(tmp_path):
    with pytest.raises(FileNotFoundError, match="no checkpoint"):
        Checkpoint.read(tmp_path)
