"""Script, style sheet and templates of the page as text; the page, saved files and notebooks use the same ones.

Script and style sheet are built from `frontend/`.
"""

import hashlib
import re
from pathlib import Path

from dualroute.paths import assets_dir

SCRIPT, STYLE = "dualroute.js", "dualroute.css"


def bundle_digest(name: str) -> str:
    """Return a short digest of a built file, which changes its address with its content."""
    return hashlib.sha256((assets_dir() / name).read_bytes()).hexdigest()[:12]


def inspector_template(space: str = "") -> str:
    """Return the inspector's HTML, see `linking_template`."""
    return linking_template("inspector.html", space)


def language_template(space: str = "") -> str:
    """Return the HTML of the tab of language models, see `linking_template`."""
    return linking_template("language.html", space)


def linking_template(name: str, space: str) -> str:
    """Return the HTML of a component that makes links.

    space  `owner/name` of the hosted Space that links point to; raises ValueError for any other form
    """
    if space and not re.fullmatch(r"[\w.-]+/[\w.-]+", space):
        raise ValueError(f"a Space is called owner/name, not {space!r}")
    return asset(name).replace("SPACE_ID", space)


def asset(name: str) -> str:
    """Return the text of a file in `assets`."""
    return (assets_dir() / name).read_text(encoding="utf-8")


def plotly_js() -> Path:
    """Return the path of plotly's bundle for browsers in its Python package."""
    import plotly

    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
