"""The task of recommendations: rows, and what the histories of training readers hold besides."""

import pytest

from dualroute.inputs import parse_items
from dualroute.tasks import get_task
from dualroute.tasks.recommendations import DEMOS, FEWEST, label_of, more_records, title

HEAT, UP = "Heat (1995) | Crime, Thriller", "Up (2009) | Animation"


def record(user: int, x: str, h: list[str], label: str = "like") -> dict:
    return {"user": user, "x": x, "h": h, "label": label}


def test_a_row_has_its_history_as_lines_and_its_film_as_group():
    row = get_task("recommendations").to_example(record(1, HEAT, ["Up (2009): 4", "Alien (1979): 2.5"]))
    assert row.h == "Up (2009): 4\nAlien (1979): 2.5"
    assert (row.x, row.group, row.label) == (HEAT, "Heat (1995)", "like")
    assert get_task("recommendations").to_example(record(1, HEAT, "")).h == ""


def test_what_a_rating_says():
    assert [label_of(rating) for rating in (5, 4, 3.5, 3, 0.5)] == ["like", "like", "", "dislike", "dislike"]


def test_films_of_a_history_become_candidates_with_what_was_rated_before():
    before = [f"Film {i} (2000): 3" for i in range(FEWEST)]
    (made,) = more_records([record(1, HEAT, [*before, "Up (2009): 2"]), record(2, UP, before)])
    assert made == {"x": UP, "h": before, "label": "dislike"}


@pytest.mark.parametrize(
    "history",
    [
        ["Up (2009): 2", *["Film (2000): 3"] * FEWEST],  # nothing before it
        [*["Film (2000): 3"] * FEWEST, "Up (2009): 3.5"],  # neither liked nor not
        [*["Film (2000): 3"] * FEWEST, "Alien (1979): 5"],  # no description is known
        [*["Film (2000): 3"] * FEWEST, "Heat (1995): 5"],  # a candidate of this reader already
    ],
)
def test_films_that_do_not_serve(history):
    assert more_records([record(1, HEAT, history), record(2, UP, [])]) == []


def test_no_reader_and_film_twice():
    history = [*[f"Film {i} (2000): 3" for i in range(FEWEST)], "Up (2009): 5"]
    rows = [record(1, HEAT, history), record(1, "Alien (1979) | Horror", history), record(2, UP, [])]
    assert len(more_records(rows)) == 1


def test_demonstrations_are_films_with_rated_histories():
    for x, h, _ in DEMOS:
        assert title(x).endswith(")")
        assert all(item.rating for item in parse_items(h))
