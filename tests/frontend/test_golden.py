"""The golden data of the front end is what Python computes now."""

import json

import numpy as np
import pytest

from .golden import FOLDER, GOLDEN, schema_text, without_nan


def test_the_schema_of_the_types_is_current():
    assert (FOLDER / "schema.json").read_text("utf-8") == schema_text(), "PYTHONPATH=tests python -m frontend.golden"


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_data_is_current(name):
    stored = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    check_same(stored, json.loads(json.dumps(without_nan(GOLDEN[name]()))), name)


def check_same(stored, made, where: str) -> None:
    """Equal but for the last digits of numbers, which differ between machines."""
    if isinstance(made, float) and isinstance(stored, float | int):
        assert np.isclose(stored, made, rtol=1e-9, atol=1e-9), where
    elif isinstance(made, dict):
        assert stored.keys() == made.keys(), where
        for key, value in made.items():
            check_same(stored[key], value, f"{where}.{key}")
    elif isinstance(made, list):
        assert len(stored) == len(made), where
        for i, (one, other) in enumerate(zip(stored, made, strict=True)):
            check_same(one, other, f"{where}[{i}]")
    else:
        assert stored == made, where
