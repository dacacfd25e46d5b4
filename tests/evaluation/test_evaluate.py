import json

import pytest

import dualroute
from dualroute.evaluation.evaluate import evaluate
from dualroute.report.documents import markdown
from dualroute.tables import read_table
from dualroute.tasks import get_task
from dualroute.tasks.base import custom_task


@pytest.fixture(scope="module")
def results(task, data, trained) -> dict:
    return evaluate(task, data / "test.jsonl", trained, draws=20)


def test_the_keys_that_others_rely_on(results):
    assert {"task", "n", "direct", "merged", "soft", "thresholds", "oracle", "baselines"} <= set(results)
    for entry in (results["direct"], results["merged"], results["soft"], results["oracle"]):
        assert entry["ci"][0] <= entry["accuracy"] <= entry["ci"][1]
    for entry in results["thresholds"]:
        assert {"theta", "share", "accuracy", "ci", "random", "static"} <= set(entry)
        assert {"accuracy", "ci"} <= set(entry["random"])
        assert set(entry["static"]) == {"constant", "leading", "even"}
        assert entry["minus_random"]["difference"] == pytest.approx(
            entry["accuracy"] - entry["random"]["accuracy"], abs=2e-6
        )
        assert entry["minus_merged"]["difference"] == pytest.approx(
            entry["accuracy"] - results["merged"]["accuracy"], abs=2e-6
        )
    assert json.loads(json.dumps(results)) == results


def test_what_was_measured_is_said_without_anybodys_paths(results, trained):
    assert (results["task"], results["n"], results["data"]) == ("custom", 60, "test.jsonl")
    assert results["revision"] == dualroute.load(trained).revision
    assert str(trained.parent) not in json.dumps(results)


def test_the_accuracy_is_that_of_tracing_every_row(results, data, trained):
    router = dualroute.load(trained)
    rows = read_table(data / "test.jsonl").records
    traces = [router.trace(row["title"], row["body"]) for row in rows]

    def accuracy(policy, threshold=None):
        labels = [trace.replay(policy, threshold).label for trace in traces]
        return sum(label == row["topic"] for label, row in zip(labels, rows, strict=True)) / len(rows)

    theta = results["default_threshold"]
    routed = {entry["theta"]: entry for entry in results["thresholds"]}[theta]
    shares = [trace.replay("threshold", theta).rho.sum() for trace in traces]
    assert routed["accuracy"] == pytest.approx(accuracy("threshold", theta), abs=1e-6)
    assert routed["share"] == pytest.approx(sum(shares) / sum(len(trace.tokens) for trace in traces), abs=1e-6)
    for policy in ("direct", "merged", "soft"):
        assert results[policy]["accuracy"] == pytest.approx(accuracy(policy), abs=1e-6)


def test_the_context_helps_where_it_was_made_to(results):
    assert results["merged"]["accuracy"] >= results["direct"]["accuracy"] + 0.1
    assert results["oracle"]["accuracy"] >= max(results["direct"]["accuracy"], results["merged"]["accuracy"])


def test_the_same_call_gives_the_same_numbers(results, task, data, trained, tmp_path):
    assert evaluate(task, data / "test.jsonl", trained, cache=tmp_path / "features") == results
    assert list((tmp_path / "features").iterdir())


def test_the_baselines_learn_from_the_train_split_beside_the_file(results):
    assert {entry["training_rows"] for entry in results["baselines"].values()} == {200}
    assert results["baselines"]["tfidf_h"]["accuracy"] == 1.0


def test_without_a_train_split_there_are_no_baselines(task, rows_to_file, trained, tmp_path, caplog):
    results = evaluate(task, rows_to_file(tmp_path / "test.jsonl", 20), trained, draws=2)
    assert results["baselines"] == {}
    assert "no baselines" in caplog.text
    assert "| without context |" in markdown(results)


def test_a_training_file_can_be_named(task, rows_to_file, trained, data, tmp_path):
    alone = rows_to_file(tmp_path / "test.jsonl", 20)
    results = evaluate(task, alone, trained, train=data / "train.jsonl", draws=2)
    assert results["baselines"]["tfidf_xh"]["training_rows"] == 200


def test_rows_without_x_are_left_out_and_counted_rows_without_h_are_not(task, rows_to_file, trained, tmp_path):
    path = rows_to_file(tmp_path / "test.jsonl", 10)
    with path.open("a") as file:
        file.write('{"title": " \\u0000", "body": "ship", "topic": "sea"}\n')
        file.write('{"title": "ship", "body": "", "topic": "sea"}\n')
    results = evaluate(task, path, trained, draws=2)
    assert (results["n"], results["skipped_empty_x"]) == (11, 1)


def test_a_checkpoint_of_another_task_is_refused(data, trained):
    with pytest.raises(ValueError, match=r"task 'custom', not 'news'"):
        evaluate(get_task("news"), data / "test.jsonl", trained)


def test_labels_the_model_does_not_have_are_named(trained, data):
    with pytest.raises(ValueError, match="none of the model's, 'city', 'sea', 'sky'"):
        evaluate(custom_task("title", "topic", "body"), data / "test.jsonl", trained)


def test_a_missing_column_is_named(trained, data):
    with pytest.raises(ValueError, match=r"test\.jsonl: no column 'subject'; there are 'title', 'body', 'topic'"):
        evaluate(custom_task("subject", "body", "topic"), data / "test.jsonl", trained)


def test_a_file_without_a_single_x_is_an_error(task, trained, tmp_path):
    path = tmp_path / "empty.jsonl"
    path.write_text('{"title": "", "body": "ship", "topic": "sea"}\n')
    with pytest.raises(ValueError, match="no row with a title"):
        evaluate(task, path, trained)


def test_so_many_rows_are_chosen_by_their_content(task, data, trained, results):
    few = evaluate(task, data / "test.jsonl", trained, draws=2, most_rows=20)
    assert few["n"] == 20
    assert few["rows_note"] == "20 of 60 rows, chosen by a hash of their content"
    assert few == evaluate(task, data / "test.jsonl", trained, draws=2, most_rows=20)
    assert evaluate(task, data / "test.jsonl", trained, draws=20, most_rows=60) == results
    with pytest.raises(ValueError, match="must not be negative, but is -1"):
        evaluate(task, data / "test.jsonl", trained, most_rows=-1)
