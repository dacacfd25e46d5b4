"""Random numbers of a seed, without a trace: Captum draws from the generators that all of a process share."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

MOST = 2**32 - 1  # what numpy takes
_LOCK = threading.Lock()


def check_seed(seed: int) -> int:
    """The seed. Raises ValueError, naming the limits, for what is none."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MOST:
        raise ValueError(f"seed must be a whole number from 0 to {MOST:,}, not {seed!r}")
    return seed


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Inside, torch and numpy draw the numbers of `seed`; outside, what they would have drawn anyway.

    One thread at a time: keep inside only what draws, and no pass through a model.
    """
    with _LOCK:
        before, numpy_before = torch.get_rng_state(), np.random.get_state()
        torch.default_generator.manual_seed(seed)
        np.random.seed(seed)
        try:
            yield
        finally:
            torch.set_rng_state(before)
            np.random.set_state(numpy_before)
