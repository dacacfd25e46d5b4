"""The app as people start it: `python app.py` in a process of its own, its log kept."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

APP = Path(__file__).resolve().parents[2] / "app.py"
PATIENCE = 180  # seconds; a shared machine may be many times slower than an idle one


@dataclass(frozen=True)
class Server:
    """A running app: where it answers, and the file its output goes to."""

    url: str
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serve(folder: Path, command=(sys.executable, str(APP)), env=None, **options) -> Iterator[Server]:
    """Start the app, wait until it answers, stop it at the end. `folder` takes its log; `options` go to Popen."""
    port = free_port()
    server = Server(f"http://127.0.0.1:{port}", folder / "server.log")
    env = {**(os.environ if env is None else env), "GRADIO_SERVER_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    with server.log_file.open("wb") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT, **options)
        try:
            wait_for(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)


def wait_for(server: Server, process: subprocess.Popen) -> None:
    """Return at the first HTTP 200. Raises AssertionError with the log when the process ends before."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the app ended with {process.returncode}:\n{server.log}"
        try:
            if httpx.get(server.url, timeout=PATIENCE).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {server.url} in {PATIENCE} s:\n{server.log}")


def free_port() -> int:
    """A port nobody listens on, chosen by the system."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
