"""Attributions of one input by several methods."""

from dualroute.ui.attributing import attributed
from dualroute.ui.attribution_request import checked


def attributions(request: dict) -> dict:
    """{tokens, context_tokens, attributions}: one record for each target and method, as `Attribution.to_json` has it.

    request  as for the workbench, see `attribution_request.checked`. Raises ValueError as it does, and for a method's
    own parameters.
    """
    asked = checked(request)
    found = [attribution for name in asked.methods for attribution in attributed(asked, name)]
    return {
        "tokens": list(asked.trace.tokens),
        "context_tokens": list(asked.trace.context_tokens),
        "attributions": [attribution.to_dict() for attribution in found],
    }
