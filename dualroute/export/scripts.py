"""The page's own scripts and styles, as text: the same ones serve the page, a saved file and a notebook."""

import re
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

# The comparison's, beside the parts of the inspector that it shares.
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

# Of the thresholds' view.
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
    """Scripts of `assets/js`, one below the other."""
    return "\n".join(asset(f"js/{name}.js") for name in names)


def inspector_template(plotly_url: str = "", space: str = "") -> str:
    """The inspector's HTML.

    plotly_url  where the page gets plotly from; space  `owner/name` of the hosted Space whose address links carry
    """
    if space and not re.fullmatch(r"[\w.-]+/[\w.-]+", space):
        raise ValueError(f"a Space is called owner/name, not {space!r}")
    return asset("inspector.html").replace("PLOTLY_URL", plotly_url).replace("SPACE_ID", space)


def asset(name: str) -> str:
    """The text of a file in `assets`."""
    return (assets_dir() / name).read_text(encoding="utf-8")


def plotly_js() -> Path:
    """Plotly's bundle for browsers, from its Python package."""
    import plotly

    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
