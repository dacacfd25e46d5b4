"""What the Compare tab asks the server for: an input run again, and one text through all routers."""

from dualroute.app.catalogue import Shelf
from dualroute.app.inspect.handlers import asked_for
from dualroute.app.models import get_router
from dualroute.export.trace_payload import pack, trace_payload
from dualroute.paths import shipped
from dualroute.trace.record import Trace


def choices(shelves: dict[str, Shelf]) -> list[dict]:
    """Every checkpoint of the page with its title and what its context is, in the order of the tasks."""
    return [
        {"name": layer.checkpoint, "title": _title(shelf, layer), "context": shelf.context}
        for shelf in shelves.values()
        for layer in shelf.layers
    ]


def retrace(request: dict) -> dict:
    """Trace payload of words or of a router that were changed; `request` as for `handlers.attribute`."""
    return {"payload": trace_payload(asked_for(request))}


def through_all(request: dict) -> dict:
    """The gates of every router for one text; `request` as for `handlers.attribute`.

    rows: checkpoint, tokens, gates (T,) packed, policy and threshold; `given`, whether it got the request's h: routers
    whose context is of another kind (a picture, items) see x alone; `reads`, whether it has anything to read. A router
    that cannot take the text says why in `error`.
    """
    source = asked_for(request)  # checks the request; the row of its own router
    others = [name for name in shipped() if name != source.spec.checkpoint]
    return {"rows": [_row(source, given=True), *(_other(source, name) for name in others)]}


def _other(source: Trace, name: str) -> dict:
    same_kind = get_router(name).model.config.context == source.spec.context
    asked = {"checkpoint": name, "x": source.x, "h": source.h if same_kind else ""}
    try:
        return _row(asked_for(asked | {"image": source.image if same_kind else ""}), same_kind)
    except ValueError as error:
        return {"checkpoint": name, "error": str(error)}


def _row(trace: Trace, given: bool) -> dict:
    return {
        "checkpoint": trace.spec.checkpoint,
        "tokens": list(trace.tokens),
        "gates": pack(trace.gates),
        "given": given,
        "reads": bool(trace.context_tokens),
        "threshold": trace.spec.threshold,
        "policy": trace.spec.policy,
    }


def _title(shelf: Shelf, layer) -> str:
    return shelf.task.title if len(shelf.layers) == 1 else f"{shelf.task.title}: {layer.title}"
