"""Bytes of a file as text: unpacked, decoded, and told from files that are no text."""

import gzip
import io
import re
import zlib
from dataclasses import dataclass

GZIP = b"\x1f\x8b"
_OTHER_FILES = (
    (b"PK\x03\x04", "a zip archive or a spreadsheet"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet of an old Excel"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"%PDF", "a PDF file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_MARKS = (  # byte-order marks; that of UTF-32 begins with that of UTF-16
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c\x1d\x7f]")
_STRUCTURE = re.compile(r"[\n\r{\[]")  # some of it is in every table
_TEXT_WAY_OUT = "save the table as CSV (in Excel: CSV UTF-8) or as JSON Lines"
_SAVE_AS_UTF8 = "if letters look wrong, save the file as UTF-8"


@dataclass(frozen=True)
class Decoded:
    """A file as `text`, without a byte-order mark, and `notes`, one for each guess."""

    text: str
    notes: tuple[str, ...] = ()


def decode(content: bytes, most: int | None = None) -> Decoded:
    """Return the text of a file, whose content shows whether it is UTF-8, UTF-16, UTF-32 or Windows' cp1252.

    most  limit of the bytes, unpacked ones if the file is packed by gzip
    Raises ValueError for a file that is broken, too large, or no text.
    """
    content = unpacked(content, most)
    for start, kind in _OTHER_FILES:
        if content.startswith(start):
            raise ValueError(f"the file is {kind}; {_TEXT_WAY_OUT}")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _marked(content[len(mark) :], encoding)
    return _wide(content) if b"\0" in content else _narrow(content)


def unpacked(content: bytes, most: int | None = None) -> bytes:
    """Return what gzip packed, other bytes as they are. Raises ValueError for over `most` bytes or a broken file."""
    if content.startswith(GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
                content = file.read() if most is None else file.read(most + 1)
        except (EOFError, OSError, zlib.error) as error:
            raise ValueError(f"the gzip file is broken: {error}") from error
    if most is not None and len(content) > most:
        raise ValueError(f"the file is too large: at most {most:,} bytes are taken")
    return content


def _marked(content: bytes, encoding: str) -> Decoded:
    if encoding == "utf-8":
        return _narrow(content, marked=True)
    try:
        return Decoded(content.decode(encoding))
    except UnicodeDecodeError as error:
        raise ValueError(f"the file begins as {encoding.upper()} and is broken at byte {error.start:,}") from error


def _wide(content: bytes) -> Decoded:
    """UTF-16 without a mark: its ASCII characters have a zero byte on one side, which tells the order."""
    encoding = "utf-16-le" if content[1::2].count(0) >= content[::2].count(0) else "utf-16-be"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if _CONTROL.search(text) or not _STRUCTURE.search(text):
        raise ValueError(f"the file is no text, as it has zero bytes; {_TEXT_WAY_OUT}")
    return Decoded(text, (f"the file was read as {encoding.upper()}, which its zero bytes suggest",))


def _narrow(content: bytes, marked: bool = False) -> Decoded:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        return _not_utf8(content, error, marked)
    if len(_CONTROL.findall(text)) > len(text) / 10:
        raise ValueError(f"the file is no text, as most of it are control characters; {_TEXT_WAY_OUT}")
    return Decoded(text)


def _not_utf8(content: bytes, error: UnicodeDecodeError, marked: bool) -> Decoded:
    """Broken UTF-8 if most of what is not ASCII is valid UTF-8; else a text of Windows or, with its gaps, Latin-1."""
    text = content.decode(errors="replace")
    broken = text.count("\ufffd") - content.count("\ufffd".encode())
    valid = sum(character > "\x7f" for character in text) - text.count("\ufffd")
    if marked or valid > broken:
        line = content.count(b"\n", 0, error.start) + 1
        places = f"{broken} places" if broken > 1 else "one place"
        return Decoded(text, (f"the UTF-8 is broken in {places}, replaced by \ufffd; the first is in line {line:,}",))
    if len(_CONTROL.findall(content.decode("latin-1"))) > len(content) / 100:
        raise ValueError(f"the file is no text, as it has control characters; {_TEXT_WAY_OUT}")
    try:
        text, name = content.decode("cp1252"), "cp1252 (Windows, Western European)"
    except UnicodeDecodeError:
        text, name = content.decode("latin-1"), "Latin-1 (Western European)"
    return Decoded(text, (f"the file is not UTF-8 and was read as {name}; {_SAVE_AS_UTF8}",))
