"""Texts, by the hidden states of the backbone: its last layer's, or those below the layers that are tuned."""

from dualroute.training.features import Features, encode_texts


def x_side(backbone, rows, config, cache, name) -> Features:
    """Features of every x."""
    texts, name = [row.x for row in rows], f"{name} {config.x_name}"
    return encode_texts(backbone, texts, config.max_length, cache, name, config.tuned_layers)


def h_side(backbone, rows, config, cache, name) -> Features:
    """Features of every h."""
    texts, name = [row.h for row in rows], f"{name} {config.h_name}"
    return encode_texts(backbone, texts, config.context_max_length, cache, name, config.tuned_layers)
