"""Attributions of many rows, each computed once."""

import hashlib
import json
from pathlib import Path

import numpy as np

from dualroute.api import DualRouter
from dualroute.interpret.trace import Trace
from dualroute.training.kept import KeptLines

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
