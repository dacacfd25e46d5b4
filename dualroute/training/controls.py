"""Decisions that do not look at the input, at the share of tokens a router merged: what a router has to beat.

M tokens of a data set. Only the tokens of rows that have a context count: elsewhere there is nothing to read.
"""

from collections.abc import Callable

import numpy as np

from dualroute.interpret.corpus import RoutedRows


def random_decision(corpus: RoutedRows, kappa: np.ndarray, rho: np.ndarray, generator: np.random.Generator):
    """The decisions (κ, ρ), (M,) each, dealt out anew over all tokens of the data set: exactly the same share.

    Where a row has one gate its tokens stay together, and whole rows exchange their decisions: a row that is half read
    is none such a router can make. Rows differ in length, so the share is then the same on average only.
    """
    if corpus.granularity == "sequence":
        return _dealt_by_row(corpus, kappa, rho, generator)
    tokens = np.flatnonzero(corpus.readable)
    dealt = generator.permutation(tokens)
    kappa, rho = kappa.copy(), rho.copy()
    kappa[tokens], rho[tokens] = kappa[dealt], rho[dealt]
    return kappa, rho


def _dealt_by_row(corpus: RoutedRows, kappa: np.ndarray, rho: np.ndarray, generator: np.random.Generator):
    rows = np.flatnonzero(corpus.has_context)
    source = np.arange(len(corpus))
    source[rows] = generator.permutation(rows)
    first = corpus.starts[source][corpus.row_of_token]  # a token whose decision is the one dealt to this token's row
    return kappa[first], rho[first]


def constant(corpus: RoutedRows, share: float) -> np.ndarray:
    """ρ = share for every token."""
    return np.full(len(corpus.gates), float(share))


def leading(corpus: RoutedRows, share: float) -> np.ndarray:
    """The first tokens of every row, the same part of each row; a fixed shuffle settles what rounding leaves open."""
    tokens = np.flatnonzero(corpus.readable)
    shuffled = np.random.default_rng(0).random(len(tokens))
    order = np.lexsort((shuffled, corpus.position_in_row[tokens]))
    return _merge(corpus, tokens[order[: _budget(tokens, share)]])


def even(corpus: RoutedRows, share: float) -> np.ndarray:
    """Tokens at equal distances, counted through the whole data set."""
    tokens = np.flatnonzero(corpus.readable)
    budget = _budget(tokens, share)
    return _merge(corpus, tokens[((np.arange(budget) + 0.5) * len(tokens) / max(budget, 1)).astype(int)])


STATIC: dict[str, Callable[[RoutedRows, float], np.ndarray]] = {f.__name__: f for f in (constant, leading, even)}


def _budget(tokens: np.ndarray, share: float) -> int:
    return round(share * len(tokens))


def _merge(corpus: RoutedRows, tokens: np.ndarray) -> np.ndarray:
    """(M,) ρ: 1 for the chosen tokens."""
    rho = np.zeros(len(corpus.gates))
    rho[tokens] = 1
    return rho
