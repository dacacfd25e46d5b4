"""The figures hold the results' numbers, in hundredths, and say where each stands."""

import json

import pytest
from factories.results import results, with_groups

from dualroute.report.curves import curve_figure
from dualroute.report.dots import gains_figure, groups_figure, recovery_figure


def trace(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def test_the_curve_has_every_threshold_by_its_share():
    routed = trace(curve_figure(results()), "routed")
    assert routed.x == (5.0, 20.0, 50.0)
    assert routed.y == (83.0, 90.0, 89.0)
    assert routed.hovertext[1] == "<b>routed</b><br>θ = 0.400<br>20.0% of tokens<br>90.0% [89.0, 91.0]"


def test_the_band_is_the_interval():
    band = trace(curve_figure(results()), "routed, 95%")
    assert band.x == (5.0, 20.0, 50.0, 50.0, 20.0, 5.0)
    assert band.y == (82.0, 89.0, 88.0, 90.0, 91.0, 84.0)


def test_rivals_stand_at_the_router_s_shares():
    figure = curve_figure(results())
    assert trace(figure, "random reading").x == trace(figure, "routed").x
    assert trace(figure, "random reading").y == (80.0, 87.0, 86.0)
    assert trace(figure, "best fixed rule").y == (81.0, 88.0, 87.0)
    assert (trace(figure, "without context").y, trace(figure, "full context").y) == ((80.0, 80.0), (89.0, 89.0))


def test_the_default_and_the_oracle_are_marked():
    figure = curve_figure(results())
    default, oracle = trace(figure, "default, θ = 0.400"), trace(figure, "oracle")
    assert (default.x, default.y) == ((20.0,), (90.0,))
    assert default.error_y.array == default.error_y.arrayminus == (1.0,)
    assert (oracle.x, oracle.y) == ((10.0,), (94.0,))
    soft = trace(curve_figure(results(default_policy="soft")), "default, soft")
    assert (soft.x, soft.y) == ((30.0,), (90.0,))


@pytest.mark.parametrize("metric", ["auc", "f1", "rougeL"])
def test_any_metric_is_drawn_and_named(metric):
    figure = curve_figure(results(metric))
    assert "×100" in figure.layout.yaxis.title.text
    assert "%" not in trace(figure, "oracle").hovertext[0].split("<br>")[-1]


def test_the_page_gives_the_colours_around():
    layout = curve_figure(results()).layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.font.color is None


def test_groups_stand_beside_all_rows():
    figure = groups_figure(with_groups())
    assert trace(figure, "routed").x == (90.0, 92.0, 81.0)
    assert trace(figure, "without context").x == (80.0, 70.0, 70.0)
    assert trace(figure, "routed").y[2].replace("<br>", " ") == "service unseen (700)"


def test_gains_of_all_tasks_in_the_page_s_order():
    support = results(task="support", checkpoint="support")
    figure = gains_figure([support, results()])
    gain = trace(figure, "over random reading, same share")
    assert (gain.y, gain.x) == (("News topic", "Customer service"), (3.0, 3.0))
    assert gain.error_x.array == (0.5, 0.5)
    assert gain.hovertext[0] == "<b>News topic</b><br>over random reading, same share: +3.0 [+2.5, +3.5]"


def test_the_range_is_that_of_the_intervals_and_of_the_lines_across():
    low, high = gains_figure([results()]).layout.xaxis.range
    assert (low, high) == (-0.525, 11.025)  # 0 to 10.5, and a twentieth of that on either side
    low, high = groups_figure(with_groups()).layout.xaxis.range
    assert (low, high) == (67.8, 94.2)  # 69, the low end of direct alone, to 93, the high end of merged


def test_recovery_shows_every_seed_and_the_mean():
    runs = [{"seed": 0, "auroc": 0.9}, {"seed": 1, "auroc": 1.0}]
    routers = [{"router": "mlp", "early": early, "auroc_mean": 0.95, "runs": runs} for early in (False, True)]
    figure = recovery_figure({"kind": "gate_recovery", "routers": routers})
    assert trace(figure, "full, each seed").x == (0.9, 1.0)
    assert trace(figure, "early: sees x only, mean").x == (0.95,)


def test_every_figure_is_plain_json():
    for figure in (curve_figure(results()), groups_figure(with_groups()), gains_figure([results()])):
        assert json.loads(json.dumps(figure.to_plotly_json())) == json.loads(figure.to_json())
