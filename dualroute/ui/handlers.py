"""What happens when a visitor does something. Plain functions of plain values: no framework, no state."""

from dualroute.figures.payload import attribution_payload, trace_key, trace_payload
from dualroute.paths import shipped
from dualroute.ui.model_store import get_router

MAX_CHARACTERS = 100_000


def analyse(name: str, x: str, h: str) -> dict:
    """Trace payload of one input. Raises ValueError, in words for the visitor, when there is nothing to route."""
    return trace_payload(_trace(name, x, h))


def from_link(query: dict) -> dict | None:
    """Trace payload of the view a link describes; None when it describes none. Raises ValueError for a broken one.

    query: task, x, h, policy, theta, flips as `3:direct,5:merged`; the page writes them into its address.
    """
    if not query.get("x"):
        return None
    flips = [pair.split(":") for pair in query.get("flips", "").split(",") if pair]
    try:
        theta = _number(float(query["theta"])) if "theta" in query else None
    except ValueError as error:
        raise ValueError(f"the link's threshold is not a number from 0 to 1: {query['theta']!r}") from error
    policy, name = query.get("policy") or None, query.get("task") or next(iter(shipped()))
    return trace_payload(_trace(name, query["x"], query.get("h", ""), policy, theta, _overrides(flips)))


def attribute(request: dict) -> dict:
    """Attribution payload for the decision on a visitor's screen; `request` comes from a browser: checked here.

    request: checkpoint, x, h, policy, threshold, overrides [[token, flow], …], label.
    """
    if not isinstance(request, dict):
        raise ValueError(f"the request must be an object, not {type(request).__name__}")
    name = request.get("checkpoint")
    trace = _trace(name, *(request.get(key) for key in ("x", "h", "policy", "threshold", "overrides")))
    label = request.get("label") or trace.replay().label
    if label not in trace.labels:
        raise ValueError(f"unknown label {label!r}; there are {', '.join(trace.labels)}")
    prediction, gate = get_router(name).attribute_many(trace, (f"prediction:{label}", "gate"))
    return attribution_payload(trace, label, prediction, gate) | {"key": trace_key(trace)}


def trace_record(name: str, x: str, h: str, policy=None, threshold=None, overrides=None) -> str:
    """The whole trace as JSON text, for programs."""
    return _trace(name, x, h, policy, threshold, overrides).to_json()


def _trace(name: str, x: str, h: str, policy=None, threshold=None, overrides=None):
    if name not in shipped():
        raise ValueError(f"unknown task {name!r}; there are {', '.join(shipped())}")
    for key, text in (("x", x), ("h", h), ("policy", policy)):
        if not isinstance(text or "", str):
            raise ValueError(f"{key} must be text, not {type(text).__name__}")
        if len(text or "") > MAX_CHARACTERS * 10:
            raise ValueError(
                f"a text of {len(text):,} characters is too long; at most {MAX_CHARACTERS * 10:,} are taken"
            )
    return get_router(name).trace(x or "", h or "", policy, _number(threshold), _overrides(overrides))


def _number(value) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"the threshold must be a number from 0 to 1, not {value!r}")
    return float(value)


def _overrides(pairs) -> dict[int, str]:
    """{token: flow} of [[token, flow], …] or of a JSON object with token numbers as keys."""
    items = pairs.items() if isinstance(pairs, dict) else (pairs or [])
    try:
        return {int(str(token)): str(flow) for token, flow in items}
    except (TypeError, ValueError) as error:
        raise ValueError(f"overrides must be pairs of a token's number and a flow, not {pairs!r}") from error
