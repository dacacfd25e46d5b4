"""Readouts, one file each: from the routed states to what the task asks for."""

from dualroute.families.dual_route.readouts.classification import ClassificationReadout
from dualroute.families.dual_route.readouts.generation import GenerationReadout
from dualroute.families.dual_route.readouts.span import SpanReadout

READOUT_CLASSES = {"classification": ClassificationReadout, "span": SpanReadout, "generation": GenerationReadout}


def make_readout(config):
    """The readout that `config.readout` names."""
    return READOUT_CLASSES[config.readout](config)
