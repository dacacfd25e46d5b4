"""A record holds the name of a checkpoint, never where on a disk it lies."""

from dataclasses import replace
from pathlib import Path, PureWindowsPath

import pytest
from factories.tiny import make_model
from factories.traces import make_spec, make_trace

from dualroute.api import DualRouter
from dualroute.compare.views import Comparison, View
from dualroute.trace.record import Trace
from dualroute.trace.routing import TraceSpec


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("news", "news"),
        ("owner/name", "owner/name"),
        ("owner.x/name-2.1", "owner.x/name-2.1"),
        ("/home/someone/runs/mine", "mine"),
        ("/home/someone/runs/mine/", "mine"),
        ("/home/someone/runs/mine//", "mine"),
        ("runs/deep/mine", "mine"),
        ("./mine", "mine"),
        ("../mine", "mine"),
        ("~/mine", "mine"),
        (r"C:\Users\someone\mine", "mine"),
        ("C:\\Users\\someone\\mine\\", "mine"),
        ("C:/Users/someone/mine", "mine"),
        (r"\\server\share\mine", "mine"),
        (r"runs\mine", "mine"),
        (Path("/home/someone/mine"), "mine"),
        ("file:///home/someone/mine", "mine"),
        ("", ""),
    ],
)
def test_of_a_path_the_last_part_is_kept(given, name):
    assert make_spec(checkpoint=given).checkpoint == name
    assert make_spec(backbone=given).backbone == name


def test_a_folder_wins_over_an_id_on_the_hub(tmp_path, monkeypatch):
    (tmp_path / "runs" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert make_spec(checkpoint="runs/mine").checkpoint == "mine"
    assert make_spec(checkpoint="runs/other").checkpoint == "runs/other"


def test_the_folder_one_is_in_has_a_name(tmp_path, monkeypatch):
    (tmp_path / "mine" / "inner").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "mine")
    assert make_spec(checkpoint=".").checkpoint == "mine"
    assert make_spec(checkpoint="inner/..").checkpoint == "mine"
    assert make_spec(checkpoint="./").checkpoint == "mine"


def test_what_is_no_name_is_refused():
    with pytest.raises(ValueError, match="checkpoint must be text, not 3"):
        make_spec(checkpoint=3)


def test_a_stored_path_is_cut_when_it_is_read():
    data = make_spec().to_dict() | {"checkpoint": str(PureWindowsPath("C:/Users/someone/mine"))}
    assert TraceSpec.from_dict(data).checkpoint == "mine"


def test_no_export_holds_the_path():
    folder = "/secret-place/someone/runs/mine"
    router = DualRouter(make_model(), folder)
    trace = router.trace("the striker scored twice", "a report of the market")
    found = router.attribute_many(trace, ("prediction", "gate"), method="input_x_gradient")
    exports = [trace.to_json(), trace.to_html(found), trace._repr_html_(), trace.to_text()]
    exports += [repr(trace), *(one.to_json() for one in found), *map(repr, found)]
    exports.append(Comparison(View(trace), View(trace, "direct")).to_html())
    for text in exports:
        assert "secret-place" not in text
    assert "mine" in trace.to_json()
    assert router.checkpoint == folder
    assert router.attribute(Trace.from_json(trace.to_json()), method="exact").spec.checkpoint == "mine"


def test_the_revision_decides_whose_trace_it_is():
    one, other = (DualRouter(make_model(), f"/somewhere/{n}/mine", revision=str(n) * 12) for n in (1, 2))
    trace = one.trace("the striker scored twice", "rain")
    with pytest.raises(ValueError, match="the trace is of revision 111111111111, this model is 222222222222"):
        other.attribute(trace)
    pair = Comparison(View(trace), View(other.trace("the striker scored twice", "rain")))
    assert pair.sentence.startswith("another mine: ")
    assert Comparison(View(trace), View(trace)).sentence == "A and B are the same."


def test_another_name_is_told():
    trace = make_trace()
    renamed = replace(trace, spec=replace(trace.spec, checkpoint="other"))
    assert Comparison(View(trace), View(renamed)).sentence.startswith("made → other: ")
