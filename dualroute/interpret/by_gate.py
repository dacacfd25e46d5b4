"""The tokens of every row by rising gate: in this order a rising θ closes them."""

from dataclasses import dataclass

import numpy as np

from dualroute.interpret.corpus import RoutedRows
from dualroute.policies import reading_gate


@dataclass(frozen=True, eq=False)
class ByGate:
    """Tokens of each row by rising gate: which they are, (M,), and what each part gives when it reads, (κ, ρ)."""

    order: np.ndarray
    kappa: np.ndarray
    rho: np.ndarray


def by_gate(corpus: RoutedRows, policy: str) -> tuple[ByGate, np.ndarray, np.ndarray]:
    """The order, and the gates (M,) and ρ (M,) of reading tokens in it."""
    gates = reading_gate(corpus.gates)
    order = np.lexsort((gates, corpus.row_of_token))
    kappa, rho = corpus.decision(policy, 0.0)
    return ByGate(order, kappa, rho), gates[order], rho[order]
