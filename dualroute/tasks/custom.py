"""A classification task made of three columns of somebody's own data."""

from dualroute.tasks.base import Example, Task

NAME = "custom"


def custom_task(x: str, h: str, label: str) -> Task:
    """The task whose main input, context and label are the columns `x`, `h` and `label`.

    The classes are those of the training data. Rows without a label do not serve. Records without one of the
    columns raise ValueError when they are read.
    """

    def to_example(record: dict) -> Example | None:
        missing = [column for column in (x, h, label) if column not in record]
        if missing:
            raise ValueError(f"no column {missing[0]!r}; there are {', '.join(map(repr, record))}")
        target = _text(record[label])
        return Example(_text(record[x]), _text(record[h]), target) if target else None

    return Task(
        name=NAME,
        title="Own data",
        x_name=x,
        h_name=h,
        question=f"Is the {x} enough to tell the {label}, or must a word of it read the {h}?",
        labels=(),
        to_example=to_example,
    )


def _text(value) -> str:
    """A cell as text; a list of texts (JSON Lines) is one text, its parts on lines of their own."""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value).strip()
