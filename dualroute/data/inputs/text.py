"""Texts, by the hidden states of the backbone: its last layer's, or those of the layer that the model goes on from."""

from itertools import groupby

from dualroute.data.features import Features, JoinedFeatures, encode_texts


def x_side(backbone, rows, config, cache, name) -> Features | JoinedFeatures:
    """Features of every x."""

    def encode(part):
        texts, title = [row.x for row in part], f"{name} {config.x_name}"
        return encode_texts(backbone, texts, config.max_length, cache, title, **_kind(config))

    return _by_source(rows, encode)


def h_side(backbone, rows, config, cache, name) -> Features | JoinedFeatures:
    """Features of every h."""

    def encode(part):
        texts, title = [row.h for row in part], f"{name} {config.h_name}"
        return encode_texts(backbone, texts, config.context_max_length, cache, title, **_kind(config))

    return _by_source(rows, encode)


def _kind(config) -> dict:
    """Below which layers, and which tokens: for spans every one that has a place in the text."""
    return {
        "without_top": config.tuned_layers or config.left_out_layers,
        "with_unknown": config.readout == "span",
        "with_special": config.tuned_layers > 0,
    }


def _by_source(rows, encode) -> Features | JoinedFeatures:
    """Rows of pooled data sets are encoded set by set."""
    parts = [encode(list(part)) for _, part in groupby(rows, key=lambda row: row.source)]
    return parts[0] if len(parts) == 1 else JoinedFeatures(parts)
