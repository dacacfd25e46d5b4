"""What requests are made of: limits, field types, their base class, and the sentence that refuses a wrong one.

The description of a field says what its value must be, such as `a number from 0 to 1`; messages quote it.
"""

import reprlib
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from dualroute.attribute.methods import METHODS
from dualroute.checkpoints import served_routers
from dualroute.export.attribute_payload import BASELINES, GRANULARITIES
from dualroute.trace.decision import read_overrides
from dualroute.values import nearest

MAX_CHARACTERS = 1_000_000  # of one text
MAX_PICTURE = 8_000_000  # bytes of a picture's file
MAX_URL = MAX_PICTURE * 4 // 3 + 100  # characters of a picture as a `data:` URL
MAX_ROWS = 300  # that a visitor or a program sends
MAX_TARGET, MAX_VIEW = 300, 20_000  # characters
LIMITS = {"seed": 2**31 - 1, "text": 2_000}  # the limits that the workbench states


def require_checkpoint(name: Any) -> str:
    """Return `name`; raise ValueError unless it is a checkpoint that the page offers."""
    names = served_routers()
    if not isinstance(name, str) or name not in names:
        raise ValueError(f"unknown task {name!r:.80}; {nearest(name, names)}there are {', '.join(names)}")
    return name


def check_picture_size(size: int, limit: int = MAX_PICTURE) -> None:
    """Raise ValueError where `size`, the bytes of a file or the characters of a URL, is above `limit`."""
    if size > limit:
        raise ValueError(f"the picture's file is too large: at most {MAX_PICTURE // 1_000_000} MB are taken")


@dataclass(frozen=True)
class AtMost:
    """The largest number of characters of a text. pydantic's `max_length` refuses half of a surrogate pair."""

    characters: int

    def __call__(self, text: str) -> str:
        if len(text) > self.characters:
            raise PydanticCustomError("string_too_long", "too long")
        return text

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_after_validator_function(self, handler(source))

    def __get_pydantic_json_schema__(self, schema, handler) -> dict:
        return handler(schema) | {"maxLength": self.characters}


def check_context(text: str | None) -> str | None:
    """Check the length of a context: a text, or a picture as a URL, which may be longer."""
    if text and text.lstrip().startswith("data:"):
        check_picture_size(len(text), MAX_URL)
        return text
    return text and AtMost(MAX_CHARACTERS)(text)


def check_image(url: str | None) -> str | None:
    check_picture_size(len(url or ""), MAX_URL)
    return url


def _name_from(options) -> Any:
    """A validator that takes one of `options`."""

    def check(name: str) -> str:
        if name not in options:
            raise PydanticCustomError("literal_error", "none of the options")
        return name

    return AfterValidator(check)


Checkpoint = Annotated[str, PlainValidator(require_checkpoint), WithJsonSchema({"type": "string"})]
Text = Annotated[str, AtMost(MAX_CHARACTERS)]
Threshold = Annotated[float, Field(ge=0, le=1)]
Pair = Annotated[tuple[int | str, str], Field(strict=False)]  # in JSON a list
Overrides = Annotated[
    list[Pair] | dict[str, str] | None, AfterValidator(lambda value: value if value is None else read_overrides(value))
]
Methods = Annotated[dict[str, dict[str, int | float | None]], Field(min_length=1, max_length=len(METHODS))]
Baseline = Annotated[str, _name_from(BASELINES), Field(json_schema_extra={"enum": list(BASELINES)})]
Granularity = Annotated[str, _name_from(GRANULARITIES), Field(json_schema_extra={"enum": list(GRANULARITIES)})]


class Request(BaseModel):
    """What all requests have in common: values of the exact type, and no unknown field.

    noun, counted_from  what messages call it, and the number of the first one in a list
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)
    noun: ClassVar[str] = "the request"
    counted_from: ClassVar[int] = 0


class PageRequest(Request):
    """A request of a component of the page; the answer repeats `id`, and `key` unless it has its own."""

    id: int | str | None = Field(None, description="a number or text")
    key: str | None = Field(None, description="text")


R = TypeVar("R", bound=Request)


def read_request(model: type[R], data: Any) -> R:
    """Return `data`, a parsed JSON object, as a request. Raise ValueError, one sentence on the first wrong field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ValueError(error_sentence(error, model)) from error


def error_sentence(error: ValidationError, model: type[Request]) -> str:
    """The first error in plain words: the field, what it must be with its limits, and what it is."""
    first = error.errors(include_url=False)[0]
    kind, value = first["type"], first["input"]
    if kind == "value_error":  # of a validator of ours: a sentence already
        return str(first.get("ctx", {})["error"])
    owner, noun, name, inside = _place(model, first["loc"])
    if name is None:
        return f"{noun} must be an object, not {type(value).__name__}"
    if kind == "missing" and not inside:
        return f"{noun} has no {name}"
    if kind == "extra_forbidden":
        return f"{noun} has no {name!r:.40}; it has {', '.join(owner.model_fields)}"
    subject = name if owner is model else f"{name} of {noun}"
    if kind in ("too_long", "too_short", "string_too_long"):
        subject_of_length = "one has" if inside else "it has"
        return f"{subject} must be {owner.model_fields[name].description}; {subject_of_length} {len(value):,}"
    return f"{subject} must be {owner.model_fields[name].description}, not {reprlib.repr(value)}"


def _place(model: type[Request], loc: tuple[int | str, ...]) -> tuple[type[Request], str, str | None, bool]:
    """Where an error is: model, its name in messages, field (None for the whole model), whether inside the field."""
    noun, name, rest = model.noun, None, list(loc)
    while rest:
        name = str(rest.pop(0))
        item, several = _model_in(model, name)
        if item is None or (several and not rest):
            return model, noun, name, bool(rest)
        noun = f"{item.noun} {int(rest.pop(0)) + item.counted_from}" if several else item.noun
        model, name = item, None
    return model, noun, name, False


def _model_in(model: type[Request], name: str) -> tuple[type[Request] | None, bool]:
    """The model of a field's value, or of each of its values, and whether it is the latter; None for plain values."""
    annotation = model.model_fields[name].annotation if name in model.model_fields else None
    for kind, several in ((annotation, False), *((kind, True) for kind in get_args(annotation)[:1])):
        if isinstance(kind, type) and issubclass(kind, Request):
            return kind, several
    return None, False
