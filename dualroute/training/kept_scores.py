"""Attributions of many rows, kept in a file as they come: a run that was cut short goes on where it was."""

import hashlib
import json
from pathlib import Path

import numpy as np

from dualroute.api import DualRouter
from dualroute.interpret.trace import Trace

UNIT = "word"


class KeptScores:
    """Scores of the words of x by (method, trace, target), computed once.

    path   JSON Lines of digests and numbers, without any text; None keeps them in memory alone
    seconds  by method, the mean time of an attribution
    """

    def __init__(self, router: DualRouter, seed: int = 0, path: Path | None = None):
        self.router, self.seed, self.path = router, seed, path
        self._found: dict[str, dict] = {}
        if path and path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                self._found[entry["key"]] = entry

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
        if self.path:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
