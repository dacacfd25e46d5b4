"""Two labels of classes in one text, `Sports|World`. Labels may contain the bar, quotes, or anything else."""

import json
from collections.abc import Sequence


def margin_name(labels: Sequence[str], first: str, second: str) -> str:
    """The name of the target `first` minus `second`: `parse_target` reads it back, whatever stands in the labels."""
    plain = f"{first}|{second}"
    return f"margin:{plain if label_pairs(labels, plain) == [(first, second)] else quoted(first, second)}"


def label_pairs(labels: Sequence[str], detail: str) -> list[tuple[str, str]]:
    """Every two different labels that `detail` may name; in quotes they are those in the quotes."""
    pair = _unquoted(detail)
    if pair is not None and pair[0] != pair[1] and all(one in labels for one in pair):
        return [pair]
    return [(a, b) for a, b in halves(detail) if a != b and a in labels and b in labels]


def halves(detail: str) -> list[tuple[str, str]]:
    """`detail` parted at every bar; twice the same where there is none."""
    places = [place for place, character in enumerate(detail) if character == "|"]
    return [(detail[:place], detail[place + 1 :]) for place in places] or [(detail, detail)]


def quoted(first: str, second: str) -> str:
    """Both labels in quotes, as JSON has them."""
    return "|".join(json.dumps(label, ensure_ascii=False) for label in (first, second))


def _unquoted(detail: str) -> tuple[str, str] | None:
    """Both texts of `"a"|"b"`."""
    if not detail.startswith('"'):
        return None
    try:
        first, end = json.JSONDecoder().raw_decode(detail)
        second = json.loads(detail[end + 1 :]) if detail[end : end + 1] == "|" else None
    except ValueError:
        return None
    return (first, second) if isinstance(first, str) and isinstance(second, str) else None
