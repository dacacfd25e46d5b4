"""What a command refuses before it works, and what it then says."""

import json

import pytest
from typer.testing import CliRunner

from dualroute.cli import app
from dualroute.data.splits import read_rows
from dualroute.tasks.base import custom_task

COLUMNS = ("--x", "title", "--h", "body", "--label", "topic")


def refused(*arguments) -> str:
    ran = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert ran.exit_code, ran.output
    return " ".join(ran.output.replace("│", " ").split())


def test_three_columns_are_three(data, tmp_path):
    columns = ("--x", "title", "--h", "body", "--label", "body")
    said = refused("train", "--data", data, "--out", tmp_path / "r", *columns)
    assert "must be three columns; 'body' is named twice" in said


def test_files_that_cannot_be_written_are_named_first(data, trained, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    test = data / "test.jsonl"
    assert f"{blocked} is a file" in refused("train", "--data", data, *COLUMNS, "--out", blocked)
    assert "--out must end in .npz" in refused("rows", trained, "--data", test, "--out", tmp_path / "rows.txt")
    assert f"{blocked} is a file" in refused("rows", trained, "--data", test, "--out", blocked / "rows.npz")
    assert "no file" in refused("evaluate", "--checkpoint", trained, "--data", test, "--also", tmp_path / "none.csv")


@pytest.mark.parametrize(("name", "value"), [("--seed", -1), ("--seed", 2**32), ("--draws", 0)])
def test_numbers_are_checked_first(data, trained, name, value):
    said = refused("evaluate", "--checkpoint", trained, "--data", data / "test.jsonl", name, value)
    assert name in said


def test_what_serves_known_tasks_alone_says_so(data, trained):
    assert "has no words marked by people" in refused("plausibility", trained, "--data", data)
    assert "serve --checkpoint" in refused("publish", trained, "--data", data)


def test_rows_that_are_missing_name_their_command(trained, tmp_path):
    said = refused("thresholds", trained)
    assert f"python -m dualroute rows {trained} --data FILE" in said


def test_a_training_that_diverges_is_told(data, backbone, tmp_path):
    options = ("--hidden-size", 32, "--router-size", 8, "--epochs", 1, "--learning-rate", 1e30)
    said = refused("train", "--data", data, *COLUMNS, "--backbone", backbone, *options, "--out", tmp_path / "r")
    assert "lower --learning-rate" in said


def test_faithfulness_of_a_model_of_ones_own(data, trained, tmp_path):
    options = ("--rows", 2, "--methods", "exact", "--orders", 2, "--samples", 4, "--disturbed", 0)
    ran = CliRunner().invoke(app, [str(a) for a in ("faithfulness", trained, "--data", data / "test.jsonl", *options)])
    assert ran.exit_code == 0, ran.output


def test_labels_in_another_spelling_are_those_of_the_model(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"t": f"a {n}", "b": "c", "y": float(n % 2)}) + "\n" for n in range(4)))
    from dualroute.data.splits import known_labels

    rows = known_labels(read_rows(custom_task("t", "b", "y"), path), {"0", "1"}, "rows")
    assert [row.label for row in rows] == ["0", "1", "0", "1"]
