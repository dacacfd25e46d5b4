"""What was measured of every row, in a file as it comes: a run that was cut short goes on where it was."""

import json
from pathlib import Path


class Kept:
    """Measured rows by (row, method, what), in memory and, given a file, in it: one JSON object a line, the plan first.

    what  `measures` or `sensitivity`

    Raises ValueError for a file of another plan.
    """

    def __init__(self, about: dict, path: Path | None = None):
        self.path, self.entries = path, {}
        if path and path.exists() and path.stat().st_size:
            first, *lines = map(json.loads, self._whole_lines())
            if first != about:
                raise ValueError(f"{path.name} is of another run, {first}; name another file, or remove it")
            self.entries = {_key(line): line for line in lines}
        elif path:
            self._write(about)

    def add(self, entry: dict) -> None:
        self.entries[_key(entry)] = entry
        if self.path:
            self._write(entry)

    def _whole_lines(self) -> list[str]:
        """The lines of the file; one that a run had no time to end is taken off it."""
        text = self.path.read_text(encoding="utf-8")
        whole = text[: text.rindex("\n") + 1]
        if whole != text:
            self.path.write_text(whole, encoding="utf-8")
        return whole.splitlines()

    def _write(self, entry: dict) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, separators=(",", ":")) + "\n")


def _key(entry: dict) -> tuple[str, str, str]:
    return entry["row"], entry["method"], entry["what"]
