"""The gallery's files: what they hold, how large they are, and that no text becomes markup."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from factories.traces import changed, make_trace, make_written
from typer.testing import CliRunner

from dualroute.app.catalogue import load_catalogue
from dualroute.app.language.start import FAULTS, stored_examples
from dualroute.cli import app
from dualroute.cli.gallery import answer_cards, cards_of
from dualroute.export.gallery import Card, write_gallery
from dualroute.export.gallery_cards import MOST_WORDS, answer_card, input_card
from dualroute.export.trace_payload import trace_key
from dualroute.tasks import TASKS
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
    return input_card(name, "Group", TASKS["news"], "", example_of(trace, right))


def stored_answer(**changes) -> dict:
    """The first stored answer of a language model, with other values in its payload."""
    answered = json.loads(json.dumps(stored_examples()[0]))
    answered["written"]["payload"] |= changes
    return answered


def data_of(view) -> dict:
    """What a view of the gallery shows."""
    return json.loads(re.search(r'id="saved-data">(.*?)</script>', view.read_text("utf-8"))[1])


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
    failing = {key for key, entry in entries.items() if any(one.is_right is False for one in entry.examples)}
    assert failing
    failures = {f"{key}-failure" for key in (*failing, "language-model")}
    assert names == {*entries, "language-model", *failures}


def test_every_stored_answer_of_the_language_model_is_judged():
    assert {one["written"]["payload"]["answer"] for one in stored_examples()} == set(FAULTS)


def test_a_failure_is_called_one_on_its_card(site):
    start = (site / "index.html").read_text("utf-8")
    cards = [card for entry in load_catalogue().values() for card in cards_of(entry)]
    cards += answer_cards(stored_examples(), FAULTS)
    items = dict(re.findall(r'<li><a href="(.*?)">(.*?)</li>', start, re.DOTALL))
    assert set(items) == {card.file for card in cards}
    assert {file for file, item in items.items() if 'class="wrong"' in item} == {
        card.file for card in cards if "-failure" in card.name
    }
    assert "nod to it" in items["views/language-model-failure.html"]


def test_a_view_holds_the_payload_of_its_example(tmp_path):
    trace = make_trace()
    _, _, _, view = write_gallery(tmp_path, [card_of(trace, right=("A",))])
    data = data_of(view)
    assert data["views"][0]["payload"]["key"] == trace_key(trace)
    assert data["views"][0]["payload"]["right"] == ["A"]
    assert data["views"][0]["attribution"]["prediction"]["scores"] == [0.5] * len(trace.tokens)


def test_text_never_becomes_markup(tmp_path):
    trace = make_trace(tokens=1, context=1)
    spec = changed(trace, x=HOSTILE, h=HOSTILE, tokens=(HOSTILE,), notes=(HOSTILE,))
    answers = stored_answer(), stored_answer(prompt=HOSTILE, passage=HOSTILE)
    plain, hostile = (
        write_gallery(tmp_path / str(i), [card_of(one), answer_card("lm", answer, one.x)])
        for i, (one, answer) in enumerate(zip((trace, spec), answers, strict=True))
    )
    for before, after in zip(plain, hostile, strict=True):
        if before.suffix == ".html":
            assert Elements(before.read_text("utf-8")).names == Elements(after.read_text("utf-8")).names


def test_the_tiles_say_which_words_read(tmp_path):
    trace = make_trace(tokens=6, context=4)
    start = write_gallery(tmp_path, [card_of(trace)])[0].read_text("utf-8")
    reading = sum(trace.replay().rho > 0)
    assert 0 < reading < 6
    assert start.count('class="read"') == reading


def test_the_card_of_an_answer_says_which_words_read_and_what_would_be_written_without_the_passage(tmp_path):
    answered = stored_answer()
    start, *_, view = write_gallery(tmp_path, answer_cards([answered], {"The inn at Marlow was built in 1702.": ""}))
    text = start.read_text("utf-8")
    assert re.findall(r'<span class="read">(.*?)</span>', text) == ["1702."]
    assert "✓ right" in text
    assert "without the passage: <b>The inn at Marlow was built in 1880.</b>" in text
    assert data_of(view) == {"written": answered["written"], "sources": answered["sources"]}


def test_places_of_words_are_those_of_a_browser(tmp_path):
    """The token that reads, 7, stands at 5 in the browser's counting and at 4 in Python's."""
    answered = stored_answer(answer="🏨🏨 7 and", tokens=["🏨🏨", "7", "and"], offsets=[[0, 4], [5, 6], [7, 10]])
    answered["written"]["routed"]["rho"] = [0.0, 1.0, 0.0]
    start = write_gallery(tmp_path, [answer_card("one", answered, "")])[0].read_text("utf-8")
    assert re.findall(r'<span class="read">(.*?)</span>', start) == ["7"]


def test_an_answer_that_nobody_judged_has_no_card():
    assert answer_cards([stored_answer(answer="Nobody read this.")], FAULTS) == []


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
