"""Names of columns."""

from collections.abc import Iterable


def column_names(names: Iterable[str], known: tuple[str, ...] = ()) -> list[str]:
    """Return names without spaces around them, and those that differ from a `known` one by case alone as that one."""
    stripped = [name.strip().strip("\ufeff") for name in names]
    return [name.lower() if name.lower() in known else name for name in stripped]


def repeated(names: list[str]) -> str:
    """Return the first name that occurs twice, or "". Nameless columns do not count."""
    seen: set[str] = set()
    for name in names:
        if name and name in seen:
            return name
        seen.add(name)
    return ""


def missing_column(column: str, columns: Iterable[str]) -> str:
    """Return the message on a missing column: which columns there are, and one that differs by case or spaces alone."""
    columns = list(columns)
    near = [name for name in columns if _bare(name) == _bare(column)]
    meant = f" (did you mean {near[0]!r}?)" if near else ""
    return f"no column {column!r}{meant}; there are {', '.join(map(repr, columns))}"


def _bare(name: str) -> str:
    return "".join(name.split()).casefold()
