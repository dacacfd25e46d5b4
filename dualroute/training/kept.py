"""What a long run found, in a file as it comes: a run that was cut short goes on where it was."""

import json
from pathlib import Path


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
