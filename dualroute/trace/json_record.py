"""Records that are stored as JSON text and shown as HTML, the kinds of their parts, and checks of their shapes."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, ClassVar, Protocol, Self, TypeVar, cast

import numpy as np
import orjson

from dualroute.trace.reading import check_names, read_field, read_json, read_object
from dualroute.values import known, shown

OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS

Shape = tuple[int, ...]


class HtmlRecord:
    """A record that shows itself as a page in one file. `dualroute/__init__` registers who draws it.

    renderers  {name of the class: a function that returns the function which draws it}
    """

    renderers: ClassVar[dict[str, Callable[[], Callable[..., str]]]] = {}

    def to_html(self, *args: Any, **options: Any) -> str:
        """A page in one file that works without a server and a network.

        Options of a trace: `attributions` (one of the prediction and one of the gates, or none). Of a study of rows:
        `theta`, where it opens, and `figures` (include plotly, 2 MB).
        """
        return self._renderer()(self, *args, **options)

    def _repr_html_(self) -> str:
        """How a notebook shows it: the page in a frame of its own."""
        return self._renderer()(self, notebook=True)

    def _renderer(self) -> Callable[..., str]:
        name = next((kind.__name__ for kind in type(self).__mro__ if kind.__name__ in self.renderers), None)
        if name is None:
            raise NotImplementedError(f"no renderer is registered for {type(self).__name__}")
        return self.renderers[name]()


@dataclass(frozen=True, eq=False)
class Record:
    """A dataclass with a JSON format. `called` is what errors call it, `schema` the number of its format."""

    called: ClassVar[str]
    schema: ClassVar[int] = 1

    def to_dict(self) -> dict[str, Any]:
        """Plain values and numpy arrays, by field name, with a schema number."""
        return {"schema": self.schema} | {item.name: getattr(self, item.name) for item in fields(self)}

    def to_json(self) -> str:
        """JSON text; `from_json` gives the same numbers back. nan is written as null."""
        return orjson.dumps(_contiguous(self.to_dict()), option=OPTIONS).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The record that `to_json` wrote. Raises ValueError for anything else, naming what is wrong."""
        try:
            data = read_json(text)
        except ValueError as error:
            raise ValueError(f"not {cls.called}: {error}") from error
        record = cls.from_dict(data)
        record.check_sums()
        return record

    def check_sums(self) -> None:
        """Raise ValueError where numbers that were read do not give each other; people edit files."""

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """The record of a parsed JSON object. Raises ValueError for anything else, naming what is wrong."""
        if not isinstance(data, dict):
            raise ValueError(f"not {cls.called}: an object with names is expected, not {shown(data)}")
        parsed = cast(dict[str, Any], data)
        schema = parsed.get("schema")
        if isinstance(schema, int) and schema > cls.schema:
            raise ValueError(
                f"{cls.called} of schema {schema} was written by a newer version of dualroute; this version reads "
                f"schemas up to {cls.schema}: update dualroute"
            )
        if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
            raise ValueError(f"not {cls.called} of schema {cls.schema}")
        try:
            return cls._read(parsed)
        except ValueError as error:
            raise ValueError(f"not {cls.called}: {error}") from error
        except (TypeError, KeyError, AttributeError, IndexError) as error:
            raise ValueError(f"not {cls.called}: a part of it has another form ({error})") from error

    @classmethod
    def _read(cls, data: dict[str, Any]) -> Self:
        """The record of a JSON object of a known schema."""
        check_names(data, (item.name for item in fields(cls) if _is_needed(item)))
        return cls(**{f.name: cls._restored(f.name, data[f.name]) for f in fields(cls) if f.name in data})

    @classmethod
    def _restored(cls, name: str, value: Any) -> Any:
        """A field's value from its JSON value."""
        raise NotImplementedError


class Kind(Protocol):
    """A dataclass that is one of several kinds of a part; `kind` names it in JSON."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    kind: ClassVar[str]


KindT = TypeVar("KindT", bound=Kind)


def write_kind(part: Kind | None) -> dict[str, Any] | None:
    """Fields of a part with its kind, for JSON; None for None."""
    return None if part is None else {"kind": part.kind} | {i.name: getattr(part, i.name) for i in fields(part)}


def read_kind(data: Mapping[str, Any], kinds: Mapping[str, type[KindT]], what: str) -> KindT:
    """A part of one of `kinds` from a parsed JSON object, arrays as float32. Raises ValueError for another kind."""
    data = read_object(data, what)
    kind = kinds[known(data.get("kind"), kinds, f"kind of {what}")]
    check_names(data, (item.name for item in fields(kind) if _is_needed(item)), f"the {what}")
    return kind(
        **{item.name: read_field(item.type, data[item.name], item.name) for item in fields(kind) if item.name in data}
    )


def check_shapes(part: object, shapes: Mapping[str, Shape]) -> None:
    """Raise ValueError where an array of a part, if it is not None, has another shape."""
    for name, shape in shapes.items():
        array: np.ndarray | None = getattr(part, name)
        if array is not None and array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}, expected {shape}")


def _is_needed(item: Field[Any]) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _contiguous(value: Any) -> Any:
    """The same with contiguous arrays: orjson writes no array whose numbers stand apart in memory."""
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(cast(np.ndarray, value))
    if isinstance(value, dict):
        return {name: _contiguous(part) for name, part in cast(dict[Any, Any], value).items()}
    return value
