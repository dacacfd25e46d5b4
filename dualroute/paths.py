"""Where shipped files are."""

import os
from pathlib import Path


def assets_dir() -> Path:
    """The folder of checkpoints, stored examples, results, scripts and styles.

    `DUALROUTE_ASSETS` names another one. Raises FileNotFoundError where there is none.
    """
    here = Path(__file__).resolve().parent
    for folder in (os.environ.get("DUALROUTE_ASSETS"), here / "assets", here.parent / "assets"):
        if folder and Path(folder).is_dir():
            return Path(folder)
    raise FileNotFoundError("no assets folder found; set DUALROUTE_ASSETS to the one of a checkout")


def shipped() -> list[str]:
    """Names of the checkpoints in `assets/checkpoints`, sorted."""
    return sorted(path.parent.name for path in (assets_dir() / "checkpoints").glob("*/config.json"))
