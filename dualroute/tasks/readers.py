"""Reading data files: JSON Lines or CSV, gzipped or not."""

from pathlib import Path

import pandas as pd

SUFFIXES = (".jsonl.gz", ".jsonl", ".csv.gz", ".csv")


def read_records(path: str | Path) -> list[dict]:
    """The rows of a data file as dicts; missing cells are empty strings.

    Raises FileNotFoundError, or ValueError when the ending is not one of `SUFFIXES` or the content does not parse.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no data file {path}")
    if not path.name.endswith(SUFFIXES):
        raise ValueError(f"{path.name}: expected one of {', '.join(SUFFIXES)}")
    try:
        frame = _read_csv(path) if ".csv" in path.name else _read_jsonl(path)
    except ValueError as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from error
    return frame.to_dict("records")


def find_split(folder: str | Path, split: str) -> Path:
    """`<folder>/<split>` with one of the known endings. Raises FileNotFoundError naming what was looked for."""
    for suffix in SUFFIXES:
        path = Path(folder) / f"{split}{suffix}"
        if path.is_file():
            return path
    raise FileNotFoundError(f"no {split} file in {folder}: looked for {split} with {', '.join(SUFFIXES)}")


def _read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _read_jsonl(path: Path) -> pd.DataFrame:
    frame = pd.read_json(path, lines=True, dtype=False)
    return frame.astype(object).where(frame.notna(), "")
