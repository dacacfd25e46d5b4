"""Texts, by the hidden states of the backbone: its last layer's, or those below the layers that are tuned."""

from itertools import groupby

from dualroute.training.features import Features, JoinedFeatures, encode_texts


def x_side(backbone, rows, config, cache, name) -> Features | JoinedFeatures:
    """Features of every x."""

    def encode(part):
        texts, title = [row.x for row in part], f"{name} {config.x_name}"
        return encode_texts(
            backbone, texts, config.max_length, cache, title, config.tuned_layers, config.readout == "span"
        )

    return _by_source(rows, encode)


def h_side(backbone, rows, config, cache, name) -> Features | JoinedFeatures:
    """Features of every h."""

    def encode(part):
        texts, title = [row.h for row in part], f"{name} {config.h_name}"
        return encode_texts(
            backbone, texts, config.context_max_length, cache, title, config.tuned_layers, config.readout == "span"
        )

    return _by_source(rows, encode)


def _by_source(rows, encode) -> Features | JoinedFeatures:
    """Rows of pooled data sets are encoded set by set."""
    parts = [encode(list(part)) for _, part in groupby(rows, key=lambda row: row.source)]
    return parts[0] if len(parts) == 1 else JoinedFeatures(parts)
