import pytest
from factories.results import at, difference, entry, results, with_groups

from dualroute.report.tables import in_order, overview_table, result_table


def cells(table, first: str) -> dict[str, str]:
    row = next(row for row in table.rows if row[0].startswith(first))
    return dict(zip(table.columns, row, strict=True))


def test_overview_sets_the_default_beside_its_rivals():
    row = cells(overview_table([results()]), "`news`")
    assert row["routed, default θ"] == "**90.0% [89.0, 91.0]**"
    assert (row["without context"], row["full context"], row["tokens that read"]) == ("80.0%", "89.0%", "20.0%")
    assert row["random reading, same share"] == "87.0%"
    assert row["gain over random [95%]"] == "+3.0 [+2.5, +3.5]"
    assert row["best baseline"] == "85.0%, TF-IDF + logistic regression on x and h"


def test_overview_follows_the_order_of_the_page_and_takes_unknown_tasks():
    mine = results(task="mine", checkpoint="mine", baselines={})
    table = overview_table([mine, results(task="support", checkpoint="support"), results()])
    assert [row[0].split("`")[1] for row in table.rows] == ["news", "support", "mine"]
    assert cells(table, "`mine`")["best baseline"] == ""
    assert [made["task"] for made in in_order([mine, results()])] == ["news", "mine"]


def test_a_score_that_is_no_percentage_is_not_shown_as_one():
    made = results("auc")
    for part in (made["direct"], made["merged"], *made["thresholds"]):
        part["accuracy"] = 0.7
    row = cells(result_table(made), "**routed, θ = 0.4**")
    assert row["AUC ×100 [95%]"] == "90.0 [89.0, 91.0]"
    assert row["accuracy"] == "70.0%"
    assert row["gain over random [95%]"] == "+3.0 [+2.5, +3.5]"
    assert cells(result_table(made), "oracle")["accuracy"] == ""


def test_gain_over_static_has_a_column_only_where_measured():
    assert "gain over fixed rule [95%]" not in result_table(results()).columns
    made = results()
    made["thresholds"][1] = at(0.4, 0.2, 0.9, minus_static=difference(0.02))
    table = result_table(made)
    assert cells(table, "**routed, θ = 0.4**")["gain over fixed rule [95%]"] == "+2.0 [+1.5, +2.5]"
    assert cells(table, "routed, θ = 0.1")["gain over fixed rule [95%]"] == ""


def test_three_flows_have_rows_of_their_own():
    select = at(0.4, 0.25, 0.91)
    select.pop("theta")
    made = results(context=entry(0.6), select=select, default_policy="select")
    table = result_table(made)
    assert cells(table, "only what was read")["accuracy [95%]"] == "60.0% [59.0, 61.0]"
    assert cells(table, "**routed, widest gate** (default)")["tokens that read"] == "25.0%"
    assert not any("θ = 0.4** (default)" in row[0] for row in table.rows)
    assert cells(overview_table([made]), "`news`")["routed, default θ"] == "**91.0% [90.0, 92.0]**"


@pytest.mark.parametrize(("name", "value"), [("seen in training", "92.0%"), ("unseen", "81.0%")])
def test_groups_have_their_rows(name, value):
    table = result_table(with_groups())
    assert cells(table, f"*service {name}*")["decision"].endswith("rows): without context")
    routed = next(row for row in table.rows if name in row[0] and "routed" in row[0])
    assert routed[2].startswith(value)


def test_what_another_row_s_picture_leaves_is_shown():
    made = results(wrong_image={"merged": entry(0.5), "threshold": entry(0.6) | {"share": 0.2}})
    table = result_table(made)
    assert cells(table, "full context, another row's picture")["accuracy [95%]"] == "50.0% [49.0, 51.0]"
    assert cells(table, "routed, threshold, another row's picture")["tokens that read"] == "20.0%"


def test_rows_that_cannot_be_measured_are_counted():
    assert "3 rows whose answer does not stand in x" in result_table(results(skipped_unanswered=3)).note
