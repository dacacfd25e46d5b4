"""A checkpoint that a user trained: on the page, for programs and in the commands like a shipped one."""

import json
import os
import shutil

import pytest
from typer.testing import CliRunner

from dualroute.api import load, load_dual_router
from dualroute.app import endpoints
from dualroute.app.catalogue import load_catalogue
from dualroute.app.compare.tab import choices, through_all
from dualroute.app.inspect.tab import view_payload
from dualroute.app.models import _ROUTERS
from dualroute.app.results.tab import result_names, show
from dualroute.app.thresholds import tab as thresholds
from dualroute.checkpoints import OWN, Checkpoint, files_of, offer, served
from dualroute.cli import app
from dualroute.paths import shipped

X, H = "it was seen", "a ship at sea"


@pytest.fixture
def own(trained, tmp_path, monkeypatch):
    """A folder that training wrote, offered as the checkpoint `mine`."""
    folder = shutil.copytree(trained, tmp_path / "runs" / "mine")
    monkeypatch.setenv(OWN, str(folder))
    monkeypatch.setattr("dualroute.app.models._ROUTERS", type(_ROUTERS)())
    return folder


def run(*arguments) -> str:
    ran = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_own_checkpoints_come_first_and_are_loaded_by_name(own):
    assert list(served()) == ["mine", *shipped()]
    assert load("mine").revision == load(own).revision


def test_names_that_are_taken_get_the_folder_above(trained, tmp_path, monkeypatch):
    folders = [
        tmp_path / "a" / "news",
        tmp_path / "b" / "news",
        tmp_path / "b" / "a-news",
        tmp_path / "c" / "a" / "news",
    ]
    for folder in folders:
        shutil.copytree(trained, folder)
    monkeypatch.delenv(OWN, raising=False)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    offer(folders)
    own = [name for name, files in served().items() if not files.is_shipped]
    assert own == ["a-news", "b-news", "b-a-news", "a-news-2"]
    assert served()["news"].is_shipped
    assert served()["a-news-2"].folder == folders[3]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: None, "no checkpoint or folder"),
        (lambda folder: folder.mkdir(), "holds no checkpoint"),
        (lambda folder: (folder / "state").mkdir(parents=True), "has not finished; run its command again"),
    ],
    ids=["no folder", "an empty folder", "a run under way"],
)
def test_a_folder_without_a_checkpoint_is_refused(tmp_path, make, words):
    make(tmp_path / "mine")
    with pytest.raises(FileNotFoundError, match=words):
        offer([tmp_path / "mine"])


def test_the_page_has_it_as_a_task_of_its_own(own):
    entry = next(iter(load_catalogue().values()))
    assert (entry.key, entry.checkpoint, entry.task.x_name, entry.task.h_name) == ("mine", "mine", "title", "body")
    assert entry.task.title == "Own data: mine"
    assert load_catalogue()["news"].checkpoint == "news"


def test_a_second_one_of_the_same_columns_is_a_decision_layer(own, monkeypatch):
    other = shutil.copytree(own, own.parent / "again")
    monkeypatch.setenv(OWN, os.pathsep.join(map(str, (own, other))))
    entry = load_catalogue()["mine"]
    assert [layer.checkpoint for layer in entry.layers] == ["mine", "again"]
    assert entry.layers[1].title.startswith("again: ")


def test_one_of_a_known_task_is_a_decision_layer_of_it(tmp_path, monkeypatch):
    folder = shutil.copytree(served()["news"].folder, tmp_path / "wider")
    monkeypatch.setenv(OWN, str(folder))
    entry = load_catalogue()["news"]
    assert entry.checkpoint == "news"
    assert "wider" in [layer.checkpoint for layer in entry.layers]
    assert not Checkpoint.read(folder).command()  # nobody knows how it was trained


def test_it_is_traced_and_compared(own):
    payload = view_payload({"checkpoint": "mine", "x": X, "h": H})
    assert (payload["checkpoint"], payload["x"]) == ("mine", X)
    trace = json.loads(endpoints.trace("mine", X, H))
    assert str(own.parent) not in json.dumps(trace)
    pair = json.loads(endpoints.compare("news", X, H, other={"checkpoint": "mine"}))
    assert (pair["a"]["checkpoint"], pair["b"]["checkpoint"]) == ("news", "mine")
    assert "mine" in [choice["name"] for choice in choices(load_catalogue())]
    rows = {row["checkpoint"]: row for row in through_all({"checkpoint": "news", "x": X, "h": H})["rows"]}
    assert len(rows["mine"]["tokens"]) == 3


def test_it_is_measured_on_rows_of_a_program(own):
    rows = [{"x": X, "h": H, "label": label} for label in ("sea", "sky", "city")]
    measured = json.loads(endpoints.evaluate("mine", rows, [0.2]))
    assert (measured["n"], measured["metric"]) == (3, "accuracy")
    assert measured["merged"]["accuracy"] == pytest.approx(1 / 3)


def test_its_rows_are_made_and_shown(own, data):
    assert ["mine", "mine"] in thresholds.start()["names"]
    payload = thresholds.rows_of("mine")
    assert (payload["kind"], payload["name"], payload["figure"]) == ("curve", "mine", None)
    assert "python -m dualroute rows FOLDER --data FILE" in payload["why"]
    own_row = "x,h,label\nit was seen,a ship,sea"
    *_, last = thresholds.run_rows({"name": "mine", "csv": own_row})
    assert (last["rows"]["name"], last["rows"]["n"]) == ("mine", 1)
    run("rows", own, "--data", data / "test.jsonl", "--draws", 2)
    assert (own / "rows.npz").is_file()
    payload = thresholds.rows_of("mine")
    assert (payload["kind"], payload["n"], payload["name"]) == ("rows", 60, "mine")
    *_, last = thresholds.run_rows({"name": "mine", "csv": "x,h,label\nit was seen,a ship,sea\nit was,a cloud,sky"})
    assert last["rows"]["n"] == 2
    assert "60 rows" in run("thresholds", own, "--html", own / "thresholds.html")
    assert "60 rows" in run("thresholds", "mine", "--theta", 0.3)


def test_its_results_are_made_and_shown(own, data):
    assert "mine" in result_names()
    report, card = show("mine")
    assert "evaluate --checkpoint FOLDER --data FILE" in report["blocks"][0]["text"]
    assert "Which words of the title need the body to get the topic right?" in card.value
    run("evaluate", "--checkpoint", own, "--data", data / "test.jsonl", "--draws", 2)
    report, _ = show("mine")
    assert {block["kind"] for block in report["blocks"]} >= {"text", "figure", "table"}
    assert result_names().count("mine") == 1
    show("overview")


def test_examples_of_own_rows_are_shown_at_once(own, data):
    run("examples", own, "--data", data / "test.jsonl", "--rows", 3)
    entry = load_catalogue()["mine"]
    assert len(entry.examples) == 3
    assert entry.payloads(0)[0]["checkpoint"] == "mine"


def test_the_columns_can_be_named_anew(own, data, tmp_path):
    lines = [json.loads(line) for line in (data / "test.jsonl").read_text().splitlines()]
    other = tmp_path / "other.jsonl"
    other.write_text("".join(json.dumps({"t": r["title"], "b": r["body"], "l": r["topic"]}) + "\n" for r in lines))
    failed = CliRunner().invoke(app, ["rows", str(own), "--data", str(other)])
    assert (failed.exit_code, "no column 'title'" in failed.output) == (1, True)
    assert "60 rows" in run("rows", own, "--data", other, "--x", "t", "--h", "b", "--label", "l", "--draws", 2)


def test_columns_without_a_checkpoint_ask_for_one(data):
    columns = ["--x", "title", "--h", "body", "--label", "topic"]
    failed = CliRunner().invoke(app, ["evaluate", "--data", str(data / "test.jsonl"), *columns])
    assert "--checkpoint FOLDER" in failed.output


def test_a_router_knows_where_it_is_from(own):
    assert load_dual_router("mine").checkpoint == "mine"
    assert files_of(own).name == "mine"
