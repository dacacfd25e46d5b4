"""The words follow the numbers: win, tie and loss."""

import pytest
from factories.results import at, difference, entry, results, with_default

from dualroute.report.reading import notice, outcome, reading, routing_helps
from dualroute.report.results import hundredths


@pytest.mark.parametrize(("value", "expected"), [(0.01, 1), (0.0, 0), (0.004, 0), (-0.01, -1)])
def test_a_difference_counts_where_its_interval_excludes_zero(value, expected):
    assert outcome(difference(value)) == expected


def test_an_interval_that_touches_zero_does_not_exclude_it():
    assert outcome({"difference": 0.01, "ci": [0.0, 0.02]}) == 0


def test_a_win():
    text = reading(with_default())
    assert text.startswith("At the default θ = 0.4, with 20.0% of the tokens reading, accuracy is 90.0% [89.0, 91.0]:")
    assert "10.0 points better than without context [+9.5, +10.5]" in text
    assert "1.0 points better than with full context [+0.5, +1.5]" in text
    assert "and 3.0 points better than random reading at the same share [+2.5, +3.5]." in text
    assert "The route helps: it answers better than reading everything." in text
    assert text.endswith("on x and h, reaches 85.0% [84.0, 86.0], less than the router.")


def test_where_routing_helps_nothing_need_be_said_first():
    assert routing_helps(with_default())
    assert notice(with_default(), "description") == ""


@pytest.mark.parametrize("key", ["minus_random", "minus_direct"])
@pytest.mark.parametrize("value", [0.0, -0.02])
def test_where_it_does_not_help_it_is_said_first(key, value):
    found = with_default(**{key: difference(value)})
    assert not routing_helps(found)
    text = notice(found, "description")
    assert text.startswith(
        "Routing does not measurably help on this task: accuracy is 80.0% without the description, 90.0%"
    )
    assert "hardly any gate" not in text


def test_gates_that_stay_shut_are_said_to():
    closed = at(0.4, 0.001, 0.8) | {"minus_random": difference(0.0), "minus_direct": difference(0.0)}
    text = notice(results(thresholds=[closed]) | {"baselines": {}}, "description")
    assert text.endswith("At the default θ hardly any gate opens.")


def test_a_baseline_that_does_better_is_named():
    found = with_default() | {"baselines": {"nearest_picture": entry(0.95)}}
    assert not routing_helps(found)
    assert "nearest picture reaches accuracy 95.0%, the model 90.0%" in notice(found, "picture")


def test_a_tie_with_merging_always():
    text = reading(with_default(minus_merged=difference(0.0)))
    assert "no better than with full context [−0.5, +0.5]" in text
    assert "less reading, not better answers" in text
    assert "helps" not in text


def test_a_loss_against_merging_always():
    text = reading(with_default(minus_merged=difference(-0.02)))
    assert "2.0 points worse than with full context [−2.5, −1.5]" in text
    assert "what they leave out costs something" in text


@pytest.mark.parametrize("value", [0.0, -0.02])
def test_gates_no_better_than_random_are_reported_whatever_else_is_won(value):
    text = reading(with_default(minus_random=difference(value)))
    assert "Nothing shows here that the gates learned where to read" in text
    assert "helps" not in text
    assert "know where" not in text


def test_the_best_static_gate_is_a_rival_where_it_was_compared():
    assert "2.0 points better than the best fixed rule at that share [+1.5, +2.5]." in reading(
        with_default(minus_static=difference(0.02))
    )


def test_a_context_of_no_use_and_a_better_static_gate_are_reported():
    assert "does as well without context" in reading(with_default(minus_direct=difference(0.001)))
    made = with_default()
    made["thresholds"][1]["static"]["leading"] |= {"accuracy": 0.93, "ci": [0.92, 0.94]}
    assert "A fixed rule (leading), which does not look at its input, reaches more: 93.0% [92.0, 94.0]." in reading(
        made
    )
    assert "fixed rule" not in reading(with_default())


def test_without_a_paired_difference_the_intervals_are_set_side_by_side():
    made = with_default()
    made["thresholds"][1].pop("minus_direct")
    assert "10.0 points better than without context (the intervals do not overlap)" in reading(made)
    assert "+0.5 points apart from no context (the intervals overlap)" in reading(made | {"direct": entry(0.895)})
    assert "5.0 points worse than without context (the intervals do not" in reading(made | {"direct": entry(0.95)})


def test_a_baseline_that_does_more_is_said_to():
    made = with_default() | {"baselines": {"tfidf_x": entry(0.95)}}
    assert reading(made).endswith("on x, reaches 95.0% [94.0, 96.0], more than the router.")
    assert reading(made | {"baselines": {"majority": entry(0.895)}}).endswith("the intervals overlap.")
    assert "baseline" not in reading(made | {"baselines": {}})


def test_other_metrics_and_policies_have_their_words():
    made = results("auc", default_policy="soft", default_threshold=0.4)
    text = reading(made)
    assert text.startswith(
        "At the default decision (soft), with 30.0% of the tokens reading, AUC ×100 is 90.0 [89.0, 91.0]: "
    )
    assert "random reading" not in text


@pytest.mark.parametrize(
    ("value", "sign", "text"),
    [(0.893, "", "89.3"), (-0.0018, "+", "−0.2"), (0.03, "+", "+3.0"), (0.0, "+", "0.0"), (-0.0004, "", "0.0")],
)
def test_a_minus_is_a_minus_and_nothing_has_no_sign(value, sign, text):
    assert hundredths(value, sign) == text
