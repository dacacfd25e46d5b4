"""The command line without a model: help, and errors that a person can act on."""

import subprocess
import sys
from dataclasses import dataclass, field, fields
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import dualroute.cli
from dualroute.cli import COMMANDS, app
from dualroute.cli import options as o
from dualroute.cli.search import GRID
from dualroute.families.dual_route.config import GRANULARITIES, READERS, ROUTERS
from dualroute.studies.search import Grid
from dualroute.training.settings import TrainingSettings


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_python_m_dualroute_shows_the_commands():
    result = subprocess.run([sys.executable, "-m", "dualroute", "--help"], capture_output=True, text=True, check=True)
    assert all(command.replace("_", "-") in result.stdout for command in COMMANDS)


def test_help_does_not_wait_for_heavy_imports():
    code = (
        "import sys; from dualroute.cli import app; app(['train', '--help'], standalone_mode=False);"
        "print(sorted({'torch', 'transformers', 'sklearn', 'pandas', 'gradio', 'plotly'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", [name.replace("_", "-") for name in COMMANDS])
def test_every_command_has_help(command):
    result = invoke(command, "--help")
    assert result.exit_code == 0
    assert "--help" in result.stdout


def test_every_command_is_a_file_and_every_file_a_command():
    package = Path(dualroute.cli.__file__).parent
    assert {path.stem for path in package.glob("[!_]*.py")} == {*COMMANDS, "base", "options"}
    assert len(app.registered_commands) == len(COMMANDS)


def test_the_help_names_every_kind_there_is():
    shown = " ".join(invoke("train", "--help").stdout.split())
    for kind in (*ROUTERS, *GRANULARITIES, *READERS):
        assert kind in shown


def test_a_field_of_a_dataclass_is_an_option():
    @dataclass
    class Settings:
        width: int = field(default=8, metadata={"help": "Width."})
        wide: bool = field(default=False, metadata={"help": "Wide.", "names": "--wide/--narrow"})
        files: tuple = field(default=("a",), metadata={"help": "Use the files.", "switch": True})
        secret: int = field(default=0, metadata={"help": "Of tasks.", "option": False})
        undocumented: int = 0

    received, program = [], typer.Typer()

    @program.command()
    @o.with_options(settings=o.options_of(Settings))
    def command(*, before: int = 1, settings: dict):
        received.append(settings)

    for arguments in ([], ["--width", "3", "--narrow"], ["--no-files", "--wide"]):
        assert CliRunner().invoke(program, arguments).exit_code == 0
    assert received == [{}, {"width": 3, "wide": False}, {"wide": True, "files": ()}]
    assert CliRunner().invoke(program, ["--secret", "1"]).exit_code == 2


def test_every_setting_of_a_training_is_documented():
    assert all(item.metadata["help"] for item in fields(TrainingSettings))
    assert set(o.MODEL) & set(o.TRAINING) == set()


def test_search_has_an_option_for_every_dimension_of_the_grid():
    assert list(GRID) == [item.name for item in fields(Grid)]


def test_settings_load_without_torch():
    code = (
        "import sys, dualroute.training.settings, dualroute.families.dual_route.settings;"
        "print(sorted({'torch', 'transformers', 'pandas'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("evaluate", "weather", "--data", "x.jsonl"), "unknown task 'weather'; there are news"),
        (("evaluate", "--data", "x.jsonl"), "name either a task (news"),
        (("evaluate", "news", "--data", "x.jsonl", "--label", "topic"), "name either a task (news"),
        (("train", "--x", "a", "--label", "b", "--data", "x.csv", "--out", "o"), "the columns --x, --h and --label"),
        (("train", "news", "--data", "no/such/place", "--out", "o"), "no data file no/such/place"),
        (("train", "news", "--data", "x.csv", "--out", "o", "--epochs", "0"), "epochs must be positive"),
        (("train", "news", "--data", "x.csv", "--out", "o", "--flows", "4"), "--flows is 2 (direct, merged) or 3"),
        (("trace", "no-such-checkpoint", "--x", "a"), "no checkpoint 'no-such-checkpoint'"),
        (("table", "--readme", "no/README.md"), "no file no/README.md"),
    ],
)
def test_errors_are_one_line_on_stderr(arguments, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = invoke(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [("train", "news"), ("serve", "--port", "many"), ("fly",)])
def test_wrong_usage_is_exit_code_2(arguments):
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr


def test_a_defect_keeps_its_traceback_but_shows_no_values(monkeypatch):
    """Local variables may hold somebody's text."""
    assert app.pretty_exceptions_show_locals is False
    monkeypatch.setattr("dualroute.tasks.get_task", lambda name: 1 / 0)
    assert isinstance(invoke("evaluate", "news", "--data", "x").exception, ZeroDivisionError)


def test_serve_hands_the_port_on(monkeypatch):
    import types

    called = {}
    page = types.SimpleNamespace(launch=called.update)
    monkeypatch.setitem(sys.modules, "dualroute.app.page", page)
    assert invoke("serve", "--port", 7861).exit_code == 0
    assert called == {"port": 7861, "mcp": True}
    assert invoke("serve", "--no-mcp").exit_code == 0
    assert called == {"port": None, "mcp": False}


def handed_on(monkeypatch, module: str, *arguments) -> tuple[tuple, dict]:
    """What a command calls the function of its name in `module` with."""
    called = []
    monkeypatch.setattr(module, lambda *values, **named: called.append((values, named)) or {"trials": []})
    invoke(*arguments)
    return called[0]


def test_train_hands_the_models_settings_and_the_trainings_on(monkeypatch):
    options = (
        "--router",
        "conv",
        "--flows",
        3,
        "--reader",
        "bilinear",
        "--tuned-layers",
        2,
        "--dropout",
        0.2,
        "--full",
    )
    options += ("--weight-decay", 0.3, "--max-rows", 500, "--largest-share", 0.5, "--images", "pictures.zip")
    values, named = handed_on(
        monkeypatch, "dualroute.training.train.train", "train", "news", "--data", "d", "--out", "o", *options
    )
    settings, config = values[3], values[4]
    assert config == {
        "router": "conv",
        "flows": ("direct", "context", "merged"),
        "reader": "bilinear",
        "tuned_layers": 2,
        "dropout": 0.2,
        "early": False,
    }
    assert (settings.weight_decay, settings.max_rows, settings.largest_share) == (0.3, 500, 0.5)
    assert settings.epochs == 5  # the task's own
    assert named == {"cache": None, "images": Path("pictures.zip")}


def test_extra_rows_are_the_tasks_own_unless_they_are_refused(monkeypatch):
    run = (monkeypatch, "dualroute.training.train.train", "train", "news", "--data", "d", "--out", "o")
    assert handed_on(*run)[0][3].extra
    assert handed_on(*run, "--no-extra")[0][3].extra == ()


def test_evaluate_hands_rows_and_images_on_only_when_they_are_given(monkeypatch):
    run = (monkeypatch, "dualroute.evaluation.evaluate.evaluate", "evaluate", "news", "--data", "d")
    assert handed_on(*run)[1] == {}
    assert handed_on(*run, "--rows", 50, "--images", "p")[1] == {"images": Path("p"), "most_rows": 50}


def test_trace_takes_a_picture(monkeypatch):
    import types

    asked = {}
    router = types.SimpleNamespace(trace=lambda *values, **named: asked.update(named) or 1 / 0)
    monkeypatch.setattr("dualroute.api.load_dual_router", lambda name: router)
    invoke("trace", "emoji", "--x", "a face", "--image", "face.png")
    assert asked["image"] == Path("face.png")
