"""Import rules: what may know of what."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "dualroute"
FILES = sorted(ROOT.rglob("*.py"))
CAPTUM_HOMES = ("interpret/attributions/", "interpret/faithfulness.py", "interpret/sensitivity.py")
TORCH_FREE = {
    "policies.py",
    "overrides.py",
    "text.py",
    "items.py",
    "paths.py",
    "images.py",
    "checkpoints.py",
    "cards.py",
    "interpret/trace.py",
    "interpret/replay.py",
    "interpret/spans.py",
    "interpret/attribution.py",
    "interpret/attributions/exact.py",
    "interpret/targets.py",
    "interpret/methods.py",
    "interpret/watching.py",
    "interpret/granularity.py",
    "interpret/agreement.py",
    "interpret/plausibility.py",
    "interpret/encoding.py",
    "interpret/stored.py",
    "interpret/corpus.py",
    "interpret/breakpoints.py",
    "interpret/row_steps.py",
    "interpret/threshold_index.py",
    "interpret/stored_rows.py",
    "interpret/gathered.py",
    "interpret/erasing.py",
    "interpret/flipping.py",
    "interpret/faithfulness_record.py",
    "interpret/alignment.py",
    "interpret/comparison.py",
    "interpret/wording.py",
    "interpret/interventions/__init__.py",
    "interpret/interventions/controls.py",
    "interpret/interventions/selection.py",
    "interpret/interventions/smallest.py",
    "interpret/interventions/words.py",
}


def imports(path: Path, top_level_only: bool = False) -> set[str]:
    """Full names of the modules a file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def uses(path: Path, package: str) -> bool:
    return any(module == package or module.startswith(package + ".") for module in imports(path))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_captum_stays_in_its_files(path):
    assert not uses(path, "captum") or name(path).startswith(CAPTUM_HOMES)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_gradio_stays_in_ui(path):
    assert not uses(path, "gradio") or name(path).startswith("ui/")


@pytest.mark.parametrize("path", [p for p in FILES if name(p).startswith(("tasks/", "figures/"))], ids=name)
def test_tasks_and_figures_know_no_torch(path):
    assert not uses(path, "torch")
    assert not uses(path, "dualroute.model")


@pytest.mark.parametrize("path", [p for p in FILES if name(p) in TORCH_FREE], ids=name)
def test_records_and_replay_know_no_torch(path):
    assert not uses(path, "torch")
    assert not uses(path, "transformers")


@pytest.mark.parametrize("path", [p for p in FILES if name(p).startswith("model/")], ids=name)
def test_model_knows_nothing_above_it(path):
    for layer in ("interpret", "tasks", "training", "figures", "ui", "api", "cli"):
        assert not uses(path, f"dualroute.{layer}")


@pytest.mark.parametrize("path", [p for p in FILES if name(p).startswith("ui/")], ids=name)
def test_ui_reaches_models_only_through_its_store(path):
    if name(path) == "ui/model_store.py":
        return
    for layer in ("api", "model", "interpret.attributions", "interpret.tracing", "training"):
        assert not uses(path, f"dualroute.{layer}")
    assert not uses(path, "torch")


def loaded_by(statement: str) -> set[str]:
    """Modules loaded by a fresh interpreter that runs `statement`."""
    code = f"import sys; {statement}; print(' '.join(sys.modules))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_is_light():
    assert not {"gradio", "plotly", "captum", "torch", "transformers"} & loaded_by("import dualroute")


def test_reading_a_trace_needs_no_torch():
    assert not {"torch", "transformers", "gradio"} & loaded_by("import dualroute; dualroute.Trace; dualroute.replay")


def test_the_page_is_built_without_torch():
    """The first paint waits for no model, so not for torch either."""
    assert "torch" not in loaded_by("from dualroute.ui.app import build; build()")
