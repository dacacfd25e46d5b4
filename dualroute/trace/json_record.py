"""Records that travel as JSON text, and how a record is shown as HTML."""

import json
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from typing import Any, ClassVar, Self

import numpy as np
import orjson

OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


class HtmlRecord:
    """A record that shows itself as a page in one file. `dualroute/__init__` registers who draws it.

    renderers  {name of the class: a function that returns the function which draws it}
    """

    renderers: ClassVar[dict[str, Callable[[], Callable[..., str]]]] = {}

    def to_html(self, *args: Any, **options: Any) -> str:
        """A page in one file that works without a server and a network.

        Of a trace: `attributions` (one of the prediction and one of the gates, or none), `flow_picture` (bring plotly
        along, 2 MB). Of a comparison: `flow_picture`. Of a study of rows: `theta`, where it opens, and `figures`.
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


class Record:
    """A dataclass with a JSON format. `called` is what errors call it, `schema` the number of its format."""

    called: ClassVar[str]
    schema: ClassVar[int] = 1

    def to_dict(self) -> dict[str, Any]:
        """Plain values and numpy arrays, by field name, with a schema number."""
        return {"schema": self.schema} | {item.name: getattr(self, item.name) for item in fields(self)}  # type: ignore[arg-type]

    def to_json(self) -> str:
        """JSON text; `from_json` gives the same numbers back. nan is written as null."""
        return orjson.dumps(_contiguous(self.to_dict()), option=OPTIONS).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The record that `to_json` wrote. Raises ValueError for anything else, naming what is wrong."""
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"not {cls.called}: {error}") from error
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The record of a parsed JSON object. Raises ValueError for anything else, naming what is wrong."""
        schema = data.get("schema") if isinstance(data, dict) else None
        if isinstance(schema, int) and schema > cls.schema:
            raise ValueError(
                f"{cls.called} of schema {schema} was written by a newer version of dualroute; this version reads "
                f"schemas up to {cls.schema}: update dualroute"
            )
        if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
            raise ValueError(f"not {cls.called} of schema {cls.schema}")
        try:
            return cls._read(data)
        except (TypeError, KeyError, AttributeError, IndexError) as error:
            raise ValueError(f"not {cls.called}: a part of it has another form ({error})") from error

    @classmethod
    def _read(cls, data: dict[str, Any]) -> Self:
        """The record of a JSON object of a known schema."""
        items: tuple[Field, ...] = fields(cls)  # type: ignore[arg-type]
        missing = [item.name for item in items if item.name not in data and _is_needed(item)]
        if missing:
            raise ValueError(f"not {cls.called}: {', '.join(missing)} missing")
        return cls(**{f.name: cls._restored(f.name, data[f.name], data) for f in items if f.name in data})

    @classmethod
    def _restored(cls, name: str, value: Any, data: dict[str, Any]) -> Any:
        """A field's value from what JSON made of it; `data` has the others."""
        raise NotImplementedError


def _is_needed(item: Field) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _contiguous(value: Any) -> Any:
    """The same with contiguous arrays: orjson writes no array whose numbers stand apart in memory."""
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(value)
    if isinstance(value, dict):
        return {name: _contiguous(part) for name, part in value.items()}
    return value
