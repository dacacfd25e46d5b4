"""What a training run was started with, kept beside its state: going on with anything else would mix two runs."""

import json
from pathlib import Path

from transformers.trainer import TRAINER_STATE_NAME

FILE = "run.json"


def claim(state: Path, identity: dict) -> Path | None:
    """The last epoch kept in `state`, to go on from; None for a new run, whose `identity` is then noted there.

    Raises ValueError when the state is of a run with another identity, naming what differs.
    """
    identity = json.loads(json.dumps(identity))
    last = _last_epoch(state)
    if last:
        require_same(state, _read(state), identity)
        return last
    state.mkdir(parents=True, exist_ok=True)
    (state / FILE).write_text(json.dumps(identity, indent=1) + "\n")
    return None


def _last_epoch(state: Path) -> Path | None:
    """The trainer writes a checkpoint's own state last: a folder without it was cut short."""
    whole = [path.parent for path in state.glob(f"checkpoint-*/{TRAINER_STATE_NAME}")]
    return max(whole, key=lambda folder: int(folder.name.rpartition("-")[2]), default=None)


def _read(state: Path) -> dict:
    path = state / FILE
    return json.loads(path.read_text()) if path.is_file() else {}


def require_same(state: Path, before: dict, now: dict) -> None:
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
