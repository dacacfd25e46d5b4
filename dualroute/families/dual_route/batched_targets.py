"""Targets at many presences without gradients; nothing is encoded, routed or evaluated twice.

Encoding is nearly all of the cost, and f(h) does not change while only words of x are perturbed. So each distinct row
of x, and of h, is encoded once, each distinct pair of rows is routed once, and one output gives all targets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import torch

from dualroute.families.attribution_function import BATCH_TOKENS, TwoStageFunction
from dualroute.families.dual_route.inputs import Encoded

CACHED_TOKENS = 40960  # tokens with states in the cache at once: 63 MB for 384 numbers each

Key = tuple[bytes, ...]  # one digest for each varied input


@dataclass(eq=False)
class EvaluationCache:
    """Results of one path so far.

    targets  (K,) of every pair of rows
    states   for x, and for h, the encoded rows of the last pairs, by digest
    """

    targets: dict[Key, torch.Tensor] = field(default_factory=dict)
    states: list[dict[bytes, tuple[Encoded, ...]]] = field(default_factory=lambda: [{}, {}])


@torch.no_grad()
def evaluate(path: TwoStageFunction, cache: EvaluationCache, presence: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return the targets (B,K) of `path` at presences (B,T) of x and (B,S) of h.

    B may be any size: the cache holds at most CACHED_TOKENS and a pass BATCH_TOKENS. Rows that were evaluated before,
    in this call or an earlier one, cost no pass.
    """
    keys = list(zip(*(map(_digest, part) for part in presence), strict=True))
    targets_of = cache.targets
    new = {key: row for row, key in enumerate(keys) if key not in targets_of}
    for chunk in _batches(list(new.items()), max(1, CACHED_TOKENS // sum(path.lengths))):
        chunk_keys, rows = zip(*chunk, strict=True)
        _encode(path, cache, chunk_keys, [part[list(rows)] for part in presence])
        for pairs in _batches(chunk_keys, max(1, BATCH_TOKENS // sum(path.lengths))):
            output = path.route(_stacked(cache, pairs))
            targets = torch.stack([value(output) for value in path.values], dim=1)  # (P,K)
            targets_of.update(zip(pairs, targets, strict=True))
    return torch.stack([targets_of[key] for key in keys])


def _encode(path: TwoStageFunction, cache: EvaluationCache, keys: Sequence[Key], presence: list[torch.Tensor]) -> None:
    """Fill the cache with the states of the rows `keys`, and drop all others."""
    encoded_rows = []
    for place, part in enumerate(presence):
        row_of = {key[place]: row for row, key in enumerate(keys)}
        before = cache.states[place]
        states = {digest: before[digest] for digest in row_of if digest in before}
        missing = [digest for digest in row_of if digest not in states]
        for batch in _batches(missing, max(1, BATCH_TOKENS // path.lengths[place])):
            encoded = path.encode(place, part[[row_of[digest] for digest in batch]])
            states.update(zip(batch, _rows(encoded), strict=True))
        encoded_rows.append(states)
    cache.states = encoded_rows


def _rows(encoded: tuple[Encoded, ...]) -> list[tuple[Encoded, ...]]:
    """B tuples of rows (n,D), from a tuple of batches (B,n,D)."""
    return list(zip(*([Encoded(*row) for row in zip(*batch, strict=True)] for batch in encoded), strict=True))


def _stacked(cache: EvaluationCache, pairs: Sequence[Key]) -> list[Encoded]:
    """f(x) and f(h) of the pairs."""
    rows = [sum((cache.states[place][digest] for place, digest in enumerate(key)), ()) for key in pairs]
    return [Encoded(*map(torch.stack, zip(*batch, strict=True))) for batch in zip(*rows, strict=True)]


def _batches(rows: Sequence, size: int) -> Iterator[Sequence]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _digest(row: torch.Tensor) -> bytes:
    return blake2b(row.detach().numpy().tobytes(), digest_size=16).digest()
