"""Readouts, from the routed states to an answer, by the name that a config gives them."""

from dualroute.families.dual_route.readouts.classification import ClassificationReadout
from dualroute.families.dual_route.readouts.generation import GenerationReadout
from dualroute.families.dual_route.readouts.span import SpanReadout

READOUT_CLASSES = {"classification": ClassificationReadout, "span": SpanReadout, "generation": GenerationReadout}


def make_readout(config):
    """Return a new readout of the kind `config.readout`."""
    return READOUT_CLASSES[config.readout](config)
