"""What an address brings to the page: the view on screen, what the other tabs begin with, and what was not used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from dualroute.figures.payload import trace_payload
from dualroute.paths import shipped
from dualroute.ui import handlers
from dualroute.ui.link_parts import Parts, few
from dualroute.ui.link_settings import read_asked, read_pair, read_rows
from dualroute.ui.link_tracing import trace_link
from dualroute.ui.links import Link, fitted, read_link, shown, without_text
from dualroute.ui.shelf import Shelf, shelf_of


@dataclass(frozen=True)
class Names:
    """Where the names come from that only the page knows; asked for where an address has such a part."""

    tabs: Callable[[], list[str]]
    results: Callable[[], list[str]]
    rows: Callable[[], list[str]]


@dataclass(frozen=True)
class Opened:
    """What an address brings.

    payload, attribution  of the view on screen, None where the address names none
    told                  for the page's notice: notes, and what Attribute (asked), Thresholds (rows) and Compare (pair)
                          begin with, each None where the address says nothing of it
    """

    payload: dict | None = None
    attribution: dict | None = None
    told: dict = field(default_factory=dict)


def open_address(query: Mapping[str, str], shelves: dict[str, Shelf], names: Names) -> Opened:
    """All of an address; at most one input is traced. Only files that cannot be read raise (OSError)."""
    parts = Parts(query)
    for name, known, words in (("tab", names.tabs, "the tab"), ("result", names.results, "the result")):
        parts.name_of(name, known(), words) if name in parts else None
    payload, attribution = _on_screen(read_link(parts, shipped()), shelves, parts)
    asked, rows, pair = read_asked(parts), read_rows(parts, names.rows), read_pair(parts)
    if asked:
        asked["key"] = payload["key"] if payload else None
    told = {"notes": few(parts.notes), "asked": asked, "rows": rows, "pair": pair}
    return Opened(payload, attribution, told)


def _on_screen(link: Link, shelves: dict[str, Shelf], parts: Parts) -> tuple[dict | None, dict | None]:
    """Payload and attribution of the view in Inspect; of a link without a text the example of its task."""
    if not link.x:
        return _example(without_text(link, parts), shelves, parts)
    try:
        trace, link = trace_link(replace(link, unread=()), parts)
    except ValueError as error:
        parts.note(f"the text was not used: {error}")
        return None, None
    chosen = shown(link, trace, parts)
    return trace_payload(trace) | ({"shown": chosen} if chosen else {}), None


def _example(link: Link, shelves: dict[str, Shelf], parts: Parts) -> tuple[dict | None, dict | None]:
    if not (link.task or link.decided):
        return None, None
    name = link.task or handlers.usual()
    shelf = shelf_of(shelves, name)
    stored = shelf.examples[0].trace if shelf and name == shelf.checkpoint and shelf.examples else None
    if stored and not (stored.generation and link.decided):  # a written text belongs to its route
        payload, attribution = shelf.payloads(0)
        fit = fitted(link, stored, parts)
        return payload | {"policy": fit.policy, "threshold": fit.threshold}, attribution
    x, h = shelf.texts(0) if shelf else ("", "")
    return _on_screen(replace(link, x=x, h=h), shelves, parts) if x else (None, None)
