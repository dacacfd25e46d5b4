"""Configuration of a dual-route model."""

from typing import Any, TypeVar

from huggingface_hub.dataclasses import strict
from huggingface_hub.errors import StrictDataclassFieldValidationError
from transformers import AutoConfig, PreTrainedConfig

from dualroute.bounds import NOT_NEGATIVE, POSITIVE, SHARE, check, check_fields, option, plain
from dualroute.families.dual_route.settings import GRANULARITIES, READERS, ROUTERS, ModelSettings
from dualroute.trace.policies import FLOWS, POLICIES, TWO_FLOWS

CONTEXTS = ("text", "items", "image", "backward")
RECURRENT_CELLS = ("gru", "lstm")
READOUTS = ("classification", "span", "generation")


# Bounds of the numbers that are no fields of `ModelSettings`.
BOUNDS = dict.fromkeys(
    ("encoder_size", "num_heads", "image_size", "patches", "recurrent_size", "max_answer_length", "max_new_tokens"),
    POSITIVE,
) | {"num_beams": POSITIVE, "left_out_layers": NOT_NEGATIVE, "vocabulary_size": NOT_NEGATIVE, "threshold": SHARE}


Config = TypeVar("Config")


def takes_numpy(config: type[Config]) -> type[Config]:
    """Let the fields of a strict dataclass be set to numbers of numpy; a value of another type raises ValueError."""
    strict_setattr: Any = config.__setattr__

    def set_plain(self: Any, name: str, value: Any) -> None:
        try:
            strict_setattr(self, name, plain(value))
        except StrictDataclassFieldValidationError as error:
            raise ValueError(f"{name} has a value of another type: {error.__cause__}") from error

    type.__setattr__(config, "__setattr__", set_plain)
    return config


@takes_numpy
@strict
class DualRouteConfig(PreTrainedConfig, ModelSettings):
    """Everything needed to rebuild a `DualRouteModel`, except the frozen backbone's weights.

    Fields besides those of `ModelSettings`:

    backbone         name of an `AutoModel` text encoder; never stored in the checkpoint
    backbone_sha256  digest of its weight file; checked on loading when not empty
    encoder_size     width of f(x), D_f
    context          what h is: a `text`, `items` (one context token per line), an `image` (one per patch), or the
                     `backward` pass of a recurrent encoder over x, whose forward pass is the direct flow
    left_out_layers  how many of the backbone's top layers are unused: lower states may say more about each word
    num_heads        attention heads of the context reader
    readout          `classification`, `span` (an answer in x) or `generation`
    image_size, patches  pixels and patches along one side of an image
    recurrent_size, recurrent_cell  width of each direction of a recurrent encoder, and its kind: `gru` or `lstm`
    max_answer_length   longest answer span, in tokens
    vocabulary_size  words that a generator can write besides those it copies
    max_new_tokens, num_beams  how a generator writes
    policy, threshold   the default decision, chosen on validation data
    """

    model_type = "dualroute"

    task: str = "custom"
    backbone: str = "sentence-transformers/all-MiniLM-L6-v2"
    backbone_sha256: str = ""
    encoder_size: int = 384
    num_heads: int = 4
    context: str = "text"
    left_out_layers: int = 0
    readout: str = "classification"
    image_size: int = 64
    patches: int = 8
    recurrent_size: int = 256
    recurrent_cell: str = "gru"
    max_answer_length: int = 30
    vocabulary_size: int = 0
    max_new_tokens: int = 20
    num_beams: int = 4
    policy: str = "threshold"
    threshold: float | int = 0.5
    x_name: str = "text"
    h_name: str = "context"

    def __post_init__(self, **kwargs):
        super().__post_init__(**kwargs)
        self.flows = list(self.flows)
        check_fields(self)
        for name, bounds in BOUNDS.items():
            check(name, getattr(self, name), bounds, whole=name != "threshold")
        _require_one_of("router", self.router, ROUTERS)
        _require_one_of("granularity", self.granularity, GRANULARITIES)
        _require_one_of("context", self.context, CONTEXTS)
        _require_one_of("reader", self.reader, READERS)
        _require_one_of("recurrent_cell", self.recurrent_cell, RECURRENT_CELLS)
        _require_one_of("readout", self.readout, READOUTS)
        _require_one_of("policy", self.policy, POLICIES)
        self._check_layers()
        if self.flows not in (list(TWO_FLOWS), list(FLOWS)):
            raise ValueError(f"flows must be {list(TWO_FLOWS)} or {list(FLOWS)}, not {self.flows}")
        if self.hidden_size % self.num_heads:
            raise ValueError(
                f"{option('hidden_size')} {self.hidden_size} is not a multiple of num_heads {self.num_heads}"
            )
        if self.patches > self.image_size:
            raise ValueError(f"patches {self.patches} are more than image_size {self.image_size}: one side's pixels")
        if (self.reader == "diagonal") != self.h_is_own_words:
            raise ValueError("reader 'diagonal' belongs to context 'backward', and no other reader does")

    def _check_layers(self) -> None:
        """Raise ValueError for layers of the backbone that this kind of model does not have or use."""
        if (self.tuned_layers or self.left_out_layers) and not self.h_is_text:
            raise ValueError(f"tuned_layers and left_out_layers serve a context that is a text, not {self.context!r}")
        if self.tuned_layers and self.left_out_layers:
            raise ValueError("tuned_layers and left_out_layers are mutually exclusive: both act on the top layers")
        if self.content_layer is not None and (self.h_is_own_words or self.writes_text):
            raise ValueError("content_layer serves answers that are a sum, over a backbone whose layers are used")

    @property
    def state_size(self) -> int:
        """Width D_f of f(x), the state of a token that the router sees."""
        return self.recurrent_size if self.h_is_own_words else self.encoder_size

    @property
    def h_is_text(self) -> bool:
        """Whether the context is a text of its own."""
        return self.context == "text"

    @property
    def h_is_image(self) -> bool:
        """Whether the context is a picture."""
        return self.context == "image"

    @property
    def h_is_own_words(self) -> bool:
        """Whether the context is the backward pass over x itself."""
        return self.context == "backward"

    def has_context(self, kind: str) -> bool:
        """Return whether the context is of this kind, one of `CONTEXTS`."""
        return self.context == kind

    @property
    def writes_text(self) -> bool:
        """Whether the answer is a written text."""
        return self.readout == "generation"

    @property
    def finds_span(self) -> bool:
        """Whether the answer is a part of x."""
        return self.readout == "span"

    @property
    def label_names(self) -> list[str]:
        """Names of the C classes, in the order of the logits."""
        names = {int(index): name for index, name in (self.id2label or {}).items()}
        return [names[index] for index in sorted(names)]


def _require_one_of(name: str, value: str, allowed) -> None:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}; not {value!r}")


AutoConfig.register("dualroute", DualRouteConfig)
