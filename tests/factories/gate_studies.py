"""Rows of a language model's gate, made up: reading helps where the passage fits."""

import numpy as np

from dualroute.rows.gate_study import GateStudy

GROUPS = ("right", "random", "near")


def make_gate_study(questions: int = 30, seed: int = 0, **results) -> GateStudy:
    """A row of each question and group; the rows of one question have the same tokens, some gates are equal."""
    generator = np.random.default_rng(seed)
    lengths = np.repeat(generator.integers(1, 7, questions), 3)
    groups = np.array(GROUPS * questions)
    tokens = int(lengths.sum())
    fits = np.repeat(groups, lengths) == "right"
    direct = -generator.uniform(1, 5, tokens)
    merged = np.minimum(direct + generator.normal(np.where(fits, 1.5, -0.3), 1.0), -1e-3)
    gates = 1 / (1 + np.exp(-(merged - direct) - generator.normal(0, 0.7, tokens)))
    head = {"checkpoint": "made", "revision": "0123456789ab", "data": "made.jsonl", "folder": "made", "full": True}
    return GateStudy(
        gates=np.round(gates, 2).astype(np.float32),
        direct=direct.astype(np.float32),
        merged=merged.astype(np.float32),
        controls={name: generator.uniform(size=tokens).astype(np.float32) for name in ("entropy", "divergence")},
        lengths=lengths,
        groups=groups,
        questions=np.repeat(np.arange(questions), 3),
        ids=tuple(f"question-{number}" for number in np.repeat(np.arange(questions), 3)),
        results=head | {"default_threshold": 0.5} | results,
    )
