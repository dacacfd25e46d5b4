"""Reading a checkpoint, or saying which of its files is missing or damaged and what helps."""

from pathlib import Path

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
    """The model in a folder, or of an id on the hub; every weight is read, none is made up.

    Raises FileNotFoundError for a file that is not there, ValueError for one that is damaged or belongs to another
    kind of model; both name the file and what helps.
    """
    return _weights(folder, _config(folder))


def _config(folder: str) -> DualRouteConfig:
    _must_exist(folder, CONFIG)
    try:
        config = AutoConfig.from_pretrained(folder)
    except (OSError, ValueError) as error:
        if Path(folder).is_dir():
            raise _damaged(folder, CONFIG, error) from error
        raise
    if config.model_type != DualRouteConfig.model_type:
        raise ValueError(f"{Path(folder).name} holds a {config.model_type!r} model, not a dual-route one")
    return config


def _weights(folder: str, config: DualRouteConfig) -> DualRouteModel:
    _must_exist(folder, WEIGHTS)
    told = logging.get_verbosity()
    logging.set_verbosity_error()  # what it reports as a warning is an error here
    try:
        model, found = DualRouteModel.from_pretrained(
            folder, config=config, output_loading_info=True, ignore_mismatched_sizes=True
        )
    except SafetensorError as error:
        raise _damaged(folder, WEIGHTS, error) from error
    finally:
        logging.set_verbosity(told)
    wrong = {"missing": found["missing_keys"], "of another size": [key for key, *_ in found["mismatched_keys"]]}
    for what, keys in wrong.items():
        if keys:
            raise _damaged(folder, WEIGHTS, f"{len(keys)} of its tensors are {what}, such as {min(keys)}")
    return model


def _must_exist(folder: str, name: str) -> None:
    if Path(folder).is_dir() and not (Path(folder) / name).is_file():
        path = _shown(folder, name)
        raise FileNotFoundError(f"the file {path} is missing. {FIX.format(path=path)}")


def _damaged(folder: str, name: str, why) -> ValueError:
    path = _shown(folder, name)
    return ValueError(f"the file {path} is damaged ({str(why).splitlines()[0].rstrip('.')}). {FIX.format(path=path)}")


def _shown(folder: str, name: str) -> Path:
    """The path as people may see it: of what is shipped it begins at `assets`, whoever runs the page."""
    path, root = Path(folder) / name, assets_dir().parent
    return path.relative_to(root) if path.is_relative_to(root) else path
