"""What happens when a visitor does something. Plain functions of plain values: no framework, no state."""

from dualroute.app.attribute.shared import attributions_of
from dualroute.app.inspect import inputs as pictures
from dualroute.app.models import get_router
from dualroute.export.trace_payload import answer_place, attribution_payload, trace_key, trace_payload
from dualroute.paths import shipped
from dualroute.tasks import TASKS

MAX_CHARACTERS = 100_000
# An attribution may spend this many tokens times steps: a short text gets all steps it needs, the longest a few
# seconds on two cores. Whether they were enough stands on the page.
ATTRIBUTION_TOKENS, FEWEST_STEPS, MOST_STEPS = 8_000, 14, 140


def analyse(name: str, x: str, h: str, image: bytes | None = None) -> dict:
    """Trace payload of one input. Raises ValueError, in words for the visitor, when there is nothing to route.

    image  a picture's file, for a task whose context is one; its h may also be a `data:` URL
    """
    return trace_payload(trace_of(name, x, h, image=image))


def open_view(request: dict) -> dict:
    """Trace payload of a view that another tab asks to see; fields as for `attribute`, of which only two are needed.

    opened  the request's id: the page takes no notice of a value equal to the last one, but the view may have changed
    """
    return trace_payload(asked_for(request)) | {"opened": request.get("id")}


def rewrite(request: dict) -> dict:
    """Trace payload of a text written anew, for the decision on a visitor's screen; fields as for `attribute`."""
    return trace_payload(asked_for(request))


def attribute(request: dict) -> dict:
    """Attribution payload for the decision on a visitor's screen; `request` comes from a browser: checked here.

    request: checkpoint, x, h, image, policy, threshold, overrides [[token, flow], …], label; an answer in the text
    is named by its first and last token, `3-5`; of a text that is written, the label may be one step, `step:3`.
    """
    trace = asked_for(request)
    label = request.get("label") or _predicted(trace)
    if trace.readout == "classification" and label not in trace.labels:
        raise ValueError(f"unknown label {label!r}; there are {', '.join(trace.labels)}")
    steps = max(FEWEST_STEPS, min(MOST_STEPS, ATTRIBUTION_TOKENS // (len(trace.tokens) + len(trace.context_tokens))))
    targets = (f"prediction:{label}" if label else "prediction", "gate")
    prediction, gate = attributions_of(trace, targets, "integrated_gradients", max_steps=steps)
    return attribution_payload(trace, label, prediction, gate) | {"key": trace_key(trace)}


def trace_record(name: str, x: str, h: str, policy=None, threshold=None, overrides=None) -> str:
    """The whole trace as JSON text, for programs."""
    return trace_of(name, x, h, policy, threshold, overrides).to_json()


def usual() -> str:
    """The task the page begins with."""
    return next(name for name in TASKS if name in shipped())


def asked_for(request: dict):
    """The trace a browser asks for."""
    if not isinstance(request, dict):
        raise ValueError(f"the request must be an object, not {type(request).__name__}")
    keys = ("checkpoint", "x", "h", "policy", "threshold", "overrides")
    image = request.get("image") or ""
    if not isinstance(image, str):
        raise ValueError(f"the picture must be a data: URL, not {type(image).__name__}")
    return trace_of(*(request.get(key) for key in keys), image=pictures.sent(image, "picture"))


def _predicted(trace) -> str:
    """The answer as a request names it; empty for a text that is written, which is explained as a whole."""
    if trace.generation:
        return ""
    outcome = trace.replay()
    return outcome.label if outcome.span is None else answer_place(outcome)


def trace_of(name: str, x: str, h: str, policy=None, threshold=None, overrides=None, image=None):
    """The trace of what a person gave. Raises ValueError for what cannot be routed, in words for the visitor."""
    router = get_router(known(name))
    if router.model.config.context == "image" and image is None and isinstance(h, str):
        h, image = "", pictures.sent(h.strip(), router.model.config.h_name)
    for key, text in (("x", x), ("h", h), ("policy", policy)):
        _check_text(key, text)
    return router.trace(x or "", h or "", policy, number(threshold), overrides_of(overrides), image=image)


def known(name: str) -> str:
    """A name that a checkpoint has. Raises ValueError for another one."""
    if not isinstance(name, str) or name not in shipped():
        raise ValueError(f"unknown task {name!r}; there are {', '.join(shipped())}")
    return name


def _check_text(key: str, text) -> None:
    if not isinstance(text or "", str):
        raise ValueError(f"{key} must be text, not {type(text).__name__}")
    if len(text or "") > MAX_CHARACTERS * 10:
        raise ValueError(f"a text of {len(text):,} characters is too long; at most {MAX_CHARACTERS * 10:,} are taken")


def number(value) -> float | None:
    """A threshold as float, None as None. Raises ValueError for anything but a number from 0 to 1."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"the threshold must be a number from 0 to 1, not {value!r}")
    return float(value)


def overrides_of(pairs) -> dict[int, str]:
    """{token: flow} of [[token, flow], …] or of a JSON object with token numbers as keys."""
    items = pairs.items() if isinstance(pairs, dict) else (pairs or [])
    try:
        return {int(str(token)): str(flow) for token, flow in items}
    except (TypeError, ValueError) as error:
        raise ValueError(f"overrides must be pairs of a token's number and a flow, not {pairs!r}") from error
