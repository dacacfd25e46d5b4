"""What a visitor can choose in Inspect, and what a choice brings."""

import pytest

from dualroute.app.catalogue import GROUPS, load_catalogue
from dualroute.app.inspect.controls import task_choices
from dualroute.app.inspect.tab import example
from dualroute.report.reading import better_baseline

CATALOGUE = load_catalogue()


def test_tasks_stand_in_groups_with_their_routers_and_examples():
    choices = task_choices(CATALOGUE)
    assert [choice["key"] for choice in choices] == list(CATALOGUE)
    places = [GROUPS.index(choice["group"]) for choice in choices]
    assert places == sorted(places)
    for choice in choices:
        titles = [router["title"] for router in choice["routers"]]
        assert len(set(titles)) == len(titles)
        assert [one["caption"] for one in choice["examples"]] == CATALOGUE[choice["key"]].captions


def test_a_task_on_which_a_simple_method_does_better_says_so_and_stands_last():
    better = [entry for entry in CATALOGUE.values() if entry.results and better_baseline(entry.results)]
    assert better
    assert better == list(CATALOGUE.values())[-len(better) :]
    for entry in better:
        assert entry.group == GROUPS[-1]
        assert entry.note.startswith("A simpler method does better on this task: ")


def test_a_stored_example_comes_with_its_key_and_its_attribution():
    for name, choice in zip(CATALOGUE, task_choices(CATALOGUE), strict=True):
        for index, one in enumerate(choice["examples"]):
            answer = example({"task": name, "index": index}, CATALOGUE)
            assert answer["payload"]["key"] == one["key"]
            assert answer["attribution"]["request"]["key"] == one["key"]


@pytest.mark.parametrize("wrong", [{"task": "nobody"}, {"task": "news", "index": 99}, {"task": 3}, {}])
def test_an_example_that_is_not_there_is_refused_in_words(wrong):
    with pytest.raises(ValueError, match=r"no example|task"):
        example(wrong, CATALOGUE)
