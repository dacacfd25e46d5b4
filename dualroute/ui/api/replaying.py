"""`/replay` and `/compare`: what would have happened otherwise, exactly and from one forward pass."""

from dualroute.ui.api.parsing import as_json, parsed, view_of
from dualroute.ui.messages import as_message
from dualroute.ui.programs import decisions as replayed
from dualroute.ui.programs import views


@as_message
def replay(task: str, x: str, h: str = "", decisions: str = "[{}]") -> str:
    """What many decisions lead to for one input, exactly, from one forward pass; JSON text, one object for each.

    An object holds answer, probability, flows and shares; of a class logits and probabilities, of a span its ends.

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        decisions: JSON list of up to 1,000 objects with policy, threshold, overrides {"3": "direct"}, ignored [0, 4],
            the context tokens that are not read; what one leaves out is the checkpoint's own
    """
    request = view_of(task, x, h, "", None, "")
    return as_json(replayed.replays(request, parsed(decisions, list, "decisions")))


@as_message
def compare(
    task: str,
    x: str,
    h: str = "",
    policy: str = "",
    threshold: float | None = None,
    overrides: str = "",
    other: str = "{}",
) -> str:
    """Compare two views, A and B: both outcomes, every answer's probability, the tokens, and a sentence; JSON text.

    Args:
        task: name of a checkpoint, for instance news
        x: the main input
        h: the context; may be empty; items one per line, a picture as a data: URL
        policy: threshold, weighted_threshold, soft, direct or merged; with three flows select, context; empty: its own
        threshold: θ, from 0 to 1; null: the checkpoint's own
        overrides: JSON object of flipped tokens, for instance {"3": "direct"}; may be empty
        other: JSON object of what differs in B: checkpoint, x, h, image, policy, threshold, overrides, ignored
    """
    return as_json(views.compared(view_of(task, x, h, policy, threshold, overrides), parsed(other, dict, "other")))
