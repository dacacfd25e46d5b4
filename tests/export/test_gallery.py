"""The gallery's files: what they hold, how large they are, and that no text becomes markup."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from factories.traces import changed, make_trace, make_written
from typer.testing import CliRunner

from dualroute.app.catalogue import load_catalogue
from dualroute.cli import app
from dualroute.cli.gallery import cards_of
from dualroute.export.gallery import MOST_WORDS, Card, write_gallery
from dualroute.export.trace_payload import trace_key
from dualroute.trace.attribution import Attribution, StoredExample

HOSTILE = '</script><script>1</script><img src=x onerror="1"> ${x} $data'


class Elements(HTMLParser):
    """The elements and links of a page, and the texts of its tiles."""

    def __init__(self, text: str):
        super().__init__()
        self.names, self.links = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        found = dict(attrs)
        self.links += [found[name] for name in ("href", "src") if name in found]


def example_of(trace, right=()) -> StoredExample:
    scores = np.full(len(trace.tokens), 0.5), np.full(len(trace.context_tokens), 0.5)
    parts = [
        Attribution(*scores, target, "input_x_gradient", "pad", float("nan"), 0.1, 1.0, 0.0, 1, True, "held")
        for target in ("prediction", "gate")
    ]
    return StoredExample(trace, "A", *parts, right)


def card_of(trace, name="one", right=()) -> Card:
    return Card(name, "Group", "Title", "Question?", "", example_of(trace, right))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The gallery of the shipped examples."""
    out = tmp_path_factory.mktemp("gallery") / "site"
    result = CliRunner().invoke(app, ["gallery", "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out


def test_it_is_small_and_every_link_leads_to_a_file_of_it(site):
    files = [path for path in site.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 3_000_000
    for page in site.rglob("*.html"):
        for link in Elements(page.read_text("utf-8")).links:
            if not link.startswith("data:"):
                assert (page.parent / link).resolve() in files, (page, link)


def test_there_is_a_view_of_each_task_and_a_failure_where_the_examples_have_one(site):
    names = {path.stem for path in (site / "views").glob("*.html")}
    entries = load_catalogue()
    assert set(entries) <= names
    failing = {key for key, entry in entries.items() if any(one.is_right is False for one in entry.examples)}
    assert names - set(entries) == {f"{key}-failure" for key in failing}
    assert failing


def test_a_failure_is_called_one_on_its_card(site):
    start = (site / "index.html").read_text("utf-8")
    cards = [card for entry in load_catalogue().values() for card in cards_of(entry)]
    assert start.count('class="wrong"') == sum(card.example.is_right is False for card in cards)
    assert start.count('class="right"') == sum(card.example.is_right is True for card in cards)
    for card in cards:
        assert card.file in start


def test_a_view_holds_the_payload_of_its_example(tmp_path):
    trace = make_trace()
    _, _, _, view = write_gallery(tmp_path, [card_of(trace, right=("A",))])
    data = json.loads(re.search(r'id="saved-data">(.*?)</script>', view.read_text("utf-8"))[1])
    assert data["views"][0]["payload"]["key"] == trace_key(trace)
    assert data["views"][0]["payload"]["right"] == ["A"]
    assert data["views"][0]["attribution"]["prediction"]["scores"] == [0.5] * len(trace.tokens)


def test_text_never_becomes_markup(tmp_path):
    trace = make_trace(tokens=1, context=1)
    spec = changed(trace, x=HOSTILE, h=HOSTILE, tokens=(HOSTILE,), notes=(HOSTILE,))
    plain, hostile = (write_gallery(tmp_path / str(i), [card_of(one)]) for i, one in enumerate((trace, spec)))
    for before, after in zip(plain, hostile, strict=True):
        if before.suffix == ".html":
            assert Elements(before.read_text("utf-8")).names == Elements(after.read_text("utf-8")).names


def test_the_tiles_say_which_words_read(tmp_path):
    trace = make_trace(tokens=6, context=4)
    start = write_gallery(tmp_path, [card_of(trace)])[0].read_text("utf-8")
    reading = sum(trace.replay().rho > 0)
    assert 0 < reading < 6
    assert start.count('class="read"') == reading


def test_long_texts_are_cut_on_the_card_and_written_ones_have_no_effects(tmp_path):
    long = make_trace(tokens=MOST_WORDS + 4, context=2)
    start = write_gallery(tmp_path, [card_of(long), card_of(make_written(), "two")])[0].read_text("utf-8")
    first, second = start.split("<li>")[1:]
    assert first.count("<span") == MOST_WORDS
    assert " …</p>" in first
    assert "writes" in second
    assert "<small>" not in second


def test_two_views_of_one_name_are_refused(tmp_path):
    with pytest.raises(ValueError, match="same name"):
        write_gallery(tmp_path, [card_of(make_trace(), "a b"), card_of(make_trace(seed=2), "a/b")])


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(app, ["gallery", "--out", str(tmp_path / "file")])
    assert result.exit_code == 1
    assert "not a folder" in result.stderr
