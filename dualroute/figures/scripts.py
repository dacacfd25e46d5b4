"""The page's own scripts and styles, as text: the same ones serve the page, a saved file and a notebook."""

from functools import lru_cache
from pathlib import Path

from dualroute.paths import assets_dir

# In the order in which they see each other: all of them share one scope.
INSPECTOR = (
    "dom",
    "channels",
    "roving",
    "asking",
    "replay",
    "readouts",
    "spans",
    "flow_links",
    "plotly",
    "flow_picture",
    "sentence",
    "outcome",
    "columns",
    "tracks",
    "passage",
    "context_track",
    "picture",
    "written",
    "attributions",
    "keep",
    "inspector",
)


@lru_cache(maxsize=8)
def script(names: tuple[str, ...] = INSPECTOR) -> str:
    """Scripts of `assets/js`, one below the other."""
    return "\n".join(asset(f"js/{name}.js") for name in names)


def asset(name: str) -> str:
    """The text of a file in `assets`."""
    return (assets_dir() / name).read_text(encoding="utf-8")


def plotly_js() -> Path:
    """Plotly's bundle for browsers, from its Python package."""
    import plotly

    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
