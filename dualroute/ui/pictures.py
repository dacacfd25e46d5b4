"""Pictures that visitors send: as a file the page has uploaded, or as a `data:` URL."""

import base64
import io
import re
from pathlib import Path

from PIL import Image

from dualroute.images import from_url

MAX_BYTES = 8_000_000
MAX_URL = MAX_BYTES * 4 // 3 + 100
_PNG = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")


def uploaded(file: dict | None) -> bytes | None:
    """The bytes of a file the framework has taken in, and checked to be one of its own; None for none.

    Raises ValueError for one that is too large.
    """
    if not file or not file.get("path"):
        return None
    path = Path(file["path"])
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(_too_large())
    return path.read_bytes()


def sent(url: str, name: str) -> bytes | None:
    """The bytes of a picture in a `data:` URL; None for an empty text. Raises ValueError for anything else."""
    if not url:
        return None
    if len(url) > MAX_URL:
        raise ValueError(_too_large())
    return from_url(url, name)


def shown(url: str) -> Image.Image | None:
    """A stored picture for the page's input; None where there is none."""
    if not _PNG.fullmatch(url):
        return None
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


def _too_large() -> str:
    return f"the picture's file is too large: at most {MAX_BYTES // 1_000_000} MB are taken"
