"""Records that travel as JSON text: what those of traces, attributions and measures of faithfulness share."""

import json
from dataclasses import MISSING, fields
from typing import Any, ClassVar, Self

import numpy as np
import orjson

OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


class Record:
    """A dataclass with a JSON format. `called` is what errors call it, `schema` the number of its format."""

    called: ClassVar[str]
    schema: ClassVar[int] = 1

    def to_dict(self) -> dict:
        """Plain values and numpy arrays, by field name, with a schema number."""
        return {"schema": self.schema} | {item.name: getattr(self, item.name) for item in fields(self)}

    def to_json(self) -> str:
        """JSON text; `from_json` gives the same numbers back. nan is written as null."""
        return orjson.dumps({name: _whole(value) for name, value in self.to_dict().items()}, option=OPTIONS).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The record that `to_json` wrote. Raises ValueError for anything else, naming what is wrong."""
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"not {cls.called}: {error}") from error
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: dict) -> Self:
        """The record of a parsed JSON object. Raises ValueError for anything else, naming what is wrong."""
        if not isinstance(data, dict) or data.get("schema") != cls.schema:
            raise ValueError(f"not {cls.called} of schema {cls.schema}")
        missing = [item.name for item in fields(cls) if item.name not in data and _is_needed(item)]
        if missing:
            raise ValueError(f"not {cls.called}: {', '.join(missing)} missing")
        try:
            return cls(**{f.name: cls._restored(f.name, data[f.name], data) for f in fields(cls) if f.name in data})
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not {cls.called}: a part of it has another form ({error})") from error

    @classmethod
    def _restored(cls, name: str, value, data: dict) -> Any:
        """A field's value from what JSON made of it; `data` has the others."""
        raise NotImplementedError


def _is_needed(item) -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _whole(value):
    """orjson writes no array whose numbers stand apart in memory."""
    return np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value
