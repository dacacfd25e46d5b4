"""The repository's habits: workflows call what `.ci/run` calls, one version everywhere, notebooks without outputs."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

import dualroute

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def scripts_of_run() -> set[str]:
    """The scripts that `.ci/run` calls."""
    return set(re.findall(r"^\.ci/\w+$", (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE))


def test_every_script_is_called_by_run_and_can_be_executed():
    scripts = {path for path in (ROOT / ".ci").iterdir() if path.name != "run"}
    assert scripts_of_run() == {f".ci/{path.name}" for path in scripts}
    assert all(path.stat().st_mode & 0o111 for path in scripts)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_only_call_scripts_that_run_calls(workflow):
    jobs = yaml.safe_load(workflow.read_text("utf-8"))["jobs"]
    called = {step["run"] for job in jobs.values() for step in job["steps"] if "run" in step}
    assert called == scripts_of_run()


def test_the_workflow_tests_every_python_that_is_promised():
    (workflow,) = WORKFLOWS
    versions = yaml.safe_load(workflow.read_text("utf-8"))["jobs"]["tests"]["strategy"]["matrix"]["python"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f">={versions[0]}" == project["requires-python"]
    assert versions == ["3.11", "3.12", "3.13"]


def test_there_is_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert project["version"] == citation["version"] == dualroute.__version__
    assert f"## [{dualroute.__version__}] - {citation['date-released']}\n" in changelog


def test_the_changelog_keeps_its_form():
    """Keep a Changelog: versions from new to old, and in each only sections of the six kinds."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert versions[0] == "Unreleased"
    numbers = [tuple(map(int, version.split("."))) for version in versions[1:]]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == (0, 1, 0)
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_are_stored_without_outputs_and_are_small(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
    assert path.stat().st_size < 20_000


def test_the_readme_can_be_read_to_its_end():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 200
