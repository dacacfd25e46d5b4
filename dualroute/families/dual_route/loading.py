"""Reads a checkpoint; errors say which file is missing or damaged, and what helps."""

from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from transformers import AutoConfig
from transformers.utils import logging

from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.paths import assets_dir

CONFIG, WEIGHTS = "config.json", "model.safetensors"
FIX = (
    "Copy the file again from where the checkpoint came from (a shipped one: `git checkout -- {path}`), or train it "
    "anew as its card says."
)


def read_checkpoint(folder: str) -> DualRouteModel:
    """Return the model in a folder; every weight comes from the file.

    Raises FileNotFoundError for a missing file, ValueError for one that is damaged or belongs to another kind of model;
    both name the file and what helps.
    """
    return _weights(folder, _config(folder))


def _config(folder: str) -> DualRouteConfig:
    _must_exist(folder, CONFIG)
    try:
        config = AutoConfig.from_pretrained(folder)
    except (OSError, ValueError) as error:
        raise _damaged(folder, CONFIG, error) from error
    if not isinstance(config, DualRouteConfig):
        raise ValueError(f"{Path(folder).name} holds a {config.model_type!r} model, not a dual-route one")
    return config


def _weights(folder: str, config: DualRouteConfig) -> DualRouteModel:
    _must_exist(folder, WEIGHTS)
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()  # its warnings are errors below
    try:
        result: Any = DualRouteModel.from_pretrained(
            folder, config=config, output_loading_info=True, ignore_mismatched_sizes=True
        )
        model, report = result
    except SafetensorError as error:
        raise _damaged(folder, WEIGHTS, error) from error
    finally:
        logging.set_verbosity(verbosity)
    problems = {"missing": report["missing_keys"], "of another size": [key for key, *_ in report["mismatched_keys"]]}
    for problem, keys in problems.items():
        if keys:
            raise _damaged(folder, WEIGHTS, f"{len(keys)} of its tensors are {problem}, such as {min(keys)}")
    return model


def _must_exist(folder: str, name: str) -> None:
    if (Path(folder) / name).is_file():
        return
    if not any((Path(folder) / file).is_file() for file in (CONFIG, WEIGHTS)):
        raise FileNotFoundError(_no_checkpoint(Path(folder)))
    path = _shown(folder, name)
    raise FileNotFoundError(f"the file {path} is missing. {FIX.format(path=path)}")


def _no_checkpoint(folder: Path) -> str:
    """Say what a folder without a checkpoint is: a run that has not ended, a folder of checkpoints, or another."""
    if (folder / "state").is_dir():
        return f"the training in {folder} has not finished; run the same command again to resume it"
    inside = sorted(path.parent.name for path in folder.glob(f"*/{CONFIG}"))
    hint = f"; name one of its folders: {', '.join(inside[:5])}" if inside else f": it has no {CONFIG}"
    return f"{folder} is no checkpoint{hint}"


def _damaged(folder: str, name: str, cause: object) -> ValueError:
    path = _shown(folder, name)
    return ValueError(f"the file {path} is damaged ({str(cause).splitlines()[0].rstrip('.')}). {FIX.format(path=path)}")


def _shown(folder: str, name: str) -> Path:
    """The path to show: that of a shipped file begins at `assets`."""
    path, root = Path(folder) / name, assets_dir().parent
    return path.relative_to(root) if path.is_relative_to(root) else path
