"""The benchmark scripts can be imported and document their command; the tests do not run their measurements."""

from importlib import import_module
from pathlib import Path

import pytest

SCRIPTS = sorted(path.stem for path in Path("benchmarks").glob("*.py") if path.stem not in ("__init__", "browser"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_documents_its_command(name):
    script = import_module(f"benchmarks.{name}")
    assert f"python -m benchmarks.{name}" in script.__doc__
    assert callable(script.main)
