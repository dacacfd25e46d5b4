"""Names of checkpoints and backbones: a name that can only be a folder never goes to the hub; others go there once."""

from pathlib import Path
from types import SimpleNamespace

import pytest

import dualroute
from dualroute.families.dual_route.backbone import load_backbone
from dualroute.families.model_folders import is_hub_id, needed_files

NO_NAMES = [(3, TypeError), (None, TypeError), (b"x", TypeError), ("", ValueError), (" ", ValueError)]
IDS = [("a/b", True), ("a", False), ("a/b/c", False), ("./a", False), ("~/a", False)]
OPENERS = {"checkpoint": dualroute.load, "backbone": load_backbone}


class Hub:
    """Counts what the hub is asked for."""

    def __init__(self):
        self.asked, self.answer, self.fetched = [], ConnectionError("no network"), []

    def model_info(self, api, name, **options):
        self.asked.append((name, options))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def snapshot_download(self, name, **options):
        from huggingface_hub.errors import LocalEntryNotFoundError

        self.fetched.append((name, options))
        if options.get("local_files_only"):
            raise LocalEntryNotFoundError("nothing stored")
        return str(Path.cwd() / "fetched")


@pytest.fixture
def hub(monkeypatch, tmp_path):
    hub = Hub()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("huggingface_hub.HfApi.model_info", lambda *names, **options: hub.model_info(*names, **options))
    monkeypatch.setattr("huggingface_hub.snapshot_download", hub.snapshot_download)
    return hub


@pytest.mark.parametrize("what", OPENERS)
@pytest.mark.parametrize(
    "name", ["./nothere", "../nothere/x", "~/mine", "/abs/run", "a/b/c", "runs/nothere", Path("runs/x")]
)
def test_a_name_that_can_only_be_a_folder_is_never_asked_for(hub, what, name):
    Path("runs/nowhere").mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match=f"there is no {what} '.*{Path(name).name}'") as raised:
        OPENERS[what](name)
    assert not hub.asked
    assert not hub.fetched
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("what", OPENERS)
def test_similar_names_beside_a_missing_folder_are_told(hub, what):
    for name in ("mine", "yours", "nowhere"):
        Path("runs", name).mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match=r"\(runs has nowhere\)"):
        OPENERS[what]("runs/nothere")
    with pytest.raises(FileNotFoundError, match=r"\(runs has mine, nowhere, yours\)"):
        OPENERS[what]("runs/zzz/deeper")


@pytest.mark.parametrize("what", OPENERS)
def test_without_a_network_the_hub_is_asked_once(hub, what):
    with pytest.raises(
        OSError, match=f"the {what} 'someone/model' is no folder, and the hub, .* was not reached"
    ) as raised:
        OPENERS[what]("someone/model")
    assert [(name, "timeout" in options) for name, options in hub.asked] == [("someone/model", True)]
    assert ("there are" if what == "checkpoint" else "name a folder") in str(raised.value)


@pytest.mark.parametrize("what", OPENERS)
def test_what_the_hub_does_not_have_is_told(hub, what):
    from huggingface_hub.errors import RepositoryNotFoundError

    hub.answer = RepositoryNotFoundError("404", response=SimpleNamespace(headers={}, request=None, status_code=404))
    with pytest.raises(FileNotFoundError, match=f"no {what} 'someone/model': no folder, and no model of the hub"):
        OPENERS[what]("someone/model")


def test_a_model_of_the_hub_is_read_like_a_folder_and_only_what_is_needed_is_fetched(hub):
    from factories.tiny import make_model

    tiny = make_model().backbone
    tiny.model.save_pretrained("fetched")
    tiny.tokenizer.save_pretrained("fetched")
    files = [*(path.name for path in Path("fetched").iterdir()), "onnx/model.onnx", "pytorch_model.bin", "tf_model.h5"]
    hub.answer = SimpleNamespace(sha="abc", siblings=[SimpleNamespace(rfilename=name) for name in files])
    backbone = load_backbone("someone/model")
    assert backbone.name == "someone/model"
    assert len(backbone.sha256) == 64
    (name, options) = hub.fetched[-1]
    assert (name, options["revision"]) == ("someone/model", "abc")
    assert set(options["allow_patterns"]) == {path.name for path in Path("fetched").iterdir()}


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["model.safetensors", "pytorch_model.bin"], ["model.safetensors"]),
        (["pytorch_model.bin", "flax_model.msgpack"], ["pytorch_model.bin"]),
        (
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"],
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"],
        ),
        (
            ["sentencepiece.bpe.model", "vocab.txt", "README.md", "x/vocab.txt"],
            ["sentencepiece.bpe.model"],
        ),
    ],
)
def test_needed_files(names, kept):
    found = needed_files([*names, "config.json"])
    assert "config.json" in found
    assert set(kept) <= set(found)
    assert not {"pytorch_model.bin", "model.safetensors"} <= set(found)
    assert not {"README.md", "x/vocab.txt", "flax_model.msgpack"} & set(found)


def test_what_is_stored_is_read_without_asking(hub, monkeypatch, tmp_path):
    from factories.tiny import make_model

    tiny = make_model().backbone
    tiny.model.save_pretrained(tmp_path / "stored")
    tiny.tokenizer.save_pretrained(tmp_path / "stored")
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda name, **options: str(tmp_path / "stored"))
    assert load_backbone("someone/stored").name == "someone/stored"
    assert not hub.asked


@pytest.mark.parametrize("what", OPENERS)
@pytest.mark.parametrize(("name", "error"), NO_NAMES)
def test_what_is_no_name_is_refused_in_words(hub, what, name, error):
    with pytest.raises(error, match=f"a {what} is named by a text or a path|the name of the {what} is empty"):
        OPENERS[what](name)
    assert not hub.asked


def test_a_shipped_name_that_is_spelled_wrongly_is_guessed(hub):
    with pytest.raises(FileNotFoundError, match="did you mean 'news'"):
        dualroute.load("newz")
    assert not hub.asked


def test_a_run_that_has_not_finished_is_told(hub):
    Path("runs/r/state").mkdir(parents=True)
    for name in ("runs/r", Path("runs/r").absolute()):
        with pytest.raises(FileNotFoundError, match="has not finished; run the same command again to resume"):
            dualroute.load(name)


def test_a_folder_of_checkpoints_and_a_file_are_told(hub):
    Path("runs/mine").mkdir(parents=True)
    Path("runs/mine/config.json").write_text("{}")
    with pytest.raises(FileNotFoundError, match="runs is no checkpoint; name one of its folders: mine"):
        dualroute.load("runs")
    with pytest.raises(FileNotFoundError, match="is a file; name the folder"):
        dualroute.load("runs/mine/config.json")


@pytest.mark.parametrize(("name", "expected"), IDS)
def test_what_may_be_an_id(hub, name, expected):
    assert is_hub_id(name) is expected
