"""Colours: Okabe and Ito's, safe for colour-blind readers. `assets/css/inspector.css` uses the same for the page."""

DIRECT = "#0072b2"
MERGED = "#e69f00"
CONTEXT = "#009e73"
FOR = "#00805d"
AGAINST = "#d55e00"
QUIET = "#888888"
ROUTED = "#cc79a7"  # what the router decides, in figures where the flows have their own colours


def transparent(color: str, alpha: float) -> str:
    """`#rrggbb` as an rgba() string."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha})"
