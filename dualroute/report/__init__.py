"""Tables, figures and sentences made from stored results.

The colours are those of Okabe and Ito, which colour-blind readers can tell apart; `frontend/styles/inspect.css` repeats
them.
"""

DIRECT = "#0072b2"
MERGED = "#e69f00"
CONTEXT = "#009e73"
FOR = "#00805d"
AGAINST = "#d55e00"
QUIET = "#888888"
ROUTED = "#cc79a7"  # the routed model, in figures that also show the single flows


def transparent(color: str, alpha: float) -> str:
    """Return the colour `#rrggbb` with opacity `alpha` as an rgba() string."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha})"
