"""Texts, by the hidden states of the backbone."""

from dualroute.training.features import Features, encode_texts


def x_side(backbone, rows, config, cache, name) -> Features:
    """Features of every x."""
    return encode_texts(backbone, [row.x for row in rows], config.max_length, cache, f"{name} {config.x_name}")


def h_side(backbone, rows, config, cache, name) -> Features:
    """Features of every h."""
    texts = [row.h for row in rows]
    return encode_texts(backbone, texts, config.context_max_length, cache, f"{name} {config.h_name}")
