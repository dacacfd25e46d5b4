"""What several requests of programs need checked, and how numbers reach JSON."""

import math


def known_only(given: dict, names: tuple[str, ...], what: str) -> None:
    """Raises ValueError for a name that is none of `names`: a mistyped one must not go unnoticed."""
    unknown = [name for name in given if name not in names]
    if unknown:
        raise ValueError(f"{what} has no {str(unknown[0])!r:.40}; it has {', '.join(names)}")


def plain(value):
    """JSON knows no nan: null instead; what is no number stays."""
    return None if isinstance(value, float) and math.isnan(value) else value
