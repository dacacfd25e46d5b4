"""A search over tiny routers: what is tried, what is told, and that nothing is done twice."""

import json

import pytest
from typer.testing import CliRunner

import dualroute
from dualroute.cli import app
from dualroute.families.dual_route.settings import ROUTERS
from dualroute.report.search import search_table
from dualroute.studies.search import Grid, search
from dualroute.studies.search import study as study_module
from dualroute.studies.search.trial import config_of, settings_of
from dualroute.training.settings import TrainingSettings

SETTINGS = TrainingSettings(epochs=1, batch_size=32, learning_rate=1e-2, largest_share=0.5)
SMALL = {"hidden_size": 16, "num_heads": 2, "router_size": 8}
TWO = Grid(router=("linear", "mlp"), view=("early",), budget=(0.05,))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("search")


@pytest.fixture(scope="module")
def results(folder, task, data, backbone) -> dict:
    return search(task, data, folder, TWO, SETTINGS, SMALL, backbone=backbone)


def test_the_grid_is_every_combination_once():
    grid = Grid(router=("linear", "conv"), view=("full", "early"), flows=(2, 3), budget=(0.1,))
    assert len(grid.combinations()) == 8
    assert grid.combinations()[1] == {
        "router": "linear",
        "granularity": "token",
        "view": "full",
        "flows": 3,
        "budget": 0.1,
        "weight_decay": 0.05,
        "dropout": 0.1,
    }


def test_what_a_trial_changes():
    params = Grid(router=("conv",), view=("early",), flows=(3,), budget=(0.2,)).combinations()[0]
    assert config_of(params) == {
        "router": "conv",
        "granularity": "token",
        "dropout": 0.1,
        "early": True,
        "flows": ("direct", "context", "merged"),
    }
    assert settings_of(params) == {"budget": 0.2, "weight_decay": 0.05}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"router": ("linear", "oracle")},
            f"router must be one of {', '.join(ROUTERS)}; not 'oracle'",
        ),
        ({"router": ()}, "the grid has no router to try"),
        ({"flows": (4,)}, "flows must be one of 2, 3; not 4"),
        ({"budget": (0.1, 0.1)}, "names a budget twice: 0.1, 0.1"),
        ({"budget": (-1.0,)}, "budget must be from 0"),
        ({"weight_decay": (float("nan"),)}, "weight_decay must be from 0"),
        ({"dropout": (1.0,)}, "dropout must be from 0 to below 1, not 1.0"),
    ],
)
def test_a_bad_grid_is_reported(changes, message):
    with pytest.raises(ValueError, match=message):
        Grid(**changes)


def test_every_trial_is_measured_under_every_policy(results):
    assert [trial["params"]["router"] for trial in sorted(results["trials"], key=lambda t: t["number"])] == [
        "linear",
        "mlp",
    ]
    for trial in results["trials"]:
        assert set(trial["policies"]) == {"soft", "threshold", "weighted_threshold", "select", "direct", "merged"}
        assert trial["routed"]["accuracy"] == trial["policies"]["threshold"]["accuracy"]
        assert trial["policies"]["direct"]["share"] == 0
        assert trial["policies"]["merged"]["share"] == 1
        assert trial["parameters"] > trial["router_parameters"] > 0
        allowed = trial["routed"] if trial["affordable"] else trial["policies"]["direct"]
        assert trial["value"] == allowed["accuracy"]
    values = [trial["value"] for trial in results["trials"]]
    assert values == sorted(values, reverse=True)
    assert json.loads(json.dumps(results)) == results


def test_a_trial_is_a_checkpoint_and_no_state_is_left(results, folder):
    for path in (folder / "trials").iterdir():
        assert len(dualroute.load(path).trace("it was seen", "ship").tokens) == 3
        assert not (path / "state").exists()
    assert len(list((folder / "trials").iterdir())) == 2


def test_features_are_computed_once_for_all_trials(results, folder):
    assert len(list((folder / "features").iterdir())) == 4  # x and h, to train on and held out


def test_what_is_finished_is_not_done_again_and_a_grid_can_grow(results, folder, task, data, backbone, monkeypatch):
    done = []
    real = study_module.run_trial
    monkeypatch.setattr(study_module, "run_trial", lambda setup, params: done.append(params) or real(setup, params))
    again = search(task, data, folder, TWO, SETTINGS, SMALL, backbone=backbone)
    assert done == []
    assert again == results
    wider = Grid(router=("linear",), view=("early",), flows=(2, 3), budget=(0.05,))
    grown = search(task, data, folder, wider, SETTINGS, SMALL, backbone=backbone)
    assert [params["flows"] for params in done] == [3]
    assert len(grown["trials"]) == 3
    assert grown["grid"]["router"] == ["linear", "mlp"]
    three = next(trial for trial in grown["trials"] if trial["params"]["flows"] == 3)
    assert three["policies"]["context"]["share"] == 1


def test_a_trial_that_was_cut_short_is_done_again(task, data, backbone, tmp_path, monkeypatch):
    real, calls = study_module.run_trial, []

    def stopped(setup, params):
        calls.append(params["router"])
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(setup, params)

    monkeypatch.setattr(study_module, "run_trial", stopped)
    with pytest.raises(KeyboardInterrupt):
        search(task, data, tmp_path, TWO, SETTINGS, SMALL, backbone=backbone)
    trials = []
    search(task, data, tmp_path, TWO, SETTINGS, SMALL, backbone=backbone, tell=trials.append)
    assert calls == ["linear", "mlp", "mlp"]
    assert [trial["params"]["router"] for trial in trials] == ["mlp"]


def test_other_settings_are_another_search(results, folder, task, data, backbone):
    with pytest.raises(ValueError, match="epochs was 1, is 3"):
        search(task, data, folder, TWO, TrainingSettings(epochs=3), SMALL, backbone=backbone)


def test_tpe_draws_so_many_trials_and_goes_on(task, data, backbone, tmp_path, monkeypatch):
    record = {"value": 0.5, "routed": {"share": 0.1}}
    monkeypatch.setattr(study_module, "run_trial", lambda setup, params: record)
    grid = Grid(router=("linear", "mlp"), budget=(0.01, 0.3), weight_decay=(0.0, 0.1))

    def run(trials):
        return search(task, data, tmp_path, grid, SETTINGS, SMALL, trials, backbone=backbone)["trials"]

    assert len(run(2)) == 2
    trials = run(4)
    assert len(trials) == 4
    assert len({trial["params"]["budget"] for trial in trials}) == 4
    assert all(0.01 <= trial["params"]["budget"] <= 0.3 for trial in trials)
    with pytest.raises(ValueError, match="at least one trial, not 0"):
        run(0)


def test_the_table_shows_what_varies(results):
    table = search_table(results)
    assert table.columns[0] == "router"
    assert len(table.rows) == 2
    assert "λ 0.05" in table.note
    assert "sees x alone" in table.note
    assert "200 rows, measured on 40 held-out rows" in table.note


def test_the_command(task, data, backbone, tmp_path):
    columns = ("--x", "title", "--h", "body", "--label", "topic")
    options = ("--router", "linear", "--granularity", "token,sequence", "--view", "early", "--epochs", "1")
    arguments = ["search", *columns, "--data", data, "--out", tmp_path, "--backbone", backbone, *options]
    result = CliRunner().invoke(app, [*map(str, arguments), "--json", str(tmp_path / "new" / "search.json")])
    assert result.exit_code == 0, result.output
    results = json.loads((tmp_path / "new" / "search.json").read_text())
    assert (results["kind"], results["task"], len(results["trials"])) == ("search", "custom", 2)
    assert "| router | granularity |" in result.stdout
    assert "trial 1: " in result.stdout
    assert "plotly" in (tmp_path / "search.html").read_text()[:10_000].lower()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--router", "linear,oracle"), "router must be one of"),
        (("--budget", "cheap"), "--budget takes numbers separated by commas, not 'cheap'"),
        (("--flows", "2,two"), "--flows takes numbers"),
        (("--granularity", ","), "the grid has no granularity to try"),
        (("--trials", "0"), "at least one trial"),
    ],
)
def test_a_bad_search_is_one_line(option, message, tmp_path):
    result = CliRunner().invoke(app, ["search", "news", "--data", "none", "--out", str(tmp_path), *option])
    assert result.exit_code == 1
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
