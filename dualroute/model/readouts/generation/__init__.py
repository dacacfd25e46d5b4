"""A readout that writes a text: a decoder over the routed states, which may copy the words of x."""

from dualroute.model.readouts.generation.readout import GenerationReadout

__all__ = ["GenerationReadout"]
