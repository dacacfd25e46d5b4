"""The frame of a saved file: components of the page, what opens them, and a policy under which nothing else may run."""

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from string import Template

from dualroute.figures.scripts import asset, plotly_js, script

_GAP = "\0"  # stands nowhere else: no file of text holds it
_SHARED = ("dom", "plotly", "saved_frame")


@dataclass(frozen=True)
class Component:
    """A part of the page: the names of its scripts, its static HTML, its style sheet in `assets`."""

    scripts: tuple[str, ...]
    template: str
    style: str


@dataclass(frozen=True)
class SavedPage:
    """What files of one kind have in common.

    components  (name, part) pairs: for the opener each is a function of that name
    opener      the script that shows what the file holds
    about       what such a file can do, for the person who gets it
    """

    components: tuple[tuple[str, Component], ...]
    opener: str
    about: str

    def filled(self, data: dict, plotly: bool) -> str:
        """The file's text. `plotly`: bring the bundle along that draws figures, 2 MB packed."""
        text = _harmless(json.dumps(data, allow_nan=False))
        return _filled(self, text, packed_plotly() if plotly else "")


@lru_cache(maxsize=4)
def parts_of(page: SavedPage) -> tuple[str, str, str]:
    """The file's text before its JSON, between it and the packed plotly, and after: a browser fills them in."""
    before, between, after = _filled(page, _GAP, _GAP).split(_GAP)
    return before, between, after


def _filled(page: SavedPage, data: str, plotly: str) -> str:
    from dualroute import __version__

    code = _code(page)
    styles = "\n".join(asset(part.style) for _, part in page.components)
    templates = (f'<template id="{name}">{part.template}</template>' for name, part in page.components)
    return Template(asset("saved.html")).substitute(
        policy=_policy(code),
        style=f"{asset('css/saved.css')}\n{asset('css/scroll.css')}\n.saved-part {{ {styles} }}",
        about=page.about,
        templates="\n".join(templates),
        script=code,
        version=__version__,
        data=data,
        plotly=plotly,
    )


@lru_cache(maxsize=4)
def _code(page: SavedPage) -> str:
    """The components' scripts as functions, and what opens the file with them."""
    functions = "".join(
        f"const {name} = (element, props, trigger, watch) => {{\n{script(part.scripts)}\n}};\n"
        for name, part in page.components
    )
    code = f"(() => {{\n{functions}{script((*_SHARED, page.opener))}\n}})();"
    if "</script" in code.lower() or "<!--" in code:
        raise ValueError("a script of the page would end the file's script element")
    return code


def _policy(code: str) -> str:
    """Only the two scripts that are the file's own may run, and nothing may be fetched or sent."""
    allowed = " ".join(f"'sha256-{digest}'" for digest in (_digest(code.encode()), _plotly_digest()))
    sources = f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"
    return f"{sources}; base-uri 'none'; form-action 'none'"


@lru_cache(maxsize=1)
def packed_plotly() -> str:
    """Plotly's bundle for browsers as base64 of gzip."""
    return base64.b64encode(gzip.compress(plotly_js().read_bytes(), 9, mtime=0)).decode()


@lru_cache(maxsize=1)
def _plotly_digest() -> str:
    return _digest(plotly_js().read_bytes())


def _digest(code: bytes) -> str:
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


def _harmless(data: str) -> str:
    """JSON that cannot end the element it stands in. What is not ASCII, U+2028 too, is escaped already."""
    return data.replace("<", "\\u003c")
