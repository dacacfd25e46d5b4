"""As a host runs it: an unprivileged user without a home, in a folder nobody may write to."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dualroute.paths import assets_dir
from dualroute.trace.record import Trace

from .client import predict
from .serving import APP, serve

NOBODY = 65534
PLAIN = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
WEIGHTS = assets_dir() / "checkpoints" / "news" / "model.safetensors"
# Where the interpreter lies in a private folder: may read like root, but write only what nobody may write.
READER = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
READER += ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")


@pytest.fixture(scope="module")
def nobody() -> tuple[tuple, dict]:
    """(words before a command, options of Popen) that make a process belong to an unprivileged user."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a process of another user; this one is unprivileged already")
    reads = (sys.executable, "-c", f"import sys; sys.path.append({str(APP.parent)!r}); open({str(WEIGHTS)!r}).close()")
    for words, options in (((), PLAIN), (READER, {})):
        try:
            done = subprocess.run([*words, *reads], cwd="/", capture_output=True, **options)
        except OSError:
            continue
        if done.returncode == 0:
            return words, options
    pytest.skip("an unprivileged user can't read the interpreter or the checkpoint here")


@pytest.fixture
def folder():
    """The only folder the unprivileged user may write to. Not below pytest's, which is closed to others."""
    with tempfile.TemporaryDirectory(prefix="dualroute-") as name:
        os.chown(name, NOBODY, NOBODY)
        yield Path(name)


def test_it_serves_and_routes(nobody, folder):
    words, options = nobody
    env = {"PATH": os.environ["PATH"], "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    with serve(folder, (*words, sys.executable, str(APP)), env, cwd="/", **options) as server:
        trace = Trace.from_json(predict(server, "trace", "news", "Rain again", "Floods", "soft", 0.5, ""))
        assert trace.tokens == ("Rain", "again")
        assert "Traceback" not in server.log


def test_the_user_can_write_nowhere_else(nobody):
    words, options = nobody
    for target in (APP.parent / "left-behind", Path("/left-behind")):
        done = subprocess.run([*words, "touch", str(target)], cwd="/", capture_output=True, **options)
        assert done.returncode != 0
        assert not target.exists()
