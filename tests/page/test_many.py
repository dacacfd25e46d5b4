"""Many visitors at once, and one whose model is damaged: nobody loses an answer or gets another's."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from dualroute.paths import assets_dir
from dualroute.trace.record import Trace

from .client import Refused, predict
from .serving import serve

VISITORS = 50


def ask(server, number: int) -> Trace:
    """One visitor's own input: every fifth is one that cannot be answered."""
    text = "" if number % 5 == 0 else f"visitor {number} asks"
    return Trace.from_json(predict(server, "trace", "news", text, f"context {number}", "threshold", 0.4, ""))


def answer(server, number: int) -> str:
    try:
        found = ask(server, number)
    except Refused as refused:
        return f"refused: {refused}"
    return f"{found.x} / {found.h}"


def test_fifty_visitors_get_their_own_answers(server):
    with ThreadPoolExecutor(VISITORS) as pool:
        answers = list(pool.map(lambda number: answer(server, number), range(VISITORS)))
    for number, found in enumerate(answers):
        expected = f"visitor {number} asks / context {number}"
        assert found == expected if number % 5 else "is empty" in found


@pytest.fixture
def damaged(tmp_path):
    """Everything that is shipped, but for the end of one task's weights."""
    assets = shutil.copytree(assets_dir(), tmp_path / "assets")
    weights = assets / "checkpoints" / "support" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with serve(tmp_path, env=os.environ | {"DUALROUTE_ASSETS": str(assets)}) as running:
        yield running


def test_a_damaged_model_is_named_and_the_others_go_on(damaged):
    with pytest.raises(
        Refused, match=r"^The file assets/checkpoints/support/model\.safetensors is damaged .*git checkout"
    ):
        predict(damaged, "trace", "support", "Yes please", "", "threshold", 0.4, "")
    assert Trace.from_json(predict(damaged, "trace", "news", "Rain again", "", "threshold", 0.4, "")).x == "Rain again"
    assert "Traceback" not in damaged.log
