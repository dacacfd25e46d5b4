"""`/trace`: one input, token by token."""

from dualroute.ui import handlers
from dualroute.ui.api.parsing import parsed
from dualroute.ui.messages import as_message


@as_message
def trace(task: str, x: str, h: str = "", policy: str = "", threshold: float | None = None, overrides: str = "") -> str:
    """Route one input and return the whole trace as JSON text (read it with `Trace.from_json`).

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        policy: threshold, weighted_threshold, soft, direct or merged; with three flows select, context; empty: its own
        threshold: θ, from 0 to 1; null: the checkpoint's own
        overrides: JSON object of flipped tokens, for instance {"3": "direct"}; may be empty
    """
    return handlers.trace_record(task, x, h, policy, threshold, parsed(overrides, dict, "overrides"))
