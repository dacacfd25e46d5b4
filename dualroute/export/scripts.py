"""Scripts, styles and templates of the page as text; the page, saved files and notebooks use the same ones."""

import re
from functools import lru_cache
from pathlib import Path

from dualroute.paths import assets_dir

# Bundles of scripts in loading order; the scripts of a bundle share one scope.
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
    "attribution_store",
    "link",
    "view_link",
    "files",
    "parquet",
    "table",
    "svg",
    "track_rows",
    "track_figure",
    "save",
    "keep",
    "unrouted",
    "ended",
    "inspector",
)

COMPARE = (
    "dom",
    "channels",
    "roving",
    "asking",
    "replay",
    "readouts",
    "spans",
    "sentence",
    "columns",
    "context_track",
    "tracks",
    "written",
    "smallest",
    "controls",
    "table",
    "link",
    "files",
    "parquet",
    "compare/align",
    "compare/pair",
    "compare/wording",
    "compare/rows",
    "compare/link",
    "compare/list",
    "compare/answers",
    "compare/grid",
    "compare/chance",
    "compare/whatif",
    "compare/unread",
    "compare/edit",
    "compare/heat",
    "compare/numbers",
    "compare/coming",
    "compare/compare",
)

THRESHOLDS = (
    "dom",
    "channels",
    "roving",
    "replay",
    "readouts",
    "spans",
    "plotly",
    "link",
    "files",
    "parquet",
    "thresholds/tables",
    "thresholds/steps",
    "thresholds/choose",
    "thresholds/resample",
    "thresholds/intervals",
    "thresholds/words",
    "thresholds/plots",
    "thresholds/price",
    "thresholds/band",
    "thresholds/changes",
    "thresholds/own",
    "thresholds/shown",
    "thresholds/load",
    "thresholds/state",
    "thresholds/link",
    "thresholds/numbers",
    "thresholds/keep",
    "thresholds/thresholds",
)


@lru_cache(maxsize=8)
def script(names: tuple[str, ...] = INSPECTOR) -> str:
    """Return the scripts of `assets/js`, concatenated in the given order."""
    return "\n".join(asset(f"js/{name}.js") for name in names)


def inspector_template(plotly_url: str = "", space: str = "") -> str:
    """Return the inspector's HTML.

    plotly_url  address of plotly's bundle
    space       `owner/name` of the hosted Space that links point to; raises ValueError for any other form
    """
    if space and not re.fullmatch(r"[\w.-]+/[\w.-]+", space):
        raise ValueError(f"a Space is called owner/name, not {space!r}")
    return asset("inspector.html").replace("PLOTLY_URL", plotly_url).replace("SPACE_ID", space)


def asset(name: str) -> str:
    """Return the text of a file in `assets`."""
    return (assets_dir() / name).read_text(encoding="utf-8")


def plotly_js() -> Path:
    """Return the path of plotly's bundle for browsers in its Python package."""
    import plotly

    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
