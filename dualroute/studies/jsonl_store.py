"""What a long run found, in a file as it comes: a run that was cut short goes on where it was.

What was measured of every row.

Attributions of many rows, each computed once.
"""

import hashlib
import json
from pathlib import Path

import numpy as np

from dualroute.api import DualRouter
from dualroute.trace.record import Trace


class KeptLines:
    """Entries of `path`, one JSON object a line; without a path they live as long as the program.

    found  the entries the file had; a line that an earlier run had no time to end is taken off it

    Raises ValueError for a file whose lines are no JSON objects.
    """

    def __init__(self, path: Path | None = None):
        self.path = path
        self.found: tuple[dict, ...] = ()
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)  # told now, not after what took long to find
            self.found = self._read()

    def add(self, entry: dict) -> None:
        """Writes an entry behind the others."""
        if self.path:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, separators=(",", ":")) + "\n")

    def _read(self) -> tuple[dict, ...]:
        text = self.path.read_text(encoding="utf-8") if self.path.is_file() else ""
        whole = text[: text.rfind("\n") + 1]
        found, begun = tuple(map(self._parsed, whole.splitlines())), text[len(whole) :]
        if begun and not begun.startswith("{"):
            raise self._refused()
        if begun:
            self.path.write_text(whole, encoding="utf-8")
        return found

    def _parsed(self, line: str) -> dict:
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise self._refused() from error
        if not isinstance(entry, dict):
            raise self._refused()
        return entry

    def _refused(self) -> ValueError:
        return ValueError(f"{self.path.name} holds a line that no run wrote; name another file, or remove it")


class KeptRows:
    """Measured rows by (row, method, what), in memory and, given a file, in it, the plan first.

    what  `measures` or `sensitivity`

    Raises ValueError for a file of another plan, and as `KeptLines` does.
    """

    def __init__(self, plan: dict, path: Path | None = None):
        self._lines = KeptLines(path)
        first, *rows = self._lines.found or (plan,)
        if first != plan:
            raise ValueError(f"{path.name} is of another run, {first}; name another file, or remove it")
        if not self._lines.found:
            self._lines.add(plan)
        self.entries = {_key(row): row for row in rows}

    def add(self, entry: dict) -> None:
        """Keeps an entry; one of the same row, method and what is replaced."""
        self.entries[_key(entry)] = entry
        self._lines.add(entry)


def _key(entry: dict) -> tuple[str, str, str]:
    return entry["row"], entry["method"], entry["what"]


UNIT = "word"


class KeptScores:
    """Scores of the words of x by (method, trace, target), computed once.

    path  file of digests and numbers, without any text; None keeps them in memory alone

    Raises ValueError for a file that holds something else.
    """

    def __init__(self, router: DualRouter, seed: int = 0, path: Path | None = None):
        self.router, self.seed, self._lines = router, seed, KeptLines(path)
        if not all("key" in entry for entry in self._lines.found):
            raise ValueError(f"{path.name} holds no attributions; name another file, or remove it")
        self._found = {entry["key"]: entry for entry in self._lines.found}

    def __call__(self, method: str, trace: Trace, target: str) -> np.ndarray:
        """(N,) by words of x. Raises ValueError as `DualRouter.attribute` does."""
        key = self._key(method, trace, target)
        if key not in self._found:
            made = self.router.attribute(trace, target, method, granularity=UNIT, seed=self.seed)
            self._keep({"key": key, "method": method, "seconds": made.seconds, "scores": made.scores.tolist()})
        return np.array(self._found[key]["scores"], dtype=np.float64)

    def seconds(self, method: str) -> float:
        """Mean wall time of its attributions; nan without any."""
        times = [entry["seconds"] for entry in self._found.values() if entry["method"] == method]
        return float(np.mean(times)) if times else float("nan")

    def _key(self, method: str, trace: Trace, target: str) -> str:
        spec = trace.spec
        asked = [spec.revision, spec.policy, spec.threshold, trace.x, trace.h, method, target, UNIT, self.seed]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:24]

    def _keep(self, entry: dict) -> None:
        self._found[entry["key"]] = entry
        self._lines.add(entry)
