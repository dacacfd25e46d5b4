"""Which words can be the likeliest at some mixture of two flows: the upper envelope of lines over ρ.

The probability of a word, (1 − ρ) p_direct + ρ p_merged, is a line over ρ. The greedy choice at any ρ is the word whose
line is the highest there, so the words of the upper envelope are all that a greedy writer can ever choose. They are a
handful: a line on the envelope must at one of its ends reach the lowest point of the two lines that are the highest at
ρ = 0 and at ρ = 1, and few of the words are that likely. The envelope of those is exact (compare Shamos and Hoey 1976).
"""

import numpy as np
import torch

ROUNDING = 1e-5  # of float32


def envelope(direct: np.ndarray, merged: np.ndarray) -> list[int]:
    """Return the words that are the likeliest at some ρ in [0, 1], in the order of ρ, for probabilities (V,) of each.

    Of words whose lines are equal, the first.
    """
    direct, merged = direct.astype(np.float64), merged.astype(np.float64)
    chosen = [_best(direct, merged)]
    while True:
        word = chosen[-1]
        gains = (merged - direct) - (merged[word] - direct[word])
        steeper = np.flatnonzero(gains > 0)
        if not len(steeper):
            return chosen
        crossings = (direct[word] - direct[steeper]) / gains[steeper]
        nearest = crossings.min()
        if nearest > 1:
            return chosen
        ties = steeper[crossings == nearest]
        chosen.append(int(ties[np.argmax(gains[ties])]))


def candidates(direct: torch.Tensor, merged: torch.Tensor, given: int, extra: int) -> np.ndarray:
    """Return numbers of words, ascending: the envelope, the `extra` likeliest of each flow, and the given token.

    direct, merged  (V,) float32 probabilities
    """
    low = _lowest_point(direct, merged)
    kept = torch.nonzero(torch.maximum(direct, merged) >= low)[:, 0].numpy()
    on_top = kept[envelope(direct.numpy()[kept], merged.numpy()[kept])]
    likeliest = [flow.topk(min(extra, len(flow))).indices.numpy() for flow in (direct, merged)]
    return np.unique(np.concatenate([on_top, *likeliest, [given]]))


def _best(direct: np.ndarray, merged: np.ndarray) -> int:
    """The likeliest word at ρ = 0; of several, the one with the steepest line."""
    ties = np.flatnonzero(direct == direct.max())
    return int(ties[np.argmax(merged[ties])])


def _lowest_point(direct: torch.Tensor, merged: torch.Tensor) -> float:
    """The lowest value of the higher of two lines: those of the words that are the likeliest at ρ = 0 and at ρ = 1.

    The higher of two lines is convex, so it is the lowest at an end or where the lines cross.
    """
    first, last = int(direct.argmax()), int(merged.argmax())
    falls, rises = float(direct[first] - direct[last]), float(merged[last] - merged[first])
    rho = falls / (falls + rises) if falls + rises > 0 else 0.0
    crossing = (1 - rho) * float(direct[first]) + rho * float(merged[first])
    return min(float(direct[first]), float(merged[last]), crossing) * (1 - ROUNDING)
