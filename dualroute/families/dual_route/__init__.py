"""Dual routing: every token of x goes by the direct or the merged flow, and the readout is a sum.

Its models answer with a class, with a span of x, or with a written text. torch and transformers only.
"""

MODEL_TYPES = ("dualroute",)


def model_class():
    """The class of this family's models."""
    from dualroute.families.dual_route.family import DualRoute

    return DualRoute
