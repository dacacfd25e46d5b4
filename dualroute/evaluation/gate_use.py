"""Whether gates open where reading matters, judged by the exact effect that each token's reading has on the answer.

A token's effect is what it adds to a probability when it reads instead of going direct, while all other tokens stay as
decided. The logits are a sum, so every effect is exact and costs no pass of the model.
"""

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from dualroute.evaluation.bootstrap import QUANTILES, RowBootstrap
from dualroute.rows.corpus import Corpus, RoutedRows
from dualroute.trace.outcome import softmax

POINT = 0.01  # the least effect that counts, in probability
SHARES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4)  # of the readable tokens, at which routers are compared
AGREED_SHARE = 0.2  # of the readable tokens, at which two routers are asked which gates they open
DIGITS = 6


def reading_effects(corpus: Corpus, kappa: np.ndarray, rho: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return what each token's reading adds to the probability of a class of its row, (M,) from −1 to 1.

    kappa, rho  (M,) the decision under which all other tokens stay
    classes     (N,) the class of each row
    """
    row = corpus.row_of_token
    others = corpus.routed_logits(kappa, rho)[row] - kappa[:, None] * corpus.direct - rho[:, None] * corpus.read
    token, wanted = np.arange(len(row)), classes[row]
    direct, merged = others + corpus.direct, others + corpus.direct + corpus.read
    return softmax(merged, 1)[token, wanted] - softmax(direct, 1)[token, wanted]


def idle_gates(corpus: Corpus, kappa: np.ndarray, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which tokens read, (M,) bool, and which of them move the shown answer by less than `POINT`, (M,) bool."""
    shown = corpus.routed_logits(kappa, rho).argmax(-1)
    reads = (rho > 0) & corpus.readable
    return reads, reads & (np.abs(reading_effects(corpus, kappa, rho, shown)) < POINT)


def gate_use(corpus: RoutedRows, policy: str, threshold: float, bootstrap: RowBootstrap | None = None) -> dict | None:
    """Return how well the gates of two flows tell where reading matters; None for answers that are no classes.

    bootstrap  whose resamples of the rows the intervals use; by default one of its own
    helped     share of the readable tokens whose reading adds at least `POINT` to the right answer
    auroc      area under the ROC curve of the gate against `helped`; None where all or no tokens are
    decision   of `policy` and `threshold`: {share, accuracy, idle, ci}; `idle` is the share of idle gates among those
               that are open
    at_shares  the same for the widest gates at each of `SHARES`, so that routers compare at an equal share
    """
    if not isinstance(corpus, Corpus) or corpus.gates.shape[1] != 2 or not corpus.readable.any():
        return None
    counts = (bootstrap or RowBootstrap(len(corpus))).counts
    kappa, rho = corpus.decision(policy, threshold)
    helped = (reading_effects(corpus, kappa, rho, corpus.labels) >= POINT)[corpus.readable]
    gates = corpus.gates[:, 1]
    varied = helped.any() and not helped.all()
    return {
        "point": POINT,
        "helped": _rounded(helped.mean()),
        "auroc": _rounded(roc_auc_score(helped, gates[corpus.readable])) if varied else None,
        "decision": _idle(corpus, kappa, rho, counts),
        "at_shares": [_idle(corpus, *_widest(corpus, share), counts) for share in SHARES],
    }


def gate_agreement(corpus: RoutedRows, other: RoutedRows, bootstrap: RowBootstrap | None = None) -> dict:
    """Return how far the gates of two routers of two flows agree on the same tokens.

    correlation  Spearman's rank correlation of the gates over the readable tokens
    share        of the readable tokens that each router's widest gates take
    overlap, ci  share of these tokens of `corpus` that `other` opens too; by chance it is `share`
    Raises ValueError unless both have the same rows and tokens.
    """
    if corpus.gates.shape != other.gates.shape or not np.array_equal(corpus.starts, other.starts):
        raise ValueError("gates are compared on the same tokens: both routers must read the same rows in the same way")
    counts = (bootstrap or RowBootstrap(len(corpus))).counts
    readable = corpus.readable
    own, others = (_widest(part, AGREED_SHARE)[1] > 0 for part in (corpus, other))
    by_row = np.stack([np.add.reduceat(part.astype(float), corpus.starts) for part in (own, own & others)])
    opened, shared = by_row @ counts.T
    bounds = np.quantile(shared / np.maximum(opened, 1), QUANTILES)
    ranks = [rankdata(part.gates[readable, 1]) for part in (corpus, other)]
    return {
        "correlation": _rounded(np.corrcoef(*ranks)[0, 1]),
        "share": AGREED_SHARE,
        "overlap": _rounded((own & others).sum() / own.sum()),
        "ci": [_rounded(bound) for bound in bounds],
    }


def _widest(corpus: RoutedRows, share: float) -> tuple[np.ndarray, np.ndarray]:
    """(κ, ρ) that let the widest gates read, a share of the readable tokens; earlier tokens come first among equals."""
    tokens = np.flatnonzero(corpus.readable)
    order = tokens[np.argsort(-corpus.gates[tokens, 1], kind="stable")]
    rho = np.zeros(len(corpus.gates))
    rho[order[: round(share * len(tokens))]] = 1
    return np.ones_like(rho), rho


def _idle(corpus: Corpus, kappa: np.ndarray, rho: np.ndarray, counts: np.ndarray) -> dict:
    """The entry of a decision; counts (R,N) say how often each row occurs in each resample."""
    reads, idle = idle_gates(corpus, kappa, rho)
    by_row = np.stack([np.add.reduceat(part.astype(float), corpus.starts) for part in (reads, idle)])  # (2,N)
    entry = {
        "share": _rounded(corpus.mean_reading(rho)),
        "accuracy": _rounded(float(np.mean(corpus.correct(kappa, rho)))),
    }
    if not reads.any():
        return entry | {"idle": None, "ci": None}
    open_, idle_ = by_row @ counts.T
    bounds = np.quantile(idle_ / np.maximum(open_, 1), QUANTILES)
    return entry | {"idle": _rounded(idle.sum() / reads.sum()), "ci": [_rounded(bound) for bound in bounds]}


def _rounded(value: float) -> float:
    return round(float(value), DIGITS)
