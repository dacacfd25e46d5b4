"""Requests and payloads keep to one JSON Schema: what the handlers answer, and the sentences for wrong requests."""

import json

import pytest
from jsonschema import Draft202012Validator

from dualroute.app import url_state
from dualroute.app.attribute.handlers import attribute_each, controls, estimate, measure_each
from dualroute.app.catalogue import load_catalogue
from dualroute.app.compare.tab import choices, retrace, through_all
from dualroute.app.components import answer_request, answer_stream, in_background
from dualroute.app.contracts import read_request
from dualroute.app.inspect.controls import task_choices
from dualroute.app.inspect.tab import attribute, example, saved_parts, view, view_payload
from dualroute.app.language.payloads import LANGUAGE_PAYLOADS
from dualroute.app.language.requests import LANGUAGE_REQUESTS
from dualroute.app.requests import (
    REQUESTS,
    AttributionRequest,
    EvaluateRequest,
    ReplayRequest,
    RunRowsRequest,
    ViewRequest,
)
from dualroute.app.results.tab import show
from dualroute.app.schema import PAYLOADS, json_schema
from dualroute.app.thresholds.tab import rows_of, run_rows, start
from dualroute.trace.decision import Decision, Drop, Route

VIEW = {"id": 7, "key": "k", "checkpoint": "news", "x": "Oil up", "h": "Prices rose", "image": ""}
VIEW |= {"policy": "soft", "threshold": 0.25, "overrides": [[0, "merged"]]}
RUN = VIEW | {"targets": ["prediction", "gate"], "methods": {"exact": {}, "saliency": {}, "bogus": {}}}
RUN |= {"baseline": "pad", "texts": None, "granularity": "word", "seed": 0}
ESTIMATE = {"granularity": "token", "sides": [["Oil", 1, True]], "methods": {"exact": {}, "lime": {"n_samples": 1}}}
CSV = "x,h,label\nStriker joins rivals,He signed,Sports\nOil falls,,Business\n"
LINK = {"x": "Oil up", "task": "news", "flips": "0:merged", "label": "Sports", "token": "1", "explain": "gate"}
LINK |= {"set": "lime.n_samples:9", "rows": "news", "a": "x=Oil", "base_x": "none"}
NAMES = url_state.Names(lambda: ["inspect"], lambda: ["overview"], lambda: ["news"])


def opened(**parameters):
    return url_state.open_address(parameters, load_catalogue(), NAMES)


PAIR = {"id": 1, "a": "x=Oil&flips=0:merged", "b": "unread=0"}
PRODUCED = [
    ("TracePayload", lambda: view_payload(VIEW)),
    ("ViewPayload", lambda: answer_request(view, VIEW)),
    ("ViewPayload", lambda: example({"id": 2, "task": "support", "index": 1}, load_catalogue())),
    ("TaskChoices", lambda: task_choices(load_catalogue())),
    ("TracePayload", lambda: answer_request(view_payload, VIEW | {"checkpoint": "headlines"})),
    ("TracePayload", lambda: view_payload({"checkpoint": "question-answering", "x": "A castle", "h": "What?"})),
    ("TracePayload", lambda: opened(**LINK).payload),
    ("TracePayload", lambda: opened(task="support").payload),
    ("AttributionPayload", lambda: answer_request(attribute, VIEW | {"label": ""})),
    ("AttributionPayload", lambda: opened(task="support").attribution),
    ("OpenedView", lambda: opened(**LINK).view),
    ("OpenedView", lambda: opened().view),
    ("Notice", lambda: opened(**LINK).notice),
    ("Notice", lambda: opened().notice),
    ("ControlsPayload", controls),
    ("Estimates", lambda: estimate(ESTIMATE)),
    ("RunPayload", lambda: list(answer_stream(lambda data: in_background(attribute_each(data)), RUN))[-1]),
    ("MeasurePayload", lambda: list(answer_stream(measure_each, RUN))[-1]),
    ("CompareStart", lambda: {"choices": choices(load_catalogue())}),
    ("RetracePayload", lambda: answer_request(retrace, VIEW)),
    ("GatesPayload", lambda: answer_request(through_all, VIEW)),
    (
        "PairPayload",
        lambda: answer_request(url_state.open_pair, PAIR),
    ),
    ("ThresholdsStart", start),
    ("RowsPayload", lambda: rows_of("news")),
    ("RowsPayload", lambda: rows_of("question-answering")),
    ("CurvePayload", lambda: rows_of("headlines")),
    ("GateRowsPayload", lambda: rows_of("lm-qa")),
    ("OwnRowsProgress", lambda: next(answer_stream(run_rows, {"id": 1, "name": "news", "csv": CSV}))),
    ("OwnRowsPayload", lambda: list(answer_stream(run_rows, {"id": 1, "name": "news", "csv": CSV}))[-1]),
    ("FileParts", lambda: answer_request(saved_parts, {"id": 1, "pair": True})),
    ("Report", lambda: show("overview")[0]),
    ("ErrorPayload", lambda: answer_request(view_payload, {"id": 1, "x": 3})),
]


@pytest.fixture(scope="module")
def schema() -> dict:
    return json_schema()


def check(schema: dict, name: str, value) -> None:
    part = schema["properties"][name] | {"$defs": schema["$defs"]}
    Draft202012Validator(part).validate(json.loads(json.dumps(value, allow_nan=False)))


@pytest.mark.parametrize(("name", "produce"), PRODUCED, ids=[f"{i} {name}" for i, (name, _) in enumerate(PRODUCED)])
def test_what_handlers_answer_is_in_the_schema(schema, name, produce):
    check(schema, name, produce())


def test_every_payload_of_the_schema_is_produced_here():
    rows = {"RowInput", "Texts"}  # they need the data: see test_handlers_thresholds
    language = {name for name, kind in PAYLOADS.items() if kind in LANGUAGE_PAYLOADS}  # see test_language
    assert {name for name, _ in PRODUCED} | rows | language == set(PAYLOADS)


def test_a_renamed_key_is_an_error(schema):
    payload = view_payload(VIEW)
    payload["context_tokens"] = payload.pop("contextTokens")
    with pytest.raises(Exception, match=r"contextTokens|context_tokens"):
        check(schema, "TracePayload", payload)


def test_the_schema_is_json_and_names_every_request_and_payload(schema):
    Draft202012Validator.check_schema(schema)
    requests = (*REQUESTS, *LANGUAGE_REQUESTS)
    assert set(schema["properties"]) == {*(model.__name__ for model in requests), *PAYLOADS}
    assert json.loads(json.dumps(schema)) == schema
    check(schema, "ViewRequest", VIEW)
    check(schema, "AttributionRequest", RUN)


def test_a_decision_is_read_once():
    expected = Decision("soft", 0.25, {(0, 0): Route("merged")})
    assert read_request(ViewRequest, VIEW).decision == expected
    assert read_request(ViewRequest, VIEW | {"overrides": {"0": "merged"}}).decision == expected
    assert read_request(ViewRequest, VIEW | {"overrides": {"2.3": "drop 4"}}).decision.overrides == {(2, 3): Drop(4)}
    assert read_request(ViewRequest, {"checkpoint": "news", "policy": ""}).decision == Decision()


@pytest.mark.parametrize(
    ("model", "changes", "sentence"),
    [
        (ViewRequest, {"threshold": 7}, "threshold must be a number from 0 to 1, not 7"),
        (ViewRequest, {"colour": 1}, "the request has no 'colour'; it has id, key, policy"),
        (ViewRequest, {"checkpoint": "nope"}, "unknown task 'nope'; there are"),
        (AttributionRequest, {}, "the request has no targets"),
        (AttributionRequest, RUN | {"seed": -1}, "seed must be a whole number from 0 to 2,147,483,647, not -1"),
        (AttributionRequest, RUN | {"baseline": "x"}, "baseline must be one of pad, mask, zero, mean, text, not 'x'"),
        (ReplayRequest, {"decisions": [{}, 3]}, "decision 1 must be an object, not int"),
        (
            ReplayRequest,
            {"decisions": [{"threshold": 7}]},
            "threshold of decision 0 must be a number from 0 to 1",
        ),
        (ReplayRequest, {"decisions": [{}] * 1001}, "decisions must be a list of 1 to 1,000 objects; it has 1,001"),
    ],
)
def test_a_wrong_request_is_one_sentence(model, changes, sentence):
    with pytest.raises(ValueError, match="^" + sentence):
        read_request(model, VIEW | changes)


def test_rows_are_counted_from_one():
    rows = [{"x": "a", "label": "b"}, {"x": "a", "label": {"b": 3}}]
    said = r"^label of row 2 must be a number, .* or text of at most 1,000,000 characters, not \{'b': 3\}$"
    with pytest.raises(ValueError, match=said):
        read_request(EvaluateRequest, {"checkpoint": "news", "rows": rows})


def test_cells_of_rows_are_taken_as_pandas_writes_them():
    rows = [{"x": 5, "h": None, "label": 2}, {"x": ["a", None, "b"], "h": float("nan"), "label": True}]
    taken = read_request(EvaluateRequest, {"checkpoint": "news", "rows": rows}).rows
    assert [(row.x, row.h, row.label) for row in taken] == [("5", "", "2"), ("a\nb", "", "True")]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"file": "eCxs", "file_name": ""}, "either as text, in csv, or as a file with its file_name"),
        ({"csv": "x", "file": "eCxs", "file_name": "a.csv"}, "either as text"),
        (
            {"file": "A" * 5_333_340, "file_name": "a.csv"},
            "base64 of a file of at most 4,000,000 bytes; it has 5,333,340",
        ),
        ({"file": "eCxs", "file_name": "a" * 201}, "file_name must be text of at most 200"),
        ({"file": 3, "file_name": "a.csv"}, "file must be base64"),
    ],
)
def test_rows_are_sent_as_text_or_as_a_file(sent, said):
    with pytest.raises(ValueError, match=said):
        read_request(RunRowsRequest, {"name": "news"} | sent)


def test_a_file_of_rows_is_sent_in_base64():
    request = read_request(RunRowsRequest, {"name": "news", "file": "eCxsYWJlbArp/w==", "file_name": "a.csv"})
    assert request.content == b"x,label\n\xe9\xff"
    assert read_request(RunRowsRequest, {"name": "news", "file": "", "file_name": "a.csv"}).content == b""
    with pytest.raises(ValueError, match=r"^a\.csv: file must be base64"):
        _ = read_request(RunRowsRequest, {"name": "news", "file": "e!", "file_name": "a.csv"}).content


def test_an_override_of_experts_is_refused_in_words():
    with pytest.raises(ValueError, match="one layer of flows"):
        view_payload(VIEW | {"overrides": {"0": "drop 4"}})
