"""Settings of one training run, importable without torch."""

from dataclasses import dataclass, field

from dualroute.bounds import BELOW_ONE, NOT_NEGATIVE, POSITIVE, SEED, SHARE, check_fields

TASK_ONLY = {"option": False}  # set by tasks; the commands have no option for it


@dataclass(frozen=True)
class TrainingSettings:
    """How a router is trained.

    The field's `help` documents the setting and, unless `TASK_ONLY`, its option on the command line.
    Raises ValueError for a number outside its bounds.
    """

    epochs: int = field(default=8, metadata={"bounds": POSITIVE, "help": "Passes over the training rows."})
    batch_size: int = field(default=64, metadata={"bounds": POSITIVE, "help": "Rows per step."})
    learning_rate: float = field(
        default=5e-4, metadata={"bounds": POSITIVE, "help": "Peak learning rate; it decays along a cosine."}
    )
    weight_decay: float = field(default=0.05, metadata={"bounds": NOT_NEGATIVE, "help": "Weight decay."})
    budget: float = field(default=0.1, metadata={"bounds": NOT_NEGATIVE, "help": "λ, the cost of reading the context."})
    flow_loss: float = field(
        default=1.0, metadata={"bounds": NOT_NEGATIVE, "help": "Weight of the losses of each flow alone."}
    )
    hard_share: float = field(
        default=0.5,
        metadata={"bounds": SHARE, "help": "Share of the rows trained on the hard decision, straight-through."},
    )
    context_dropout: float = field(
        default=0.1, metadata={"bounds": SHARE, "help": "Share of the rows trained without their context."}
    )
    word_dropout: float = field(
        default=0.0,
        metadata={
            "bounds": BELOW_ONE,
            "help": "Share of the words of x and h that a training step cannot see; of h alone if answers are in x.",
        },
    )
    idle_cost: float = field(
        default=0.0,
        metadata={
            "bounds": NOT_NEGATIVE,
            "help": "Cost of the gates whose reading moves no answer by a point of probability.",
        },
    )
    gate_epochs: int = field(
        default=0,
        metadata={
            "bounds": NOT_NEGATIVE,
            "help": "Then train a new router alone for so long, on the exact effect of each token's reading.",
        },
    )
    gate_router: str = field(default="", metadata={"help": "Kind of that router; empty: the kind it had before."})
    gate_router_size: int = field(
        default=0, metadata={"bounds": NOT_NEGATIVE, "help": "Width of that router; 0: as before."}
    )
    largest_share: float = field(
        default=0.25,
        metadata={"bounds": SHARE, "help": "Choose θ among those at which at most this share of the tokens reads."},
    )
    vary: bool = field(
        default=False, metadata=TASK_ONLY | {"help": "Move, scale and tint pictures a little, anew in each epoch."}
    )
    seed: int = field(default=0, metadata={"bounds": SEED, "help": "Seed of all random numbers."})
    max_rows: int = field(
        default=0,
        metadata={
            "bounds": NOT_NEGATIVE,
            "help": "Train on at most this many rows, chosen by a hash, and hold out at most an eighth of it; 0: all.",
        },
    )
    extra: tuple[str, ...] = field(
        default=(),
        metadata={"help": "Use the task's extra training files, which lie beside its training file.", "switch": True},
    )
    pool: tuple[str, ...] = field(
        default=(), metadata=TASK_ONLY | {"help": "Folders beside the data's whose rows are trained on too."}
    )
    pool_rows: int = field(
        default=0,
        metadata=TASK_ONLY
        | {"bounds": NOT_NEGATIVE, "help": "Most rows of each pool folder, and an eighth as many to hold out; 0: all."},
    )
    frozen_epochs: int = field(
        default=0,
        metadata=TASK_ONLY
        | {
            "bounds": NOT_NEGATIVE,
            "help": "With tuned layers: first train the rest on the frozen backbone for so long.",
        },
    )
    easy_epochs: int = field(
        default=0,
        metadata=TASK_ONLY
        | {"bounds": NOT_NEGATIVE, "help": "Epochs on the rows that `Task.easy` names, before all the others."},
    )
    start_from: str = field(
        default="",
        metadata=TASK_ONLY | {"help": "Checkpoint from which to copy the weights that see and read the context."},
    )
    by_length: bool = field(
        default=False, metadata=TASK_ONLY | {"help": "Batch rows whose x is about equally long, to save padding."}
    )

    def __post_init__(self):
        check_fields(self)
