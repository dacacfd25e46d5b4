"""A history as people write it."""

import pytest

from dualroute.inputs import NO_RATING, Item, parse_items


def test_titles_and_ratings():
    items = parse_items("Heat (1995): 4.5\nAlien (1979)\n\nKill Bill: Vol. 1 (2003): 3\n  Up (2009) : 2,5 ")
    assert items == (
        Item("Heat (1995)", 4.5),
        Item("Alien (1979)"),
        Item("Kill Bill: Vol. 1 (2003)", 3.0),
        Item("Up (2009)", 2.5),
    )
    assert [item.name for item in items[:3]] == ["Heat (1995): 4.5", "Alien (1979)", "Kill Bill: Vol. 1 (2003): 3"]


def test_ratings_about_zero():
    assert [Item("a", rating).scaled for rating in (5, 3.5, 2, 0.5)] == [1, 0, -1, -2]
    assert Item("a").scaled == NO_RATING


def test_names_are_read_as_they_were_written():
    items = parse_items("Heat (1995): 4.50\nAlien (1979)")
    assert parse_items("\n".join(item.name for item in items)) == items


@pytest.mark.parametrize("line", ["Heat (1995): 7", "Heat (1995): 0"])
def test_a_number_that_is_no_rating_is_reported(line):
    with pytest.raises(ValueError, match=r"the history says “Heat .*: a rating is a number from 0.5 to 5"):
        parse_items(f"Alien (1979): 4\n{line}", "history")


@pytest.mark.parametrize("text", ["", "  \n \n", "…\n--\n\x00"])
def test_lines_without_content_are_no_items(text):
    assert parse_items(text) == ()
