"""Where a model is: a folder on this machine, or an id on the hub, whose needed files are fetched into a folder."""

import difflib
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

TIMEOUT = 10  # seconds that the hub has to answer; there is one attempt
MOST_NAMES = 3
# The files that hold the weights of a model, in the order in which transformers looks for them.
WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
INDEX = ".index.json"
OTHER_FILES = (
    *("config.json", "training.json", "added_tokens.json", "special_tokens_map.json", "merges.txt"),
    *("generation_config.json", "chat_template.jinja"),
)
TOKENIZER_PARTS = ("tokenizer", "vocab", "sentencepiece", "spiece", "spm")


def find_folder(name: str | Path, what: str, choices: str, slashes: tuple[int, ...] = (1,)) -> Path:
    """Return the folder of a model, for an id on the hub that of its fetched files.

    what     what errors call the model: checkpoint or backbone
    choices  what else could be named, for errors
    slashes  how many slashes an id on the hub may have
    Raises TypeError and ValueError for what is no name, FileNotFoundError, with what is there, for a name that is no
    folder and no model of the hub, and another OSError where the hub was not reached.
    """
    check_name(name, what)
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if path.is_file():
        raise FileNotFoundError(f"the {what} {str(name)!r} is a file; name the folder that it is in")
    if is_hub_id(name, slashes):
        return _fetched(str(name), what, choices)
    raise FileNotFoundError(f"there is no {what} {str(name)!r}{_near(path)}; {choices}")


def check_name(name: object, what: str) -> None:
    """Raise TypeError unless `name` is a text or a path, ValueError if it is empty."""
    if not isinstance(name, str | os.PathLike):
        raise TypeError(f"a {what} is named by a text or a path, not by {type(name).__name__}")
    if not str(name).strip():
        raise ValueError(f"the name of the {what} is empty")


def is_hub_id(name: str | Path, slashes: tuple[int, ...] = (1,)) -> bool:
    """Return whether `name` may be an id on the hub, owner/name: it cannot be a folder of this machine."""
    text = str(name)
    first, _, rest = text.partition("/")
    if text.count("/") not in slashes or text.startswith((".", "~")) or Path(text).is_absolute() or "\\" in text:
        return False
    return not Path(text).exists() and not (rest and Path(first).is_dir())


def weight_files(folder: Path) -> list[Path]:
    """Return the files of a folder that hold the weights, the index of shards first; raise FileNotFoundError."""
    found = next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)
    if found is None:
        raise FileNotFoundError(f"{folder} holds no weights: none of {', '.join(WEIGHTS)}")
    if not found.name.endswith(INDEX):
        return [found]
    try:
        names = sorted(set(json.loads(found.read_text(encoding="utf-8"))["weight_map"].values()))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"the file {found} is damaged: it names no shards") from error
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{folder} lacks {len(missing)} of {len(names)} files of its weights: {missing[0]}")
    return [found, *(folder / name for name in names)]


def weights_sha256(folder: Path) -> str:
    """Return the digest of a model's weights: of its one file, or of the names and digests of its shards."""
    first, *shards = weight_files(folder)
    if not shards:
        return file_sha256(first)
    lines = "".join(f"{shard.name} {file_sha256(shard)}\n" for shard in shards)
    return hashlib.sha256(lines.encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """Return the hex digest of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def needed_files(names: Iterable[str]) -> list[str]:
    """Return the files of a repository that a model needs: its settings, its tokenizer, and its weights once."""
    top = sorted(name for name in names if "/" not in name)
    kept = [name for name in top if name in OTHER_FILES or name.startswith(TOKENIZER_PARTS)]
    weights = next((name for name in WEIGHTS if name in top), None)
    if weights is None:
        return kept
    if not weights.endswith(INDEX):
        return [*kept, weights]
    stem, ending = weights.removesuffix(INDEX).rsplit(".", 1)
    return [*kept, weights, *(name for name in top if name.startswith(f"{stem}-") and name.endswith(f".{ending}"))]


def _fetched(name: str, what: str, choices: str) -> Path:
    """The folder of a model of the hub: what was fetched before, or else fetched now."""
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError

    try:
        stored = Path(snapshot_download(name, local_files_only=True))
        if (stored / "config.json").is_file() and weight_files(stored):
            return stored
    except (LocalEntryNotFoundError, FileNotFoundError, HFValidationError):
        pass
    try:
        model = HfApi().model_info(name, timeout=TIMEOUT)
    except (RepositoryNotFoundError, HFValidationError) as error:
        near = _near(Path(name))
        raise FileNotFoundError(
            f"there is no {what} {name!r}: no folder{near}, and no model of the hub; {choices}"
        ) from error
    except Exception as error:  # what the hub's client raises without a network depends on its version
        raise OSError(
            f"the {what} {name!r} is no folder, and the hub, where a model may have that name, was not reached "
            f"({type(error).__name__}); {choices}"
        ) from error
    files = needed_files(file.rfilename for file in model.siblings or ())
    return Path(snapshot_download(name, revision=model.sha, allow_patterns=files))


def _near(path: Path) -> str:
    """What there is instead of a missing folder, for an error: similar names, or else the first ones."""
    above = next((parent for parent in path.parents if parent.is_dir()), None)
    if above is None:
        return ""
    missing = path.relative_to(above).parts[0]
    names = sorted(entry.name for entry in above.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    shown = close(missing, names) or (names[:MOST_NAMES] if str(above) != "." else [])
    return f" ({above} has {', '.join(shown)})" if shown else ""


def close(name: str, names: Sequence[str]) -> list[str]:
    """Return the `names` that are spelled like `name`, the most similar first."""
    return difflib.get_close_matches(name, names, MOST_NAMES)
