"""What a training run was started with, kept beside its state: going on with anything else would mix two runs."""

import json
from pathlib import Path

FILE = "run.json"


def claim(state: Path, identity: dict) -> bool:
    """Whether `state` holds a run of the same `identity` to go on with; otherwise it is noted there for a new one.

    Raises ValueError when the state is of a run with another identity, naming what differs.
    """
    identity = json.loads(json.dumps(identity))
    if any(state.glob("checkpoint-*")):
        _require_same(state, _read(state), identity)
        return True
    state.mkdir(parents=True, exist_ok=True)
    (state / FILE).write_text(json.dumps(identity, indent=1) + "\n")
    return False


def _read(state: Path) -> dict:
    path = state / FILE
    return json.loads(path.read_text()) if path.is_file() else {}


def _require_same(state: Path, before: dict, now: dict) -> None:
    differing = [name for name in now if before.get(name) != now[name]]
    if not differing:
        return
    changes = ", ".join(f"{name} was {_short(before.get(name))}, is {_short(now[name])}" for name in differing)
    raise ValueError(
        f"{state} holds an unfinished or finished run with other settings ({changes}); "
        "repeat those settings to go on with it, choose another --out, or delete that folder"
    )


def _short(value) -> str:
    text = "not recorded" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:12]}…"
