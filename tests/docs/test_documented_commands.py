"""Every command in the documentation exists, with its options, and names files that are there."""

import json
from importlib.util import find_spec

import pytest
import typer.main

from dualroute.cli import app

from .reading import ROOT, commands, name_of, pages

PAGES = [page for page in pages() if commands(page)]
DUALROUTE = typer.main.get_command(app)
DOCS = (ROOT / "requirements-docs.txt").read_text("utf-8").replace("==", " ").split()  # need not be installed here
SCRIPTS = json.loads((ROOT / "frontend" / "package.json").read_text("utf-8"))["scripts"]


def check(words: list[str]) -> None:
    """Raise an error that names what is wrong with a command, if anything is."""
    match words:
        case ["python", "-m", "dualroute", *rest]:
            check_dualroute(rest)
        case ["python", "-m", module, *_]:
            assert module.endswith(".NAME") or module in DOCS or find_spec(module), f"no module {module}"
        case ["pip", "install", *rest]:
            check_install(rest)
        case ["npm", "run", script, *_]:
            assert script in SCRIPTS
        case [script] if script.startswith(".ci/"):
            assert (ROOT / script).is_file()
        case _:
            assert words[:2] in (["python", "app.py"], ["npm", "ci"]), f"unknown command: {' '.join(words)}"


def check_dualroute(words: list[str]) -> None:
    """Raise an error for an unknown command of dualroute, or one that is called wrongly; NAME stands for any."""
    name = words[0] if words else "NAME"
    assert name in ("NAME", "--help", "…") or name in DUALROUTE.commands, f"no command {name}"
    if name in DUALROUTE.commands:
        check_options(DUALROUTE.commands[name], words[1:])


def check_options(command, words: list[str]) -> None:
    """Raise ValueError for an option that a command does not have, or for too many arguments."""
    options = {name: one for one in command.params for name in [*one.opts, *one.secondary_opts] if name[0] == "-"}
    arguments = sum(one.param_type_name == "argument" for one in command.params)
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            arguments -= 1
        elif word not in options and word != "--help":
            raise ValueError(f"no option {word}")
        elif word in options and not options[word].is_flag:
            del rest[: options[word].nargs]
    if arguments < 0:
        raise ValueError("too many arguments")


def check_install(words: list[str]) -> None:
    """Raise an error for a file of requirements that is not there, or an extra that the package does not have."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    for flag, word in zip(["", *words], words, strict=False):
        if flag == "-r":
            assert (ROOT / word).is_file(), f"no file {word}"
        if word.startswith("dualroute["):
            assert f"\n{word.removeprefix('dualroute[').removesuffix(']')} = [" in project


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_commands_of_a_page_exist(page):
    for words in commands(page):
        try:
            check(words)
        except (AssertionError, ValueError) as error:
            pytest.fail(f"{' '.join(words)}: {error}")


def test_many_commands_are_checked():
    known = {words[3] for page in PAGES for words in commands(page) if words[:3] == ["python", "-m", "dualroute"]}
    assert {"train", "evaluate", "rows", "serve", "trace", "thresholds", "gallery", "publish"} <= known


@pytest.mark.parametrize(
    "line",
    [
        "python -m dualroute trace news --y A",
        "python -m dualroute fly",
        "python -m dualroute gallery here --out there",
        "python -m benchmarks.nothing",
        "pip install -r requirements-none.txt",
        "pip install dualroute[none]",
        "npm run fly",
        ".ci/none",
    ],
)
def test_a_wrong_command_is_noticed(line):
    with pytest.raises((AssertionError, ValueError)):
        check(line.split())
