"""Stores that let long studies resume: entries are appended to a JSON Lines file as they are computed."""

import hashlib
import json
from pathlib import Path

import numpy as np

from dualroute.api import DualRouter
from dualroute.trace.record import Trace


class JsonlStore:
    """A file with one JSON object per line. Without a path, nothing is stored.

    stored  the entries that the file had when it was opened; an incomplete last line, left by an interrupted run, is
            removed from the file

    Raises ValueError for a file with lines that are not JSON objects.
    """

    def __init__(self, path: Path | None = None):
        self.path = path
        self.stored: tuple[dict, ...] = ()
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)  # fails now rather than after hours of work
            self.stored = self._read(path)

    @property
    def name(self) -> str:
        """The file's name; empty without a path."""
        return self.path.name if self.path else ""

    def add(self, entry: dict) -> None:
        """Append an entry to the file."""
        if self.path:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, separators=(",", ":")) + "\n")

    def _read(self, path: Path) -> tuple[dict, ...]:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        complete = text[: text.rfind("\n") + 1]
        entries, rest = tuple(map(self._parse, complete.splitlines())), text[len(complete) :]
        if rest and not rest.startswith("{"):
            raise self._error()
        if rest:
            path.write_text(complete, encoding="utf-8")
        return entries

    def _parse(self, line: str) -> dict:
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise self._error() from error
        if not isinstance(entry, dict):
            raise self._error()
        return entry

    def _error(self) -> ValueError:
        return ValueError(f"{self.name} has a line that is not an entry of a study; choose another file or delete it")


class MeasurementStore:
    """Measurements of rows by (row, method, kind), in memory and, with a path, in a file that starts with the plan.

    Raises ValueError for a file of a different plan, and as `JsonlStore` does.
    """

    def __init__(self, plan: dict, path: Path | None = None):
        self._store = JsonlStore(path)
        first, *rows = self._store.stored or (plan,)
        if first != plan:
            raise ValueError(
                f"{self._store.name} belongs to a different run, {first}; choose another file or delete it"
            )
        if not self._store.stored:
            self._store.add(plan)
        self.entries = {_key(row): row for row in rows}

    def add(self, entry: dict) -> None:
        """Store an entry; it replaces one of the same row, method and kind (`what`)."""
        self.entries[_key(entry)] = entry
        self._store.add(entry)


def _key(entry: dict) -> tuple[str, str, str]:
    return entry["row"], entry["method"], entry["what"]


UNIT = "word"


class AttributionStore:
    """Attribution scores of the words of x by (method, trace, target), each computed once.

    path  file for digests and scores, without any text; None: in memory only

    Raises ValueError for a file with other entries.
    """

    def __init__(self, router: DualRouter, seed: int = 0, path: Path | None = None):
        self.router, self.seed, self._store = router, seed, JsonlStore(path)
        if not all("key" in entry for entry in self._store.stored):
            raise ValueError(
                f"{self._store.name} has entries that are not attributions; choose another file or delete it"
            )
        self._entries = {entry["key"]: entry for entry in self._store.stored}

    def scores(self, method: str, trace: Trace, target: str) -> np.ndarray:
        """Return the scores (N,) of the words of x. Raises ValueError as `DualRouter.attribute` does."""
        key = self._digest(method, trace, target)
        if key not in self._entries:
            result = self.router.attribute(trace, target, method, granularity=UNIT, seed=self.seed)
            self._add({"key": key, "method": method, "seconds": result.seconds, "scores": result.scores.tolist()})
        return np.array(self._entries[key]["scores"], dtype=np.float64)

    def seconds(self, method: str) -> float:
        """Return the mean wall time of the method's attributions; NaN if there are none."""
        times = [entry["seconds"] for entry in self._entries.values() if entry["method"] == method]
        return float(np.mean(times)) if times else float("nan")

    def _digest(self, method: str, trace: Trace, target: str) -> str:
        spec = trace.spec
        request = [spec.revision, spec.policy, spec.threshold, trace.x, trace.h, method, target, UNIT, self.seed]
        return hashlib.sha256(json.dumps(request).encode()).hexdigest()[:24]

    def _add(self, entry: dict) -> None:
        self._entries[entry["key"]] = entry
        self._store.add(entry)
