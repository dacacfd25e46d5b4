"""Docstrings as Markdown: a line `name  what it is` of a docstring becomes an entry of a list."""

import re
from typing import Any

from griffe import Extension, Object

ENTRY = re.compile(r"^(\w[\w, .()…:×²=\[\]-]*?)  +(\S.*)$")


def as_markdown(text: str) -> str:
    """The docstring with its aligned entries as a Markdown list; lines that continue an entry stay with it."""
    lines: list[str] = []
    within = False
    for line in text.splitlines():
        if entry := ENTRY.match(line):
            if not within and lines and lines[-1]:
                lines.append("")
            lines.append(f"- `{entry[1].strip()}`: {entry[2]}")
            within = True
        elif within and line.startswith("  "):
            lines.append(f"  {line.strip()}")
        else:
            if within and line:
                lines.append("")
            lines.append(line)
            within = False
    return "\n".join(lines)


class Entries(Extension):
    """Rewrites the docstring of every object that griffe collects."""

    def on_instance(self, *, obj: Object, **kwargs: Any) -> None:
        """Rewrite one docstring."""
        if obj.docstring:
            obj.docstring.value = as_markdown(obj.docstring.value)
