"""The wheel, installed outside the repository: with no extra, and beside everything that the page needs."""

import os
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import distribution
from pathlib import Path

import httpx
import pytest
from page.serving import serve

import dualroute

ROOT = Path(__file__).resolve().parents[1]
BASE = ("numpy", "orjson")  # what an install without extras brings
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DUALROUTE_ASSETS")}

PRINT_A_STORED_TRACE = """
import json
import dualroute
from dualroute.paths import assets_dir

line = (assets_dir() / "examples" / "news.jsonl").read_text(encoding="utf-8").splitlines()[0]
trace = dualroute.Trace.from_json(json.dumps(json.loads(line)["trace"]))
print(trace.to_text())
print(trace.replay().label, "|", trace.replay(threshold=1.0, overrides={0: "merged"}).label)
"""


class Installed:
    """The wheel in a virtual environment of its own, with `packages` of this environment beside it."""

    def __init__(self, folder: Path, wheel: Path):
        self.folder = folder
        venv.create(folder / "venv", with_pip=False, symlinks=True)
        self.python = folder / "venv" / "bin" / "python"
        scheme = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
        self.packages = Path(sysconfig.get_path("purelib", vars=scheme))
        self.wheel = wheel

    def install(self) -> None:
        """Install the wheel from its file alone: a dependency that is not there already is an error."""
        pip("--python", self.python, "install", "--no-index", self.wheel)

    def run(self, *command) -> subprocess.CompletedProcess:
        return run(*command, cwd=self.folder)


def run(*command, cwd: Path) -> subprocess.CompletedProcess:
    command = [str(part) for part in command]
    return subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=600)


def pip(*arguments) -> None:
    result = run(sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", ROOT, "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    return next(folder.glob("dualroute-*.whl"))


@pytest.fixture(scope="module")
def base_install(wheel, tmp_path_factory) -> Installed:
    """The install without extras: its dependencies are linked from this environment, so that no network is needed."""
    installed = Installed(tmp_path_factory.mktemp("base"), wheel)
    for name in BASE:
        files = distribution(name).files
        for top in {file.parts[0] for file in files} - {"..", "__pycache__"}:
            (installed.packages / top).symlink_to(distribution(name).locate_file(top))
    installed.install()
    return installed


@pytest.fixture(scope="module")
def full_install(wheel, tmp_path_factory) -> Installed:
    """The install with all extras: every package of this environment is on its path."""
    installed = Installed(tmp_path_factory.mktemp("full"), wheel)
    (installed.packages / "extras.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    installed.install()
    return installed


def test_without_extras_a_stored_trace_is_read_replayed_and_printed(base_install):
    result = base_install.run(base_install.python, "-c", PRINT_A_STORED_TRACE)
    assert result.returncode == 0, result.stderr
    made, head, *tokens, labels = result.stdout.splitlines()
    assert made.startswith("news (")
    place = head.split().index("gate")
    assert len(tokens) > 5
    assert all(0 <= float(line.split()[place]) <= 1 for line in tokens)
    assert labels.count("|") == 1


def test_without_extras_nothing_else_is_installed(base_install):
    modules = [module for modules in dualroute.EXTRAS.values() for module in modules]
    code = f"from importlib.util import find_spec; print([name for name in {modules} if find_spec(name)])"
    assert base_install.run(base_install.python, "-c", code).stdout.strip() == "[]"


def test_without_extras_the_command_names_what_to_install(base_install):
    result = base_install.run(base_install.python.with_name("dualroute"), "trace", "news", "--x", "A title")
    assert (result.returncode, result.stderr) == (1, 'error: typer is not installed: pip install "dualroute[models]"\n')


def test_the_wheel_is_typed_and_brings_its_assets(base_install):
    code = "import dualroute.paths; print(dualroute.paths.assets_dir(), *dualroute.shipped())"
    folder, *names = base_install.run(base_install.python, "-c", code).stdout.split()
    assert Path(folder) == base_install.packages / "dualroute" / "assets"
    assert names == dualroute.shipped()
    assert (base_install.packages / "dualroute" / "py.typed").is_file()


def test_the_page_starts_from_the_wheel(full_install):
    command = (full_install.python.with_name("dualroute"), "serve", "--no-mcp")
    env = ENVIRONMENT | {"GRADIO_TEMP_DIR": str(full_install.folder)}
    with serve(full_install.folder, command, env, cwd=full_install.folder) as server:
        assert "DualRoute Explorer" in httpx.get(server.url, timeout=60).text
        assert "Traceback" not in server.log
