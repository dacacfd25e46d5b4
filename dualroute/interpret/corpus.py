"""Traces of a whole data set, summed over the context: every θ for the cost of one forward pass."""

from dataclasses import dataclass, field, replace

import numpy as np

from dualroute.policies import flow_weights, parts


@dataclass(frozen=True, eq=False)
class RoutedRows:
    """N rows with M tokens of x in all, one row's tokens after another's, and how good their answers are.

    gates   (M,R) the router's probabilities
    starts  (N,) index of each row's first token
    has_context (N,) bool
    granularity  `token`, or `sequence` where all tokens of a row have the same gates
    """

    reruns = False  # whether a score asks for another run of a decoder, so that few decisions are looked at

    gates: np.ndarray
    starts: np.ndarray
    has_context: np.ndarray
    granularity: str = field(default="token", kw_only=True)

    def __len__(self) -> int:
        return len(self.starts)

    def score(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """(N,) how good each row's answer is, for any weights (M,) of the direct and of the context part."""
        raise NotImplementedError

    @property
    def row_of_token(self) -> np.ndarray:
        """(M,) the row each token belongs to."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def lengths(self) -> np.ndarray:
        """(N,) number of tokens of each row."""
        return np.diff(np.append(self.starts, len(self.gates)))

    @property
    def position_in_row(self) -> np.ndarray:
        """(M,) where in its row a token stands: 0 for the first token, below 1 for the last."""
        return (np.arange(len(self.gates)) - self.starts[self.row_of_token]) / self.lengths[self.row_of_token]

    @property
    def readable(self) -> np.ndarray:
        """(M,) bool, tokens of rows that have a context."""
        return self.has_context[self.row_of_token]

    def subset(self, chosen: np.ndarray) -> "RoutedRows":
        """The rows where `chosen` (N,) is true."""
        starts = np.concatenate([[0], np.cumsum(self.lengths[chosen])[:-1]]).astype(np.int64)
        of_tokens, of_rows = self._parts(chosen[self.row_of_token], chosen)
        return replace(self, starts=starts, **of_tokens, **of_rows)

    def _parts(self, tokens: np.ndarray, rows: np.ndarray) -> tuple[dict, dict]:
        """The fields that a subset changes: those with an entry per token, those with an entry per row."""
        return {"gates": self.gates[tokens]}, {"has_context": self.has_context[rows]}

    def decision(self, policy: str, threshold: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
        """(κ, ρ), (M,) each, under a policy and θ."""
        return parts(flow_weights(policy, self.gates, threshold))

    def share(self, policy: str, threshold: float = 0.5) -> float:
        """Mean ρ over the tokens of rows that have a context: what the decision spends."""
        return self.mean_reading(self.decision(policy, threshold)[1])

    def mean_reading(self, rho: np.ndarray) -> float:
        """Mean of ρ (M,) over the tokens of rows that have a context."""
        counted = self.readable
        return float(rho[counted].mean()) if counted.any() else 0.0


@dataclass(frozen=True, eq=False)
class Corpus(RoutedRows):
    """Rows to classify.

    direct  (M,C) D;  read (M,C) K summed over the context
    bias    (C,);  labels (N,) index of the true class
    """

    direct: np.ndarray
    read: np.ndarray
    bias: np.ndarray
    labels: np.ndarray

    def _parts(self, tokens, rows):
        of_tokens, of_rows = super()._parts(tokens, rows)
        of_tokens |= {"direct": self.direct[tokens], "read": self.read[tokens]}
        return of_tokens, of_rows | {"labels": self.labels[rows]}

    def logits(self, policy: str, threshold: float = 0.5) -> np.ndarray:
        """(N,C) under a policy and θ."""
        return self.routed_logits(*self.decision(policy, threshold))

    def routed_logits(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """(N,C) for any weights (M,) of the direct part and of the context part."""
        summed = kappa[:, None] * self.direct + rho[:, None] * self.read
        return self.bias + np.add.reduceat(summed, self.starts, axis=0)

    def correct(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """(N,) bool, rows predicted rightly for any weights (M,) of the two parts."""
        return self.routed_logits(kappa, rho).argmax(-1) == self.labels

    def margins(self, kappa: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """(N,) by how much the second of two classes is preferred to the first."""
        logits = self.routed_logits(kappa, rho)
        return logits[:, 1] - logits[:, 0]

    def score(self, kappa, rho):
        """1 where the right class is predicted."""
        return self.correct(kappa, rho)
