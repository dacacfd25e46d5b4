"""Reads the documentation: its pages, their blocks of code, and the commands in them."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?:<!-- (?P<need>[^>]*?) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(python -m [^`]+|pip install [^`]+|\.ci/[^`]+|npm [^`]+)`")
SHELL = ("", "bash", "sh", "console")
COMMAND = re.compile(r"^(python -m|pip install|python app|\.ci/|npm )")


@dataclass(frozen=True)
class Block:
    """A block of code of a page; `need` is the comment before it, such as `needs: server`."""

    kind: str
    text: str
    need: str


def pages() -> list[Path]:
    """The pages of the documentation, and those in the repository's root."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "assets" / "help.md"]


def name_of(page: Path) -> str:
    """A page's path in the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The blocks of code of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(match["kind"], match["text"], match["need"] or "") for match in BLOCK.finditer(text)]


def python_blocks(page: Path) -> list[Block]:
    """The blocks of Python of a page."""
    return [block for block in blocks(page) if block.kind == "python"]


def commands(page: Path) -> list[list[str]]:
    """The words of every command that a page shows, in a block or within a sentence."""
    lines = [line for block in blocks(page) if block.kind in SHELL for line in _joined(block.text)]
    lines += INLINE.findall(BLOCK.sub("", page.read_text(encoding="utf-8")))
    parts = [part.strip() for line in lines for part in line.split("&&")]
    return [shlex.split(part.split("  #")[0], comments=True) for part in parts if COMMAND.match(part)]


def _joined(text: str) -> list[str]:
    return text.replace("\\\n", " ").splitlines()
