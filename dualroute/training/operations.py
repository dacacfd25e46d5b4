"""What a row costs: operations of an early router's `predict` with the context left alone, and with it encoded."""

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from dualroute.interpret.tracing import encode_pair, model_inputs
from dualroute.model.dual_route import DualRouteModel
from dualroute.tasks import Example


def row_operations(model: DualRouteModel, rows: Sequence[Example]) -> np.ndarray | None:
    """(N,2) floating-point operations of each row alone: with no token reading, and with any that reads.

    How many read makes no difference: what costs is the encoder of h, which all tokens of a row share. None for a
    router that sees what every token reads, for h has been encoded whatever it decides; and where h is a picture.
    Counted are matrix products, as `torch.utils.flop_counter` knows them; recurrent layers are not in its books. Rows
    of one shape are counted once.
    """
    if not model.config.early or model.config.context == "image":
        return None
    known: dict[tuple, tuple[int, int]] = {}
    return np.array([_of_row(model, row, known) for row in rows], dtype=np.float64)


def _of_row(model: DualRouteModel, row: Example, known: dict) -> tuple[int, int]:
    inputs = model_inputs(*encode_pair(model, row.x, row.h))
    shapes = tuple((name, tuple(value.shape)) for name, value in sorted(inputs.items()))
    if shapes not in known:
        known[shapes] = tuple(operations(model.predict, policy=policy, **inputs) for policy in ("direct", "merged"))
    return known[shapes]


@torch.no_grad()
def operations(run, **inputs) -> int:
    """Of one call of a model's `forward` or `predict`.

    Attention runs as plain products: its fused form is not counted on every device.
    """
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        run(**inputs)
    return counter.get_total_flops()
