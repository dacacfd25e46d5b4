"""The settings of a dual-route model that a training run may choose, importable without torch or transformers."""

from dataclasses import dataclass, field

from dualroute.bounds import BELOW_ONE, NOT_NEGATIVE, POSITIVE
from dualroute.families.dual_route.routers import ROUTER_CLASSES
from dualroute.trace.policies import FLOWS, TWO_FLOWS

ROUTERS = tuple(ROUTER_CLASSES)
GRANULARITIES = ("token", "sequence")
READERS = ("attention", "bilinear", "diagonal")
FLOWS_BY_COUNT = {2: TWO_FLOWS, 3: FLOWS}


def flows_of(count: int | None) -> tuple[str, ...] | None:
    """Return the flows that the option `--flows` counts, None without it; raise ValueError for another number."""
    if count is None:
        return None
    if count not in FLOWS_BY_COUNT:
        raise ValueError(f"--flows is 2 (direct, merged) or 3 (direct, context, merged), not {count}")
    return FLOWS_BY_COUNT[count]


def one_of(names: tuple[str, ...]) -> str:
    """Return the names as "a, b or c"."""
    return f"{', '.join(names[:-1])} or {names[-1]}"


@dataclass
class ModelSettings:
    """The part of `DualRouteConfig` that `python -m dualroute train` has options for.

    The field's `help` documents the setting and its option; `cli/options.py` explains the other metadata.
    """

    tuned_layers: int = field(
        default=0,
        metadata={
            "bounds": NOT_NEGATIVE,
            "help": "Number of top layers of the backbone to fine-tune with LoRA adapters.",
        },
    )
    lora_rank: int = field(
        default=8,
        metadata={"bounds": POSITIVE, "help": "Rank of the LoRA adapters."},
    )
    content_layer: int | None = field(
        default=None,
        metadata={
            "bounds": NOT_NEGATIVE,
            "help": "Layer of the backbone whose states are added up, 0 for its word embeddings; the top layer's then "
            "only decide. Without it the top layer's states do both.",
            "type": int,
        },
    )
    router: str = field(default="mlp", metadata={"help": f"Router: {one_of(ROUTERS)}."})
    router_size: int = field(
        default=128,
        metadata={"bounds": POSITIVE, "help": "Width of the router."},
    )
    granularity: str = field(
        default="token", metadata={"help": "token: one gate per token; sequence: one gate for the whole input."}
    )
    early: bool = field(
        default=False,
        metadata={
            "help": "early: decide from x alone, before h is encoded; full: from x and what it reads from h.",
            "names": "--early/--full",
        },
    )
    flows: list[str] | tuple[str, ...] = field(
        default=TWO_FLOWS,
        metadata={
            "help": "2 (direct, merged) or 3 (direct, context, merged).",
            "type": int,
            "metavar": "2|3",
            "callback": flows_of,
        },
    )
    reader: str = field(default="attention", metadata={"help": f"How a token reads the context: {one_of(READERS)}."})
    hidden_size: int = field(
        default=256,
        metadata={"bounds": POSITIVE, "help": "Width D of the direct state u and of what is read from the context."},
    )
    dropout: float | int = field(
        default=0.1,
        metadata={"bounds": BELOW_ONE, "help": "Dropout rate during training.", "type": float},
    )
    max_length: int = field(
        default=128,
        metadata={"bounds": POSITIVE, "help": "Longest x, in tokens; longer input is truncated."},
    )
    context_max_length: int = field(
        default=256,
        metadata={"bounds": POSITIVE, "help": "Longest h, in tokens; for a context of items, the most items."},
    )
