"""The commands that train and measure a gate of a language model, from a data set to a checkpoint and results."""

import json

import pytest
from factories.language_models import PASSAGE, PROMPT, parts
from typer.testing import CliRunner

import dualroute
from dualroute.cli import app
from dualroute.evaluation.gate_study import evaluate_study
from dualroute.report.passage_gate import gate_card
from dualroute.rows.gate_study import read_gate_study
from dualroute.training.passage_gate import Frame, read_questions

SENTENCES = ("The striker scored twice", "Shares fell after a report", "Rain in the city", "Peace talks stop the vote")
WORDS = ("striker", "Shares", "city", "vote")


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for split, count in (("train", 12), ("validation", 8), ("test", 4)):
        rows = [
            {"x": f"{SENTENCES[i % 4]} {i}.", "h": f"what {i}", "label": WORDS[i % 4], "passage_id": f"a{i % 2}-{i}"}
            for i in range(count)
        ]
        rows.append({"x": "no answer", "h": "what", "label": "", "passage_id": ""})
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    for part in parts():
        part.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("stage", ["--full", "--early"])
def test_a_gate_is_trained_loaded_and_measured(data, base, tmp_path, stage):
    out, cache = tmp_path / "gate", tmp_path / "cache"
    result = run("train-gate", base, "--data", data, "--out", out, stage, "--epochs", 2, "--cache", cache)
    assert result.exit_code == 0, result.output
    assert "of 12 rows" in result.output
    assert "validation rows: 8 of 8" in result.output
    model = dualroute.load(out)
    assert model.gate.full is (stage == "--full")
    assert model.gate.config.state_size == 32
    assert 0 < model.gate.threshold < 1
    assert len(model.write(PROMPT, PASSAGE, max_tokens=3).run().ids) <= 3
    stored = json.loads((out / "config.json").read_text())
    assert stored["training"]["rows"] == 12
    assert len(stored["trained_on"]["weights_sha256"]) == 64
    results, rows = tmp_path / "results.json", out / "rows.npz"
    command = ("evaluate-gate", out, "--data", data / "test.jsonl", "--cache", cache, "--json", results, "--rows", rows)
    measured, again = run(*command), run(*command)
    assert "rows: 12 of 12" in measured.output
    assert "rows: 12 of 12" not in again.output  # the features were kept
    assert measured.exit_code == 0, measured.output
    assert [line.partition(":")[0] for line in measured.output.splitlines()[-4:]] == [
        "right",
        "random",
        "near",
        "mixture",
    ]
    found, study = json.loads(results.read_text()), read_gate_study(rows)
    assert found["groups"]["mixture"]["rows"] == len(study) == 12
    again = evaluate_study(study)
    assert again == {name: found[name] for name in again}
    assert study.results["full"] is (stage == "--full")
    assert study.ids[:4] == ("question 1",) * 3 + ("question 2",)
    named = run("evaluate-gate", out, "--data", data / "test.jsonl", "--rows", tmp_path / "rows.csv")
    assert "--rows must end in .npz" in named.output
    stored = json.loads(results.read_text())
    assert stored["groups"]["mixture"]["rows"] == 12
    assert "written" not in stored
    writing = run(*command, "--written", 2, "--metric", "rougeL")
    assert "mixture, written: rougeL direct" in writing.output
    stored = json.loads(results.read_text())["written"]
    assert (stored["rows"], stored["groups"]["right"]["merged"]["share"]) == (2, 1)
    assert "right, written: exact_match direct" in run(*command, "--written", 3, "--right").output
    stored = json.loads(results.read_text())["written"]
    assert (stored["rows"], list(stored["groups"])) == (3, ["right"])


def test_prompt_and_passage_are_made_of_the_columns(data, base, tmp_path):
    """They are stored with the gate, which is measured on rows of the same form."""
    file, frame = data / "train.jsonl", Frame("Say {it} of {h}.", "{x} {h}{x}")
    question = read_questions(file, frame=frame)[0]
    assert question.prompt == "Say {it} of what 0."
    assert question.passage == "The striker scored twice 0. what 0The striker scored twice 0."
    out = tmp_path / "gate"
    framed = ("--prompt", "Write a headline.", "--passage", "{x} {h}")
    result = run("train-gate", base, "--data", data, "--out", out, "--epochs", 1, *framed)
    assert result.exit_code == 0, result.output
    config = json.loads((out / "config.json").read_text())
    assert config["training"]["frame"] == {"prompt": "Write a headline.", "passage": "{x} {h}"}
    assert '--prompt "Write a headline." --passage "{x} {h}"' in gate_card("gate", config, None)
    assert "The gate was trained on answers to one prompt: “Write a headline.”" in dualroute.load(out).limits
    measured = run("evaluate-gate", out, "--data", data / "test.jsonl")
    assert measured.exit_code == 0, measured.output


def test_what_cannot_be_trained_on_is_one_line(data, base, tmp_path):
    missing = run("train-gate", base, "--data", tmp_path, "--out", tmp_path / "gate")
    assert missing.exit_code == 1
    assert "no train file" in missing.output
    (tmp_path / "train.jsonl").write_text('{"x": "a", "h": "b", "label": ""}\n')
    empty = run("train-gate", base, "--data", tmp_path, "--out", tmp_path / "gate")
    assert "train.jsonl has no row with a passage, a question and an answer" in empty.output
    plain = run("evaluate-gate", base, "--data", data / "test.jsonl")
    assert "tiny holds no trained gate" in plain.output
