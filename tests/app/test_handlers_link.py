"""The view that a link describes: an invalid part becomes a note, and the other parts hold."""

import math

import pytest
from factories.traces import make_spans

from dualroute.app import url_state
from dualroute.app.catalogue import load_catalogue
from dualroute.app.models import get_router
from dualroute.app.url_state.grammar import Link, selection
from dualroute.app.url_state.query import MAX_NOTES, UrlQuery, number_of, read_attribution, read_pair, read_rows
from dualroute.export.trace_payload import trace_payload

QUERY = {"task": "news", "x": "Oil up", "h": "Prices rose", "policy": "soft", "theta": "0.250", "flips": "0:merged"}
CATALOGUE = load_catalogue()
NAMES = url_state.Names(lambda: ["inspect", "compare"], lambda: ["overview"], lambda: ["news", "support"])
# A broken part -> a word of the note. The other query of QUERY hold all the same.
BROKEN = [
    ("policy", "bogus", "bogus"),
    ("policy", "<b>", "<b>"),
    ("policy", "select", "direct"),  # a policy, but none of a model with two flows
    *[
        ("theta", text, "a number from 0 to 1")
        for text in ("x", "", "nan", "inf", "1e999", "0,5", "1_0", "٣", "9" * 99)
    ],
    *[("flips", text, "flip") for text in ("what", "0", "0:direct:1", "-1:direct", "x:direct", "0.5:direct", ":")],
    ("flips", "99:direct", "99"),
    ("flips", "0:sideways", "sideways"),
    ("label", "nope", "nope"),
    ("label", "0-1", "World"),
    *[("token", text, "token") for text in ("x", "-1", "99", "1.5", "9" * 400, "²")],
]


def opened(**query) -> url_state.OpenedAddress:
    return url_state.open_address(query, CATALOGUE, NAMES)


def test_a_link_is_the_view_it_was_made_of():
    trace = get_router("news").trace("Oil up", "Prices rose", "soft", 0.25, {0: "merged"})
    found = opened(**QUERY)
    assert found.payload == trace_payload(trace)
    assert found.notice == {"notes": [], "asked": None, "rows": None, "pair": None}


def test_what_a_link_leaves_out_is_as_usual():
    assert opened(x="Oil up").payload == trace_payload(get_router("news").trace("Oil up", ""))


def test_a_link_names_the_answer_and_the_token_that_are_looked_at():
    payload = opened(**QUERY, label="Sports", token="1").payload
    assert payload["shown"] == {"label": payload["labels"].index("Sports"), "token": 1}


@pytest.mark.parametrize(("label", "number"), [("0-0", 0), ("2-3", 2 * 7 + 3)])
def test_an_answer_in_the_text_is_named_by_its_ends(label, number):
    trace, query = make_spans(tokens=7, longest=3), UrlQuery({})
    assert selection(Link("x", label=label), trace, query) == {"label": number}
    assert query.notes == []


@pytest.mark.parametrize("label", ["3-2", "0-3", "6-7", "a-b", "3", "-1-2", "start"])
def test_no_answer_in_the_text(label):
    query = UrlQuery({})
    assert selection(Link("x", label=label), make_spans(tokens=7, longest=3), query) == {}
    assert "no answer here" in query.notes[0]


@pytest.mark.parametrize("query", [{}, {"x": ""}, {"__theme": "dark"}, {"utm_source": "mail"}])
def test_an_address_without_a_text_describes_no_view(query):
    found = opened(**query)
    assert (found.payload, found.notice["notes"]) == (None, [])


def test_a_task_alone_opens_its_example_and_a_threshold_alone_moves_it():
    example, attribution = CATALOGUE["support"].payloads(0)
    found = opened(task="support", theta="0.125", policy="soft")
    assert found.payload == example | {"threshold": 0.125, "policy": "soft"}
    assert found.attribution == attribution
    assert opened(theta="0.75").payload["threshold"] == 0.75


def test_an_example_that_is_written_is_written_anew_for_another_route():
    stored, _ = CATALOGUE["emoji"].payloads(0)
    assert opened(task="emoji").payload == stored
    direct = get_router("emoji").trace(stored["x"], stored["h"], "direct")
    found = opened(task="emoji", policy="direct").payload
    assert (found["policy"], found["written"]["text"]) == ("direct", direct.generation.text)


@pytest.mark.parametrize(("key", "value", "word"), BROKEN)
def test_a_broken_part_is_said_and_the_others_hold(key, value, word):
    found = opened(**QUERY | {key: value})
    assert len(found.notice["notes"]) == 1
    assert word in found.notice["notes"][0]
    left = {name: text for name, text in QUERY.items() if name != key}
    assert found.payload == opened(**left).payload


@pytest.mark.parametrize("task", ["nope", "../news", "news/../support", "\ud800"])
def test_an_unknown_task_is_said_and_the_usual_one_is_asked(task):
    found = opened(**QUERY | {"task": task})
    assert "was not used: there are" in found.notice["notes"][0]
    assert found.payload == opened(**QUERY).payload
    assert found.notice["notes"][0].encode()  # what is sent on is text


@pytest.mark.parametrize("x", [" ", "\x00"])
def test_a_text_with_nothing_in_it_is_said(x):
    found = opened(**QUERY | {"x": x})
    assert found.payload is None
    assert found.notice["notes"] == ["the text was not used: the title is empty: there is no token to route"]


@pytest.mark.parametrize(("text", "taken"), [("99", 1), ("-3", 0), ("1.0001", 1), ("1e30", 1)])
def test_a_threshold_out_of_range_is_clamped_and_said(text, taken):
    found = opened(x="Oil up", theta=text)
    assert found.payload["threshold"] == taken
    assert found.notice["notes"] == [f"θ of {text} was taken as {taken}: it goes from 0 to 1"]


def test_a_broken_number_is_said_even_without_a_text():
    assert "“abc”" in opened(theta="abc").notice["notes"][0]
    assert "has no text" in opened(flips="0:direct", token="1").notice["notes"][0]


def test_a_text_in_the_place_of_a_picture_is_said():
    found = opened(task="vqa-easy", x="is there a red shape?", h="a text")
    assert len(found.notice["notes"]) == 1
    assert "“a text”" in found.notice["notes"][0]
    assert "the picture is what is read" in found.notice["notes"][0]
    assert found.payload["x"] == "is there a red shape?"


def test_of_several_flips_those_that_fit_are_used():
    found = opened(**QUERY | {"flips": "0:merged,what,99:direct,1:sideways"})
    assert found.payload["overrides"] == [[0, 1]]
    assert len(found.notice["notes"]) == 3


def test_names_that_only_the_page_knows():
    notes = opened(tab="zzz", result="nope", rows="<b>").notice["notes"]
    assert [note.split(" was")[0] for note in notes] == [
        "the tab “zzz”",
        "the result “nope”",
        "the evaluation rows “<b>”",
    ]
    assert opened(tab="compare", result="overview", rows="news").notice["notes"] == []


def test_very_many_broken_query_are_not_listed_one_by_one():
    settings = ",".join(f"method{i}.x:1" for i in range(5_000))
    found = opened(set=settings, flips="x," * 5_000, policy="p" * 100_000, x="Oil")
    assert len(found.notice["notes"]) == MAX_NOTES + 1
    assert max(map(len, found.notice["notes"])) < 501


def test_at_most_one_input_is_traced(monkeypatch):
    runs, run_trace = [], url_state.run_trace
    monkeypatch.setattr(url_state, "run_trace", lambda *given: runs.append(given) or run_trace(*given))
    opened(**QUERY | {"flips": "99:direct", "label": "nope"}, a="x=one", b="x=two", rows="news", explain="gate")
    assert len(runs) == 1
    url_state.open_pair({"a": "x=one&theta=7", "b": "policy=soft"})
    assert len(runs) == 2  # the same input: nothing is asked again
    url_state.open_pair({"a": "x=one", "b": "x=two"})
    assert len(runs) == 4


def test_what_attribute_is_asked():
    asked = read_attribution(
        UrlQuery({"explain": "gate:3", "beside": "no", "methods": "kernel_shap,exact", "seed": "7"})
    )
    assert (asked["target"], asked["beside"], asked["methods"]) == ("gate:3", False, ["exact", "kernel_shap"])
    assert (asked["seed"], asked["baseline"], asked["texts"], asked["parameters"]) == (7, None, None, {})
    query = UrlQuery({"set": "kernel_shap.n_samples:64,integrated_gradients.n_steps:,lime.n_samples:1e9"})
    assert read_attribution(query)["parameters"] == {
        "kernel_shap": {"n_samples": 64},
        "integrated_gradients": {"n_steps": None},
        "lime": {"n_samples": 5000},
    }
    assert query.notes == ["“samples” of 1e9 was taken as 5000: it goes from 3 to 5,000"]
    assert read_attribution(UrlQuery({"x": "Oil"})) is None


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"methods": "exact,nope"}, "nope"),
        ({"baseline": "nope"}, "nope"),
        ({"granularity": "letter"}, "letter"),
        ({"seed": "1.5"}, "whole number"),
        ({"seed": "-1"}, "taken as 0"),
        ({"set": "exact.nope:1"}, "exact.nope"),
        ({"set": "kernel_shap.n_samples:"}, "whole number"),
        ({"explain": "x" * 301}, "301 characters"),
        ({"base_x": "x" * 2_001}, "2,001 characters"),
    ],
)
def test_what_attribute_cannot_be_asked_is_said(query, word):
    query = UrlQuery(query)
    asked = read_attribution(query)
    assert len(query.notes) == 1
    assert word in query.notes[0]
    assert "x" * 300 not in str(asked)


def test_the_state_of_the_rows():
    query = {"rows": "news", "at": "0.3", "theta1": "0.1", "facet": "by length", "budget": "12.5", "quality": "101"}
    query = UrlQuery(query)
    assert read_rows(query, lambda: ["news"]) == {
        "rows": "news",
        "theta": 0.3,
        "one": 0.1,
        "other": None,
        "facet": "by length",
        "share": 12.5,
        "quality": 100,
    }
    assert query.notes == ["the wanted quality of 101 was taken as 100: it goes from 0 to 100"]
    assert read_rows(UrlQuery({"theta": "0.3"}), lambda: ["news"]) is None


def test_two_views_and_only_what_differs():
    a = "task=news&x=Oil up&h=Prices&policy=soft&theta=0.4&flips=1:direct&unread=0"
    found = url_state.open_pair({"a": a, "b": "policy=direct&flips=&unread="})
    one, other = found["views"]
    assert found["notes"] == []
    assert one["view"] == {"policy": "soft", "theta": 0.4, "overrides": [[1, 0]], "ignored": [0]}
    assert other["view"] == {"policy": "direct", "theta": 0.4, "overrides": [], "ignored": []}
    assert one["payload"]["key"] == other["payload"]["key"]


def test_one_broken_view_leaves_the_other():
    found = url_state.open_pair({"a": "x=%00", "b": "x=Oil&theta=7&unread=3&task=nope"})
    assert [view["side"] for view in found["views"]] == ["b"]
    assert [note[:2] for note in found["notes"]] == ["A:", "B:", "B:", "B:"]
    assert url_state.open_pair({"a": "theta=0.5", "b": None})["notes"][-1].startswith("A: it has no text")


@pytest.mark.parametrize(
    "request_", [None, {}, {"a": 1}, {"a": "x" * 20_001}, {"a": "x=1", "b": []}, {"a": "&q=1" * 60}]
)
def test_what_is_no_pair_is_refused(request_):
    with pytest.raises(ValueError, match=r"must be|at most [\d,]+|has no a"):
        url_state.open_pair(request_)


def test_a_pair_in_the_address():
    assert read_pair(UrlQuery({"a": "x=1"})) == {"a": "x=1", "b": None}
    assert read_pair(UrlQuery({"a": "x=1", "b": ""})) == {"a": "x=1", "b": ""}
    query = UrlQuery({"b": "x=1"})
    assert read_pair(query) is None
    assert "there is no a" in query.notes[0]


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "0x1", "1_0", "١", " 1", "", "1" * 41, "--1"])
def test_no_number(text):
    assert number_of(text) is None


@pytest.mark.parametrize("text", ["0.25", ".5", "1.", "-3", "+1e-3"])
def test_a_number(text):
    assert number_of(text) == float(text)
    assert math.isfinite(number_of(text))
