"""The commands, from data to a trained and measured router."""

import json
import shutil
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from dualroute.cli import app
from dualroute.trace.record import Trace

COLUMNS = ("--x", "title", "--h", "body", "--label", "topic")


def run(*arguments, code: int = 0) -> SimpleNamespace:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return SimpleNamespace(out=result.stdout, err=result.stderr)


@pytest.fixture(scope="module")
def own(tmp_path_factory, rows_to_file, backbone) -> SimpleNamespace:
    """A router trained by command on one file of somebody's own."""
    folder = tmp_path_factory.mktemp("own")
    data = rows_to_file(folder / "mine.jsonl", 150)
    options = ("--epochs", 2, "--batch-size", 32, "--router", "linear", "--early", "--seed", 4)
    output = run("train", *COLUMNS, "--data", data, "--out", folder / "out", "--backbone", backbone, *options)
    return SimpleNamespace(data=data, out=folder / "out", output=output)


def test_train_on_own_columns(own):
    config = json.loads((own.out / "config.json").read_text())
    assert (config["task"], config["router"], config["early"]) == ("custom", "linear", True)
    settings = json.loads((own.out / "training.json").read_text())["settings"]
    assert (settings["epochs"], settings["batch_size"], settings["seed"], settings["budget"]) == (2, 32, 4, 0.1)
    assert str(own.out) in own.output.out


def test_going_on_with_other_options_is_one_line(own, backbone):
    result = run("train", *COLUMNS, "--data", own.data, "--out", own.out, "--backbone", backbone, "--epochs", 5, code=1)
    assert result.err.splitlines()[-1].startswith("error: ")
    assert "epochs was 2, is 5" in result.err


def test_of_the_training_file_only_the_held_out_rows_are_measured(own, tmp_path, caplog):
    run(
        "evaluate", *COLUMNS, "--data", own.data, "--checkpoint", own.out, "--json", tmp_path / "own.json", "--draws", 2
    )
    results = json.loads((tmp_path / "own.json").read_text())
    record = json.loads((own.out / "training.json").read_text())
    assert results["n"] == record["validation_rows"] < 40
    assert results["baselines"]["tfidf_h"]["training_rows"] == record["training_rows"]
    assert "held out" in results["rows_note"]
    assert "is the training file" in caplog.text


def test_of_another_file_all_rows_are_measured(own, rows_to_file, tmp_path):
    data = rows_to_file(tmp_path / "other.jsonl", 30)
    output = run("evaluate", *COLUMNS, "--data", data, "--checkpoint", own.out, "--draws", 2)
    assert "30 rows of `other.jsonl`" in output.out
    assert "| without context |" in output.out


def test_evaluate_then_table(own, tmp_path):
    (tmp_path / "README.md").write_text("Before\n<!-- results:own -->\n<!-- /results:own -->\nAfter\n")
    table = ("table", "--results", tmp_path / "results", "--readme", tmp_path / "README.md")
    run(
        "evaluate",
        *COLUMNS,
        "--data",
        own.data,
        "--checkpoint",
        own.out,
        "--json",
        tmp_path / "results/own.json",
        "--draws",
        2,
    )
    assert "not what the results say" in run(*table, "--check", code=1).err
    run(*table)
    run(*table, "--check")
    text = (tmp_path / "README.md").read_text()
    assert text.startswith("Before\n")
    assert text.endswith("After\n")
    assert "| full context | 100.0% |" in text


def test_trace_prints_what_every_token_did(trained):
    output = run("trace", trained, "--x", "it was [bold]seen", "--h", "ship", "--policy", "merged").out
    for part in ("routed (merged)", "without context", "with full context", "bold", "6 of 6 tokens read the body"):
        assert part in output


def test_trace_as_json(trained, tmp_path):
    run("trace", trained, "--x", "it was seen", "--h", "ship", "--threshold", 0.25, "--json", tmp_path / "trace.json")
    trace = Trace.from_json((tmp_path / "trace.json").read_text())
    assert trace.tokens == ("it", "was", "seen")
    assert trace.spec.threshold == 0.25
    assert Trace.from_json(run("trace", trained, "--x", "it", "--json", "-").out).h == ""


def test_trace_as_a_page_in_one_file(trained, tmp_path):
    out = tmp_path / "trace.html"
    run("trace", trained, "--x", "it was seen", "--h", "ship", "--html", out)
    assert '"attribution": {"request"' in out.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--x", ""), "the title is empty"),
        (("--x", "it", "--policy", "oracle"), "unknown policy 'oracle'"),
        (("--x", "it", "--threshold", "2"), "threshold must lie in"),
        (("--x", "it", "--json", __file__ + "/trace.json"), "is a file, not a folder"),
    ],
)
def test_what_cannot_be_traced_is_one_line(trained, arguments, message):
    err = run("trace", trained, *arguments, code=1).err
    assert err.startswith("error: ")
    assert message in err
    assert len(err.splitlines()) == 1


def test_a_changed_backbone_is_reported(trained, backbone, tmp_path):
    shutil.copytree(trained, tmp_path / "copy", ignore=shutil.ignore_patterns("state"))
    config = json.loads((tmp_path / "copy" / "config.json").read_text())
    (tmp_path / "copy" / "config.json").write_text(json.dumps(config | {"backbone_sha256": "0" * 64}))
    err = run("trace", tmp_path / "copy", "--x", "it", code=1).err
    assert "its numbers would be wrong" in err
    assert len(err.splitlines()) == 1
