"""Settings of one training run."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class TrainingSettings:
    """How a router is trained.

    budget           λ, the cost of reading one token's worth of context
    flow_loss        weight of the losses of the two flows alone
    hard_share       share of the rows trained on the hard decision, straight through
    context_dropout  share of the rows whose context is dropped
    largest_share    θ is chosen among those that merge at most this share of the tokens
    vary             pictures are moved, scaled and tinted a little, anew in each epoch
    max_rows         train on this many rows, chosen by a hash of their content, and hold out an eighth; 0: all
    extra            further files beside the training file, see `training.rows.extra_rows`
    pool, pool_rows  further folders beside the data's, whose rows are trained on too: at most so many of each, and an
                     eighth of that to hold out; 0: all
    frozen_epochs    where layers are tuned, what stands above them is first trained so long on the frozen backbone
    easy_epochs      so long only the rows are trained on that the task says are to be learned first, if it says so
    start_from       a checkpoint whose weights for seeing and reading the context are the first ones, if they fit
    by_length        batches are of rows with x of about the same length, so that little of them is padding
    """

    epochs: int = 8
    batch_size: int = 64
    learning_rate: float = 5e-4
    weight_decay: float = 0.05
    budget: float = 0.1
    flow_loss: float = 1.0
    hard_share: float = 0.5
    context_dropout: float = 0.1
    largest_share: float = 0.25
    vary: bool = False
    seed: int = 0
    max_rows: int = 0
    extra: tuple[str, ...] = ()
    pool: tuple[str, ...] = ()
    pool_rows: int = 0
    frozen_epochs: int = 0
    easy_epochs: int = 0
    start_from: str = ""
    by_length: bool = False

    def __post_init__(self):
        for name in ("epochs", "batch_size", "learning_rate"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, not {getattr(self, name)}")
        for name in ("hard_share", "context_dropout", "largest_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie in [0, 1], not {getattr(self, name)}")

    @classmethod
    def names(cls) -> list[str]:
        """The settings there are."""
        return [item.name for item in fields(cls)]
