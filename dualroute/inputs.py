"""Checks and conversion of user input before a model sees it: texts, lists of rated items, and pictures."""

import base64
import binascii
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

# C0 and C1 control characters except tab, line feed and carriage return.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
MAX_CHARACTERS = 200_000


@dataclass(frozen=True)
class CleanText:
    """A `text` that a tokenizer can read, and `notes`: one sentence for each change that was made."""

    text: str
    notes: tuple[str, ...]


def clean_text(text: str, name: str = "text") -> CleanText:
    """Remove control characters, replace lone surrogates by U+FFFD, and truncate to `MAX_CHARACTERS`.

    name  what the notes call the input
    Raises TypeError for anything but a string.
    """
    if not isinstance(text, str):
        raise TypeError(f"the {name} must be a string, not {type(text).__name__}")
    notes = []
    if len(text) > MAX_CHARACTERS:
        notes.append(f"The {name} has {len(text):,} characters; only the first {MAX_CHARACTERS:,} were looked at.")
        text = text[:MAX_CHARACTERS]
    text, controls = _CONTROL.subn("", text)
    text, surrogates = _SURROGATE.subn("\ufffd", text)
    if controls:
        notes.append(f"{_count(controls, 'control character')} left out of the {name}.")
    if surrogates:
        notes.append(f"{_count(surrogates, 'broken character')} replaced by \ufffd in the {name}.")
    return CleanText(text.strip(), tuple(notes))


def joined(x: str, h: str | None) -> str:
    """Return x and h as one text, for an encoder that reads a single text."""
    return " ".join(part for part in (x.strip(), (h or "").strip()) if part)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{' was' if number == 1 else 's were'}"


LOWEST, HIGHEST = 0.5, 5.0  # ratings
MIDDLE = 3.5  # about the mean of all ratings; an item without a rating counts as rated like this
NO_RATING = 0.0  # scaled rating of an item without a rating
_LINE = re.compile(r"(.*\S)\s*:\s*(\d+(?:[.,]\d+)?)")


@dataclass(frozen=True)
class Item:
    """An item of a context: its title, and its rating from 0.5 to 5 or None."""

    title: str
    rating: float | None = None

    @property
    def name(self) -> str:
        """The item as a line of text."""
        return self.title if self.rating is None else f"{self.title}: {self.rating:g}"

    @property
    def scaled(self) -> float:
        """The rating mapped so that 5 is 1, 3.5 is 0 and 2 is -1; `NO_RATING` without a rating."""
        return NO_RATING if self.rating is None else (self.rating - MIDDLE) / (HIGHEST - MIDDLE)


def parse_items(text: str, name: str = "context") -> tuple[Item, ...]:
    """Return the items of `text`, one for each line with a letter or digit: `Title (year): 4.5`, the rating optional.

    A number after the last colon of a line is its rating. Raises ValueError that quotes the line if the number is out
    of range.
    """
    lines = (clean_text(line, name).text for line in text.splitlines())
    return tuple(_item(line, name) for line in lines if any(map(str.isalnum, line)))


def _item(line: str, name: str) -> Item:
    match = _LINE.fullmatch(line)
    if not match:
        return Item(line)
    rating = float(match[2].replace(",", "."))
    if not LOWEST <= rating <= HIGHEST:
        raise ValueError(f"the {name} says “{line}”: a rating is a number from {LOWEST} to {HIGHEST:g}")
    return Item(match[1], rating)


FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
MAX_PIXELS = 20_000_000
MAX_BYTES = 20_000_000
WHITE = (255, 255, 255)
DEFAULT_NAMES = ("images.zip", "images")
_URL = re.compile(r"data:image/[\w.+-]+;base64,", re.ASCII)


def open_picture(source: Image.Image | bytes | Path | str, name: str = "image") -> Image.Image:
    """Return `source` as an upright RGB picture on a white background; the first frame of an animation.

    source  a picture, the bytes of its file, or the path of its file
    name    what errors call it
    Raises FileNotFoundError, or ValueError for data that is not a picture, is broken, or has over `MAX_PIXELS` pixels.
    """
    if isinstance(source, Image.Image):
        return _plain(source, name)
    if isinstance(source, bytes):
        return _decode(io.BytesIO(source), name)
    if not isinstance(source, str | Path):
        raise ValueError(f"the {name} must be a picture, its file or its bytes, not {type(source).__name__}")
    if not Path(source).is_file():
        raise FileNotFoundError(f"the {name} {str(source)!r} was not found")
    with open(source, "rb") as file:
        return _decode(file, name)


def square(picture: Image.Image, size: int) -> np.ndarray:
    """Return the whole picture as (size, size, 3) uint8, padded with white if it is not square."""
    if picture.size == (size, size):
        return np.asarray(picture)
    return np.asarray(ImageOps.pad(picture, (size, size), Image.Resampling.BICUBIC, color=WHITE))


def to_url(pixels: np.ndarray) -> str:
    """Return pixels (height, width, 3) uint8 as a `data:` URL of a PNG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def from_url(url: str, name: str = "image") -> bytes:
    """Return the bytes of the picture's file in a `data:` URL, without opening any file or address.

    Raises ValueError for any other text.
    """
    match = _URL.match(url)
    if not match:
        raise ValueError(f"the {name} must be a picture, or a data: URL of one (data:image/png;base64,...)")
    if len(url) > MAX_BYTES * 4 // 3:
        raise ValueError(f"the {name} has more than {MAX_BYTES:,} bytes")
    try:
        return base64.b64decode(url[match.end() :], validate=True)
    except binascii.Error as error:
        raise ValueError(f"the {name} is not a whole data: URL: {error}") from error


class Pictures:
    """The pictures of a data set, in a zip archive or a folder.

    Raises FileNotFoundError if `source` does not exist, ValueError for a file that is not a zip archive.
    """

    def __init__(self, source: Path):
        self.source = Path(source)
        self._archive = None
        if self.source.is_dir():
            return
        if not self.source.is_file():
            raise FileNotFoundError(f"no pictures: {self.source} is neither a zip archive nor a folder")
        try:
            self._archive = zipfile.ZipFile(self.source)
        except zipfile.BadZipFile as error:
            raise ValueError(f"{self.source.name} is not a zip archive: {error}") from error

    def pixels(self, name: str, size: int) -> np.ndarray:
        """Return picture `name` as (size, size, 3) uint8. Raises FileNotFoundError, or ValueError if it is broken."""
        return square(open_picture(self.read(name), f"picture {name!r}"), size)

    def read(self, name: str) -> bytes:
        """Return the bytes of the file of picture `name`. Raises as `pixels` does."""
        missing = FileNotFoundError(f"the picture {name!r} is not in {self.source.name}")
        if self._archive is None:
            path = self.source / name
            if not path.is_file() or not path.resolve().is_relative_to(self.source.resolve()):
                raise missing
            return path.read_bytes()
        try:
            entry = self._archive.getinfo(name)
            if entry.file_size > MAX_BYTES:
                raise ValueError(f"the picture {name!r} has more than {MAX_BYTES:,} bytes")
            return self._archive.read(entry)
        except KeyError as error:
            raise missing from error
        except (zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(f"the picture {name!r} in {self.source.name} is broken: {error}") from error


def find_pictures(data: Path, images: Path | None = None) -> Path:
    """Return where the pictures of a data file or folder are: `images`, or a usual name next to the data."""
    if images:
        return Path(images)
    folder = Path(data) if Path(data).is_dir() else Path(data).parent
    return next((folder / name for name in DEFAULT_NAMES if (folder / name).exists()), folder / DEFAULT_NAMES[0])


def _decode(file, name: str) -> Image.Image:
    try:
        with Image.open(file, formats=FORMATS) as picture:
            return _plain(picture, name)
    except UnidentifiedImageError as error:
        raise ValueError(f"the {name} is not a picture of a known kind ({', '.join(FORMATS)})") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(_too_large(name)) from error
    except (OSError, SyntaxError, EOFError) as error:  # raised by decoders for truncated and damaged files
        raise ValueError(f"the {name} is broken: {error}") from error


def _plain(picture: Image.Image, name: str) -> Image.Image:
    if picture.width * picture.height > MAX_PIXELS:
        raise ValueError(_too_large(name))
    upright = ImageOps.exif_transpose(picture)  # loads the first frame
    if upright.mode.startswith("I"):  # 16-bit grey, which Pillow clips instead of scaling
        upright = Image.fromarray((np.asarray(upright) >> 8).clip(0, 255).astype(np.uint8))
    if upright.mode == "RGB" and "transparency" not in upright.info:
        return upright
    rgba = upright.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, WHITE), rgba).convert("RGB")


def _too_large(name: str) -> str:
    return f"the {name} is too large: at most {MAX_PIXELS // 1_000_000} megapixels are allowed"
