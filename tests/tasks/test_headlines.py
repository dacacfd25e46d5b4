"""Rows of the two sets of headlines."""

from dualroute.tasks.headlines import TASK, to_example

REUTERS = {
    "id": "reuthl-1",
    "x": "Maxtor Corp <MXT> and <Cofab Inc>, said they reached an agreement.",
    "h": "It calls for Maxtor to issue 12 mln dlrs.",
    "label": "MAXTOR <MXT> TO BUY <COFAB INC>",
}
AG = {"id": "aghl-1", "x": "AP - Oil fell (slightly).", "h": "Business", "label": "Oil Prices Fall (AP)"}


def test_tickers_go_and_names_in_brackets_stay():
    row = to_example(REUTERS)
    assert row.x == "Maxtor Corp and Cofab Inc, said they reached an agreement."
    assert row.label == "maxtor to buy cofab inc"
    assert row.h == REUTERS["h"]


def test_agencies_go_and_a_topic_is_no_rest_of_an_article():
    row = to_example(AG)
    assert (row.x, row.h, row.label) == ("Oil fell (slightly).", "", "oil prices fall")


def test_demos_show_articles_with_and_without_a_rest():
    assert len(TASK.demos) >= 5
    assert {bool(rest) for _, rest, _ in TASK.demos} == {True, False}
    assert not TASK.has_classes
