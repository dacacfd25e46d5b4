"""Reading an archive of arrays (.npz) that may be missing or damaged, with words that name fault and remedy."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

Arrays = dict[str, np.ndarray]
T = TypeVar("T")


def read_archive(path: Path, what: str, mend: str, checked: Callable[[Arrays], T]) -> T:
    """Return what `checked` makes of the arrays in a file.

    what   names the content in messages, such as `evaluation rows`;  mend  says how to write the file
    Raises FileNotFoundError, or ValueError that names fault and remedy, whatever `checked` raises.
    """
    if not path.is_file():
        raise FileNotFoundError(f"no {what} at {path.name}; {mend}")
    try:
        if not zipfile.is_zipfile(path):
            raise ValueError("it is no .npz file")
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:  # numpy leaves a broken file open
            arrays = {name: archive[name] for name in archive.files}
        return checked(arrays)
    except Exception as error:  # whatever a damaged archive raises: zip, zlib, numpy and JSON each have their own
        fault = f"no array {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        # numpy's own words advise to load such an array, which would run whatever stands in it.
        fault = "an array in it is no array of numbers or texts" if "pickle" in fault else fault
        raise ValueError(f"{path.name} holds no {what}: {fault}; {mend}") from error
