"""What was measured of every row."""

from pathlib import Path

from dualroute.training.kept import KeptLines


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
