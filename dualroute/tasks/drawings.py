"""Small drawings for the examples of tasks with pictures, which are in no data set."""

import math
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from dualroute.inputs import to_url

SIZE = 64
FINE = 4  # scale of the drawing before it is reduced, for smooth edges
YELLOW, DARK = (255, 203, 60), (70, 50, 30)


def shape(kind: str, colour: str, box: tuple[int, int, int, int], paper: tuple[int, int, int]) -> str:
    """Draw a `circle`, `rectangle` or `triangle` that fills `box` (left, top, right, bottom) on coloured paper."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        left, top, right, bottom = _fine(box)
        if kind == "triangle":
            draw.polygon([(left, bottom), (right, bottom), ((left + right) / 2, top)], colour)
        else:
            {"circle": draw.ellipse, "rectangle": draw.rectangle}[kind]((left, top, right, bottom), colour)

    return _render(paint, paper)


def disc(colour, paper=(255, 255, 255), radius: int = 28) -> str:
    """Draw a disc in the centre."""
    return _render(lambda draw: draw.ellipse(_fine(_around(radius)), colour), paper)


def diamond(colour, radius: int = 28) -> str:
    """Draw a square on its corner."""
    return _render(lambda draw: draw.regular_polygon((_fine(32), _fine(32), _fine(radius)), 4, 45, colour))


def flag(colour, radius: int = 11) -> str:
    """Draw a white flag with a disc."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        draw.rectangle(_fine((2, 12, 62, 52)), (250, 250, 250), (210, 210, 210), FINE)
        draw.ellipse(_fine(_around(radius)), colour)

    return _render(paint)


def heart(colour) -> str:
    """Draw a heart."""
    turns = np.linspace(0, 2 * math.pi, 120)
    across = 16 * np.sin(turns) ** 3
    down = 13 * np.cos(turns) - 5 * np.cos(2 * turns) - 2 * np.cos(3 * turns) - np.cos(4 * turns)
    points = [(_fine(32 + 1.7 * x), _fine(30 - 1.7 * y)) for x, y in zip(across, down, strict=True)]
    return _render(lambda draw: draw.polygon(points, colour))


def sun() -> str:
    """Draw a disc with twelve rays."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        for turn in np.arange(12) * math.pi / 6:
            ends = [_fine((32 + r * math.cos(turn), 32 + r * math.sin(turn))) for r in (20, 30)]
            draw.line(ends, YELLOW, 4 * FINE)
        draw.ellipse(_fine(_around(16)), YELLOW)

    return _render(paint)


def crescent() -> str:
    """Draw a waning moon."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        draw.ellipse(_fine(_around(27)), YELLOW)
        draw.ellipse(_fine((18, 2, 66, 50)), "white")

    return _render(paint)


def face() -> str:
    """Draw a smiling face."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        draw.ellipse(_fine(_around(29)), YELLOW)
        for eye in (22, 42):
            draw.ellipse(_fine((eye - 3, 20, eye + 3, 30)), DARK)
        draw.arc(_fine((18, 22, 46, 48)), 25, 155, DARK, 3 * FINE)

    return _render(paint)


def _around(radius: float) -> tuple[float, ...]:
    return (32 - radius, 32 - radius, 32 + radius, 32 + radius)


def _fine(value: Any) -> Any:
    """The same number, or tuple of numbers, in pixels of the fine drawing."""
    return tuple(FINE * number for number in value) if isinstance(value, tuple) else FINE * value


def _render(paint, paper=(255, 255, 255)) -> str:
    """Return what `paint` draws as a `data:` URL of a PNG file with SIZE × SIZE pixels."""
    picture = Image.new("RGB", (SIZE * FINE, SIZE * FINE), paper)
    paint(ImageDraw.Draw(picture))
    return to_url(np.asarray(picture.reduce(FINE)))
