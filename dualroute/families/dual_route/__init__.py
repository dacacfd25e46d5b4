"""The torch side: encoders, context reader, routers, readout, one forward pass."""
