"""Handlers of tab Thresholds: what they give, and what a browser may not ask for."""

import base64
import gzip
import json
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from dualroute.app.contracts import MAX_CHARACTERS, MAX_ROWS
from dualroute.app.thresholds import rows as row_texts
from dualroute.app.thresholds import tab as thresholds
from dualroute.checkpoints import files_of
from dualroute.cli import app
from dualroute.rows.threshold_index import ThresholdIndex

ROWS = "x,h,label\n" + "\n".join(
    f'"{x}","{h}",{label}'
    for x, h, label in (
        ("Striker joins rivals", "The forward signed on Monday, the club said.", "Sports"),
        ("Record run comes to an end", "Oil prices fell below 50 dollars a barrel.", "Business"),
        ("Old rivals meet again", "The two prime ministers shook hands at the summit.", "World"),
        ("Chip makers take a beating", "", "Business"),
        ("Probe lands on the far side", "The rover sent its first pictures.", "Sci/Tech"),
    )
)


@pytest.fixture
def data(monkeypatch, tmp_path):
    """A data folder that holds some of the stored news rows, with other texts."""
    study = thresholds.stored_study("news")
    path = tmp_path / study.results["folder"] / study.results["data"]
    path.parent.mkdir()
    rows = [{"id": row_id, "x": f"title of {row_id}", "h": "body", "label": "World"} for row_id in study.ids[:120]]
    with gzip.open(path, "wt") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setenv(row_texts.DATA, str(tmp_path))
    return study.ids


def test_every_shipped_checkpoint_is_offered():
    from dualroute.paths import shipped, shipped_gates

    names = [name for name, _ in thresholds.start()["names"]]
    assert set(names) <= {*shipped(), *shipped_gates()}
    assert set(names[-len(shipped_gates()) :]) == {*shipped_gates()}
    assert (names[0], names[1]) == ("news", "news__early")
    assert {"headlines", "emoji"} <= set(names)


@pytest.mark.parametrize("name", [name for name, _ in thresholds.start()["names"]])
def test_what_is_offered_can_be_loaded(name):
    found = thresholds.rows_of(name)
    json.dumps(found)
    assert found["name"] == name
    if found["kind"] == "gate":
        return
    assert (found["kind"] == "rows") == files_of(name).rows.is_file()
    if found["kind"] == "rows":
        study = thresholds.stored_study(name)
        index = ThresholdIndex(study.steps, study.metric)
        assert index.quality(1.0) == pytest.approx(study.results["direct"][study.metric], abs=1e-5)
        default = study.results["default_threshold"]
        entry = next(e for e in study.results["thresholds"] if e["theta"] == default)
        assert index.quality(default) == pytest.approx(entry[study.metric], abs=1e-5)
        assert index.share(default) == pytest.approx(entry["share"], abs=1e-5)


def test_rows_agree_with_the_stored_results():
    """The same file and checkpoint as the evaluation whose table is in the README."""
    results = json.loads(files_of("news").results.read_text())
    index = ThresholdIndex(thresholds.stored_study("news").steps)
    for entry in results["thresholds"]:
        assert index.quality(entry["theta"]) == pytest.approx(entry["accuracy"], abs=2e-6)
        assert index.share(entry["theta"]) == pytest.approx(entry["share"], abs=2e-6)


@pytest.mark.parametrize("name", ["nothing", "../news", "", None, 3, ["news"]])
def test_unknown_names_are_refused(name):
    for ask in (
        lambda: thresholds.rows_of(name),
        lambda: thresholds.row_texts({"name": name, "ids": []}),
        lambda: thresholds.row_input({"name": name, "id": "agtest-0"}),
        lambda: next(thresholds.run_rows({"name": name, "csv": ROWS})),
    ):
        with pytest.raises(ValueError, match="unknown task"):
            ask()


@pytest.mark.parametrize("ask", [thresholds.row_texts, thresholds.row_input, lambda r: next(thresholds.run_rows(r))])
def test_a_request_that_is_none_is_refused(ask):
    with pytest.raises(ValueError, match="must be an object"):
        ask("news")


def test_rows_of_other_weights_are_refused(monkeypatch):
    monkeypatch.setattr("dualroute.checkpoints.Checkpoint.revision", lambda self: "0123")
    with pytest.raises(ValueError, match="checkpoint is 0123; write them anew with `python -m dualroute rows news"):
        thresholds.rows_of("news")


def test_texts_are_not_at_hand_without_the_data(monkeypatch):
    monkeypatch.delenv(row_texts.DATA, raising=False)
    assert thresholds.rows_of("news")["atHand"] is False
    with pytest.raises(ValueError, match="serve --data FOLDER"):
        thresholds.row_input({"name": "news", "id": thresholds.stored_study("news").ids[0]})


def test_texts_are_looked_up_by_id(data):
    assert thresholds.rows_of("news")["atHand"] is True
    found = thresholds.row_texts({"name": "news", "ids": [data[3], data[7], "not-a-row"]})
    assert found == {row_id: {"x": f"title of {row_id}", "h": "body"} for row_id in (data[3], data[7])}
    assert thresholds.row_input({"name": "news", "id": data[3]}) == {
        "x": f"title of {data[3]}",
        "h": "body",
        "image": "",
    }
    with pytest.raises(ValueError, match="has no row"):
        thresholds.row_input({"name": "news", "id": "../../etc/passwd"})
    with pytest.raises(ValueError, match="has no row"):
        thresholds.row_input({"name": "news", "id": data[500]})
    for ids in ([0], "agtest-0", ["a"] * 101, None):
        with pytest.raises(ValueError, match="at most 100"):
            thresholds.row_texts({"name": "news", "ids": ids})


def test_own_rows_are_routed_and_answered_at_every_theta(router):
    *progress, last = thresholds.run_rows({"name": "news", "csv": ROWS})
    assert progress == [{"done": n, "total": 5} for n in (0, 4, 5)]
    payload = last["rows"]
    assert (payload["n"], payload["name"], payload["texts"]["row 2"]["x"]) == (5, "news", "Record run comes to an end")
    answers = np.frombuffer(base64.b64decode(payload["answers"]), np.uint8)
    lengths = np.frombuffer(base64.b64decode(payload["lengths"]), "<i4")
    first = router.trace("Striker joins rivals", "The forward signed on Monday, the club said.")
    assert lengths[0] == len(first.tokens)
    assert answers[0] == first.replay("threshold", 0.0).label_index
    assert answers[lengths[0]] == first.replay("direct").label_index
    json.dumps(payload)


def test_own_rows_in_a_file_are_decoded_and_noted():
    content = "x;h;label\r\nLa caf\xe9tière;Prices fell;Business\r\nA draw;;Sports\r\n".encode("cp1252")
    file = base64.b64encode(content).decode()
    *_, last = thresholds.run_rows({"name": "news", "file": file, "file_name": "own.csv"})
    assert last["rows"]["texts"]["row 1"]["x"] == "La cafétière"
    assert "read as cp1252" in last["notes"][0]


def test_traces_of_rows_hold_the_context_as_one_token(router):
    (trace,) = row_texts.trace_rows("news", row_texts.own_rows("x,h,label\nOil falls,Prices fell below 50,Business")[0])
    whole = router.trace("Oil falls", "Prices fell below 50")
    assert (trace.context_contributions.shape[1], trace.context_tokens) == (1, ("context",))
    np.testing.assert_allclose(trace.replay().logits, whole.replay().logits, rtol=1e-6)


def test_a_run_that_is_closed_stops(monkeypatch):
    asked = []
    real = row_texts.get_router("news")
    counting = SimpleNamespace(model=real.model, trace=lambda x, h: asked.append(x) or real.trace(x, h))
    monkeypatch.setattr(row_texts, "get_router", lambda name: counting)
    running = thresholds.run_rows({"name": "news", "csv": "x,label\n" + "a word,World\n" * 40})
    next(running), next(running)
    running.close()
    assert len(asked) == thresholds.STEP


@pytest.mark.parametrize(
    ("name", "csv", "said"),
    [
        ("news", "", "first line"),
        ("news", None, "csv must be text"),
        ("news", ["x"], "csv must be text"),
        ("news", "x" * (MAX_CHARACTERS + 1), "at most 1,000,000 characters; it has 1,000,001"),
        ("news", "x,label\na,Cooking", "row 1 has the label 'Cooking'; there are World"),
        ("news", "x,label\n" + "a,World\n" * (MAX_ROWS + 1), "at most 300"),
        ("news", "x,label\n\u200b,World", "row 1: "),
        ("question-answering", "x,h,label\nThe king left,Who left?,queen", "does not stand in its x"),
        ("headlines", "x,label\na,b", "writes its answer"),
        ("vqa-easy", "x,label\na,b", "picture"),
        ("recommendations", "x,h,label\nHeat (1995),Ronin (1998): 4,liked", "row 1 has the label|one class"),
    ],
)
def test_own_rows_that_cannot_be_run_are_named(name, csv, said):
    with pytest.raises(ValueError, match=said):
        list(thresholds.run_rows({"name": name, "csv": csv}))


def test_serving_names_a_data_folder_that_is_none(tmp_path):
    ran = CliRunner().invoke(app, ["serve", "--data", str(tmp_path / "nowhere")])
    assert (ran.exit_code, "nowhere is not a folder" in ran.output) == (1, True)
