"""Files may hold anything: what is no record is refused in one sentence that names the field."""

import json
import math

import numpy as np
import pytest
from factories.traces import make_spans, make_trace, make_written, with_own_answer

from dualroute.trace.attribution import Attribution, StoredExample, read_examples, write_examples
from dualroute.trace.record import Trace

RECORDS = {"classes": make_trace(), "span": make_spans(), "written": make_written()}


def stored(kind: str = "classes") -> dict:
    return json.loads(RECORDS[kind].to_json())


def set_in(data: dict, path: str, value) -> dict:
    *parents, last = path.split(".")
    inner = data
    for name in parents:
        inner = inner[int(name)] if isinstance(inner, list) else inner[name]
    inner[int(last) if isinstance(inner, list) else last] = value
    return data


@pytest.mark.parametrize(
    ("kind", "path", "value", "message"),
    [
        ("classes", "answer.probs", [0.5, 0.5, 0.5], "probs must sum to 1, not 1.5"),
        ("classes", "answer.probs", [1.5, -0.5, 0.0], r"probs must lie in \[0, 1\], not 1.5"),
        ("classes", "answer.probs", [None, 0.5, 0.5], "probs has a number that is missing or not finite"),
        ("classes", "answer.probs", ["0.5", "0.5", "0"], "probs must hold numbers in lists of equal length"),
        ("classes", "answer.probs", [[1], [0, 1], 0], "probs must hold numbers in lists of equal length"),
        ("classes", "answer.logits.0", math.inf, "logits has a number that is missing or not finite"),
        ("classes", "answer.labels", "abc", "labels must be a list, not 'abc'"),
        ("classes", "answer.labels.0", 3, "each of labels must be text, not 3"),
        ("classes", "routing.scores.0.0", [1.5, -0.5], r"scores must lie in \[0, 1\], not 1.5"),
        ("classes", "routing.scores.0.0", [0.25, 0.25], "scores must sum to 1, not 0.5"),
        ("classes", "routing.weights.0.0.0", math.nan, "weights has a number that is missing or not finite"),
        ("classes", "routing.weights.0.0", [0.5, 0.75], "weights must sum to 1, not 1.25"),
        ("classes", "routing.segment", True, "segment must be a whole number from 0 on, not True"),
        ("classes", "routing.routes", ["direct", 3], "each of routes must be text, not 3"),
        ("classes", "routing.indices", 3, "indices has shape"),
        ("classes", "context.attention.0.0", 7, r"attention must lie in \[0, 1\], not 7"),
        ("classes", "ledger.direct.0.0", None, "direct has a number that is missing or not finite"),
        ("classes", "ledger.context.0.0.0", math.inf, "context has a number that is missing"),
        ("classes", "ledger.bias", [0.0], r"bias has shape \(1,\), expected \(3,\)"),
        ("classes", "ledger.bias", True, "bias must hold numbers"),
        ("classes", "inputs.0.offsets", [[0, 999]] * 5, "an offset lies behind the 14 characters of the text"),
        ("classes", "inputs.0.offsets", [[3, 1]] * 5, "each of offsets must be a start and an end"),
        ("classes", "inputs.0.text", 3, "text must be text, not 3"),
        ("classes", "spec.decision.policy", "maybe", "unknown policy 'maybe'; choose one of soft, threshold"),
        ("classes", "spec.decision.threshold", 2, r"threshold must lie in \[0, 1\], not 2"),
        ("classes", "spec.decision.threshold", None, ""),
        ("classes", "spec.decision.overrides", {"9": "direct"}, "override of token 9: the tokens are numbered 0 to 4"),
        (
            "classes",
            "spec.decision.overrides",
            {"1.0": "direct"},
            "override in layer 1: the layers are numbered 0 to 0",
        ),
        ("classes", "spec.decision.overrides", {"0": "sideways"}, "override to flow 'sideways'"),
        ("classes", "spec.decision.overrides", {"0": "drop 4"}, "experts are numbered 0 to 1"),
        ("classes", "spec.decision.ignored", [4], "token 4 of the context cannot be left unread"),
        ("classes", "spec.decision.ignored", "01", "ignored must be a list"),
        ("classes", "spec.task", None, "task must be text, not None"),
        ("classes", "spec.checkpint", "x", "unknown field of the spec 'checkpint'; did you mean 'checkpoint'"),
        ("span", "answer.probs.0", [0.5, 0.5], "probs must sum to 1"),
        ("span", "answer.longest", 0, "longest must be 1 or more, not 0"),
        ("span", "answer.longest", "4", "longest must be a whole number from 0 on, not '4'"),
        ("written", "answer.copied.0", -3, r"copied must lie in \[0, 1\], not -3"),
        ("written", "answer.alternatives", ["x"], "alternatives must be an object with names"),
        ("written", "answer.alternatives", {"direct": 3}, "alternatives 'direct' must be text, not 3"),
    ],
)
def test_what_no_trace_can_hold_is_named(kind, path, value, message):
    data = set_in(stored(kind), path, value)
    if not message:
        assert Trace.from_dict(data).spec.threshold is None
        return
    with pytest.raises(ValueError, match=f"^not a trace: .*{message}[^\n]*$"):
        Trace.from_dict(data)
    with pytest.raises(ValueError, match="not a trace: "):
        Trace.from_json(json.dumps(data))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "JSON text is expected, not None"),
        (3, "JSON text is expected, not 3"),
        ({"schema": 2}, "JSON text is expected"),
        (b"\xff\xfe", "Expecting"),
        (b"\xc3\x28", "these bytes are no text in UTF-8"),
        ("[1, 2]", r"an object with names is expected, not \[1, 2\]"),
        ("3", "an object with names is expected, not 3"),
        ("null", "an object with names is expected, not None"),
        ('{"schema": 2, "schema": 2}', "the name 'schema' stands twice"),
        ("[" * 200_000, "nested too deeply"),
        ("{", "Expecting"),
    ],
)
def test_what_is_no_json_object_is_refused(given, message):
    for record in (Trace, Attribution):
        with pytest.raises(ValueError, match=f"^not {record.called}: .*({message})"):
            record.from_json(given)


def test_bytes_of_a_record_are_read():
    record = with_own_answer(RECORDS["classes"])
    assert Trace.from_json(record.to_json().encode()).tokens == record.tokens


@pytest.mark.parametrize("name", ["bias", "direct", "context"])
def test_contributions_that_do_not_give_the_answer_are_refused(name):
    data = json.loads(with_own_answer(RECORDS["classes"]).to_json())
    numbers = np.array(data["ledger"][name])
    numbers.flat[0] += 9
    data["ledger"][name] = numbers.tolist()
    with pytest.raises(ValueError, match="do not add up to the logits"):
        Trace.from_json(json.dumps(data))


def attribution(**changes) -> Attribution:
    fields = {"scores": np.ones(5, np.float32), "context_scores": np.zeros(4, np.float32), "target": "prediction"}
    fields |= {"method": "exact", "baseline": "pad", "convergence_delta": math.nan, "seconds": 0.5, "value": 1.0}
    fields |= {
        "baseline_value": -math.inf,
        "steps": 1,
        "converged": True,
        "route": "held",
        "spec": RECORDS["classes"].spec,
    }
    return Attribution(**fields | changes)


def test_an_attribution_comes_back():
    text = attribution(label="A").to_json()
    again = Attribution.from_json(text)
    assert again.to_json() == text
    assert math.isnan(again.baseline_value)
    assert repr(again) == "<Attribution of prediction (A) by exact: 5 + 4 scores by token, checkpoint made (0)>"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("scores", [[1.0]], r"scores must be one list of numbers, not an array of shape \(1, 1\)"),
        ("scores", [None], "scores has a number that is missing or not finite"),
        ("context_scores", "none", "context_scores must hold numbers"),
        ("target", 3, "target must be text, not 3"),
        ("value", "1", "value must be a number, not '1'"),
        ("value", True, "value must be a number, not True"),
        ("steps", 1.5, "steps must be a whole number from 0 on, not 1.5"),
        ("converged", 1, "converged must be true or false, not 1"),
        ("granularity", "letter", "unknown granularity 'letter'; choose one of token, word, sentence"),
        ("groups", [[0, 1, 2]], "each of groups must be a start and an end"),
        ("parameters", [], "parameters must be an object with names"),
        ("passes", 3, "passes must be a list, not 3"),
        ("spec", 3, "spec must be an object with names, not 3"),
    ],
)
def test_what_no_attribution_can_hold_is_named(name, value, message):
    data = json.loads(attribution().to_json()) | {name: value}
    with pytest.raises(ValueError, match=f"^not an attribution: {message}"):
        Attribution.from_dict(data)


def test_a_damaged_example_is_named_by_its_line(tmp_path):
    path, example = tmp_path / "news.jsonl", StoredExample(RECORDS["classes"], "A", attribution(), attribution())
    write_examples(path, [example, example])
    assert [one.label for one in read_examples(path)] == ["A", "A"]
    lines = path.read_text(encoding="utf-8").splitlines()
    for second, message in (
        ("3", "an example must be an object with names, not 3"),
        ("{", "Expecting"),
        ('{"trace": {}}', "label, prediction, gate missing"),
        (
            lines[1].replace('"label":"A"', '"label":3').replace('"label": "A"', '"label": 3'),
            "label must be text, not 3",
        ),
    ):
        path.write_text(f"{lines[0]}\n{second}\n", encoding="utf-8")
        with pytest.raises(ValueError, match=f"^line 2 of news.jsonl is no stored example: .*{message}"):
            read_examples(path)
