"""The route that an attribution holds along its path. Plain numpy."""

import numpy as np

from dualroute.interpret.replay import route
from dualroute.interpret.trace import Trace


def held_route(trace: Trace) -> tuple[np.ndarray, np.ndarray]:
    """The route along the path, `weights = held + free·gates`: held (T,R), free (T,1), float32.

    A step has no gradient that says anything, so what a hard policy decided in the trace is held. `soft`
    leaves the gates free; `weighted_threshold` holds which tokens are open and leaves the weight of those free
    (a closed token gives all weight to the direct flow); a flipped token is held.
    """
    outcome = route(trace)
    held = outcome.flow_weights.astype(np.float32)
    free = np.zeros((len(trace.tokens), 1), dtype=np.float32)
    if outcome.policy == "soft":
        free[:] = 1
    elif outcome.policy == "weighted_threshold":
        free[:, 0] = outcome.rho > 0
    free[list(outcome.overrides)] = 0
    return held * (1 - free), free
