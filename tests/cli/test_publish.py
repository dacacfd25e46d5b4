"""`publish`: one command for everything that belongs to a shipped checkpoint."""

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from dualroute.cli import app
from dualroute.cli.publish import _stage_rows
from dualroute.evaluation.evaluate import evaluate
from dualroute.rows.stored import read_rows
from dualroute.tasks.base import Demo
from dualroute.trace.attribution import read_examples

README = "Before\n<!-- results:custom -->\n<!-- /results:custom -->\nAfter\n"
FILES = ("config.json", "model.safetensors", "training.json")


@pytest.fixture
def place(tmp_path, monkeypatch, task):
    """A working directory with empty assets and a README, where `custom` is a known task with one demonstration."""
    (tmp_path / "assets" / "checkpoints").mkdir(parents=True)
    (tmp_path / "README.md").write_text(README)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUALROUTE_ASSETS", str(tmp_path / "assets"))
    monkeypatch.setattr("dualroute.tasks.get_task", lambda name: replace(task, demos=(Demo("it was seen", "ship"),)))
    return tmp_path


def publish(data, *arguments, name: str = "custom"):
    return CliRunner().invoke(app, ["publish", name, "--data", str(data), "--draws", "2", *map(str, arguments)])


def contents(place) -> dict:
    return {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}


def lines(result) -> list[str]:
    """The names of the steps, one for each line."""
    assert result.exit_code == 0, result.output
    return [line.partition(":")[0] for line in result.stdout.splitlines()]


def test_everything_is_written_and_each_step_is_a_line(place, task, data, trained):
    shutil.copytree(trained, place / "runs" / "custom")
    steps = ["checkpoint", "evaluation", "rows", "examples", "files", "cards", "tables"]
    assert lines(publish(data)) == steps
    assets = place / "assets"
    for file in FILES:
        assert (assets / "checkpoints" / "custom" / file).read_bytes() == (trained / file).read_bytes()
    results = json.loads((assets / "results" / "custom.json").read_text())
    expected = evaluate(task, data / "test.jsonl", "custom", draws=2)
    assert results == json.loads(json.dumps(expected))
    rows = read_rows(assets / "rows" / "custom.npz")
    assert rows.results["checkpoint"] == results["checkpoint"] == "custom"
    assert rows.results["direct"] == results["direct"]
    (example,) = read_examples(assets / "examples" / "custom.jsonl")
    assert example.trace.spec.checkpoint == "custom"
    assert "## Results" in (assets / "checkpoints" / "custom" / "README.md").read_text()
    assert "| full context | 100.0% |" in (place / "README.md").read_text()
    assert not list(place.rglob("*.new"))


def test_the_files_are_those_of_the_single_commands(place, data, trained):
    shutil.copytree(trained, place / "assets" / "checkpoints" / "custom", ignore=shutil.ignore_patterns("state"))
    said = publish(data)
    assert "checkpoint: " + str(place / "assets") in said.stdout  # no runs/custom: the shipped one
    test, again = data / "test.jsonl", place / "again"
    for command in (
        ("evaluate", "custom", "--data", test, "--json", again / "results.json", "--draws", 2),
        ("rows", "custom", "--data", test, "--out", again / "rows.npz", "--draws", 2),
    ):
        assert CliRunner().invoke(app, [str(part) for part in command]).exit_code == 0
    for kind, suffix in (("results", "json"), ("rows", "npz")):
        ours = place / "assets" / kind / f"custom.{suffix}"
        assert ours.read_bytes() == (again / f"{kind}.{suffix}").read_bytes(), kind
    for command in (("cards", "--check"), ("table", "--check")):
        assert CliRunner().invoke(app, command).exit_code == 0


def test_a_variant_from_another_folder_measured_on_some_rows(place, data, trained, rows_to_file):
    also = rows_to_file(place / "more.jsonl", 20)
    said = publish(data, "--checkpoint", trained, "--rows", 30, "--also", also, name="custom__wide")
    assert "examples: none" in said.stdout
    results = json.loads((place / "assets" / "results" / "custom__wide.json").read_text())
    assert (results["checkpoint"], results["n"]) == ("custom__wide", 30)
    assert f"data set {place.name}" in results["groups"]
    assert not (place / "assets" / "examples").exists()


@pytest.mark.parametrize(
    ("step", "broken", "message"),
    [
        ("checkpoint", lambda place: shutil.rmtree(place / "runs"), "train it with `python -m dualroute train"),
        ("checkpoint", lambda place: (place / "runs/custom/config.json").unlink(), "no config.json in runs/custom"),
        ("checkpoint", lambda place: (place / "README.md").unlink(), "no file README.md"),
        ("evaluation", lambda place: (place / "data/test.jsonl").unlink(), "no test file in"),
        ("evaluation", lambda place: (place / "data/test.jsonl").write_text("{"), "is not JSON"),
    ],
)
def test_a_failure_names_the_step_and_changes_nothing(place, data, trained, step, broken, message):
    shutil.copytree(trained, place / "runs" / "custom")
    shutil.copytree(data, place / "data")
    broken(place)
    before = contents(place)
    said = publish(place / "data")
    assert said.exit_code == 1
    assert said.stderr.startswith(f"error: {step}: ")
    assert message in said.stderr
    assert said.stderr.endswith("; nothing has changed; fix this and run the command again\n")
    assert len(said.stderr.splitlines()) == 1
    assert contents(place) == before


def test_a_failing_late_step_says_what_is_left_to_do(place, data, trained):
    shutil.copytree(trained, place / "runs" / "custom")
    (place / "README.md").write_text("no markers\n")
    error = publish(data).stderr.splitlines()[-1]
    assert error.startswith("error: tables: README.md has no section")
    assert error.endswith("fix this and run `cards` and `table`")
    assert (place / "assets" / "results" / "custom.json").is_file()


def test_files_that_cannot_be_copied_leave_the_old_ones(place, data, trained, monkeypatch):
    shutil.copytree(trained, place / "runs" / "custom")
    assert lines(publish(data))
    before = contents(place)
    copy, copied = shutil.copyfile, []

    def stop(source, target):
        copied.append(target)
        if str(target).endswith(".new") and len(copied) > 5:
            raise OSError("No space left on device")
        return copy(source, target)

    monkeypatch.setattr("shutil.copyfile", stop)
    error = publish(data, "--rows", 20).stderr.splitlines()[-1]
    assert error.startswith("error: files: No space left on device; some files may be new")
    assert contents(place) == before


def test_a_generated_text_has_no_rows(place, data, capsys):
    router = SimpleNamespace(model=SimpleNamespace(readout=SimpleNamespace(additive=False)))
    _stage_rows(None, data, place / "staged", router, {})
    assert not (place / "staged").exists()
    assert capsys.readouterr().out.startswith("rows: none")
