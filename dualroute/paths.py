"""Locations of the files that come with the package, and of those that it keeps for a user."""

import os
from pathlib import Path


def assets_dir() -> Path:
    """Return the folder of checkpoints, stored examples, results, scripts and styles.

    The environment variable `DUALROUTE_ASSETS` overrides it. Raises FileNotFoundError if there is no such folder.
    """
    here = Path(__file__).resolve().parent
    for folder in (os.environ.get("DUALROUTE_ASSETS"), here / "assets", here.parent / "assets"):
        if folder and Path(folder).is_dir():
            return Path(folder)
    raise FileNotFoundError("no assets folder; set DUALROUTE_ASSETS to that of a checkout")


def shipped() -> list[str]:
    """Return the names of the checkpoints in `assets/checkpoints`, sorted."""
    return sorted(path.parent.name for path in (assets_dir() / "checkpoints").glob("*/config.json"))


def shipped_gates() -> dict[str, Path]:
    """Return {name: folder} of the gates of language models in `assets/gates`, sorted by name."""
    folders = [path.parent for path in sorted((assets_dir() / "gates").glob("*/config.json"))]
    return {folder.name: folder for folder in folders}


def cache_dir() -> Path:
    """Return the user's folder of files that can be made again; the variable `DUALROUTE_CACHE` overrides it."""
    if own := os.environ.get("DUALROUTE_CACHE"):
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "dualroute"
