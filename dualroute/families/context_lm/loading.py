"""Where a language model is, how it is read, and the checkpoints of trained gates, which name the model they need."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from dualroute.families.context_lm.embedded import EMBEDDED, SHA256, embedded_folder
from dualroute.families.context_lm.gates import Gate
from dualroute.families.context_lm.routers import RouterConfig, TrainedGate
from dualroute.families.model_folders import check_name, file_sha256, find_folder, weight_files, weights_sha256

CONFIG, WEIGHTS = "config.json", "model.safetensors"
MODEL_TYPE = "context_lm"
TRAINED_ON = ("name", "weights_sha256", "template", "instruction", "also")
CHOICES = f"name {EMBEDDED!r}, a folder, or a model of the hub where there is a network"
ROOM = 1.3  # memory that a loaded model takes, over the size of its float32 weights


def find_model(name: str | Path) -> Path:
    """Return the folder of a language model: the embedded one, a folder, or that of a hub model's fetched files.

    Raises TypeError and ValueError for what is no name, FileNotFoundError for an unknown one, and another OSError where
    the hub was not reached.
    """
    check_name(name, "language model")
    if str(name) == EMBEDDED and not Path(name).is_dir():
        return embedded_folder()
    return find_folder(name, "language model", CHOICES, slashes=(0, 1))


def read_parts(folder: Path, name: str, read: Callable[[Path], tuple[Any, Any]] | None = None) -> dict[str, Any]:
    """Return the arguments of `ContextLM` for a folder of a language model, or of a trained gate; see its `load`.

    read  returns model and tokenizer of a folder; by default `read_model`
    """
    config, read = _read_config(folder), read or read_model
    if config.get("model_type") != MODEL_TYPE:
        model, tokenizer = read(folder)
        revision = weights_sha256(folder)[:12]
        return {"model": model, "tokenizer": tokenizer, "checkpoint": name, "revision": revision, "base": revision}
    gate, trained_on = read_gate(folder)
    base_name, base = _base_of(trained_on)
    notes = _check_weights(trained_on, base_name, base) + _prompt_note(config)
    model, tokenizer = read(base)
    return {
        "model": model,
        "tokenizer": tokenizer,
        "gate": gate,
        "template": trained_on["template"],
        "instruction": trained_on["instruction"],
        "checkpoint": name,
        "backbone": base_name,
        "revision": file_sha256(folder / WEIGHTS)[:12],
        "base": weights_sha256(base)[:12],
        "notes": notes,
    }


def read_model(folder: Path) -> tuple[Any, Any]:
    """Return the model in a folder, in float32 and without code of its own, and its tokenizer.

    Raises ValueError for a model that cannot be loaded, or needs more memory than there is.
    """
    check_memory(folder)
    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        options = {"config": config, "dtype": torch.float32, "trust_remote_code": False}
        with _no_progress_bar():
            loaded: Any = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True, **options)
        model, report = loaded
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    except Exception as error:  # models of all kinds fail in ways of their own
        reason = (str(error).splitlines() or [""])[0].rstrip(".") or type(error).__name__
        raise ValueError(f"{folder.name} is no language model that can be loaded: {reason}") from error
    if missing := sorted(report["missing_keys"]):
        raise ValueError(f"the weights in {folder.name} lack {len(missing)} tensors, such as {missing[0]}")
    return model, tokenizer


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    """Without the progress bar of transformers within this block: loading takes seconds."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def check_memory(folder: Path) -> None:
    """Raise ValueError where the model in a folder needs more memory than is free, as far as the system tells."""
    free = free_memory()
    stored = sum(path.stat().st_size for path in weight_files(folder))
    halves = 2 if _stored_in_halves(folder) else 1
    needed = ROOM * stored * halves
    if free is not None and needed > free:
        raise ValueError(
            f"the model {folder.name} needs about {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free"
        )


def free_memory() -> int | None:
    """Return the bytes of memory that are free; None where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        names = ("SC_AVPHYS_PAGES", "SC_PAGE_SIZE")
        if not all(name in getattr(os, "sysconf_names", ()) for name in names):
            return None
        return os.sysconf(names[0]) * os.sysconf(names[1])


def write_gate(folder: Path, gate: TrainedGate, trained_on: dict[str, Any], training: dict[str, Any]) -> None:
    """Store a trained gate: its weights, its settings, and the language model that it was trained on.

    trained_on  `name` and `weights_sha256` of the model, its `template` and `instruction`, and `also`, names of models
                that the gate may run on
    training    what its figures were measured on, for people
    """
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in gate.state_dict().items()}, folder / WEIGHTS)
    config = {"model_type": MODEL_TYPE, "router": gate.config.to_dict(), "trained_on": trained_on, "training": training}
    (folder / CONFIG).write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_gate(folder: Path) -> tuple[TrainedGate, dict[str, Any]]:
    """Return a stored gate, and what it was trained on. Raises ValueError for a damaged file, FileNotFoundError."""
    config = _read_config(folder)
    try:
        gate = TrainedGate(RouterConfig(**config["router"]))
        trained_on = {name: config["trained_on"][name] for name in TRAINED_ON}
        gate.load_state_dict(load_file(folder / WEIGHTS))
    except FileNotFoundError as error:
        raise FileNotFoundError(f"the file {folder.name}/{WEIGHTS} is missing; copy the checkpoint anew") from error
    except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"the checkpoint in {folder.name} is damaged ({reason}); copy it anew") from error
    return gate.eval().requires_grad_(False), trained_on


def digest(*parts: torch.nn.Module | Gate) -> str:
    """Return the first digits of the sha256 of weights in memory: of a model, or of a model and its gate."""
    found = hashlib.sha256()
    for part in parts:
        state = part.state_dict() if isinstance(part, torch.nn.Module) else {}
        for key, tensor in sorted(state.items()):
            found.update(key.encode() + tensor.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return found.hexdigest()[:12]


def model_sha256(name: str, folder: Path) -> str:
    """Return the digest of a language model's weights; of the embedded model, that of the file it was read from."""
    return SHA256 if name == EMBEDDED else weights_sha256(folder)


def _base_of(trained_on: dict[str, Any]) -> tuple[str, Path]:
    """Name and folder of the model that a gate was trained on, or else of the first that it may also run on."""
    try:
        return trained_on["name"], find_model(trained_on["name"])
    except OSError:
        for other in trained_on["also"]:
            return other, find_model(other)
        raise


def _check_weights(trained_on: dict[str, Any], name: str, folder: Path) -> tuple[str, ...]:
    """Notes about weights that a gate may run on. Raises ValueError for any others."""
    found = model_sha256(name, folder)
    if found == trained_on["weights_sha256"]:
        return ()
    if name in trained_on["also"]:
        return ("The gate was trained, and its figures were measured, on a copy of this model with other weights.",)
    raise ValueError(
        f"the language model {name!r} has weights {found[:12]}…, but the gate was trained on "
        f"{trained_on['weights_sha256'][:12]}…; its numbers would be wrong, so it is not loaded"
    )


def _prompt_note(config: dict[str, Any]) -> tuple[str, ...]:
    """A note about a gate whose training had one prompt for all rows."""
    prompt = config.get("training", {}).get("frame", {}).get("prompt", "{h}")
    return () if "{" in prompt else (f"The gate was trained on answers to one prompt: “{prompt}”",)


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG
    if not path.is_file():
        raise FileNotFoundError(f"no {CONFIG} in {folder.name}: it holds no model")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"the file {folder.name}/{CONFIG} is damaged ({error}); copy it anew") from error
    if not isinstance(config, dict):
        raise ValueError(f"the file {folder.name}/{CONFIG} is damaged: it holds no object; copy it anew")
    return config


def _stored_in_halves(folder: Path) -> bool:
    """Whether the weights are stored with two bytes each, which float32 doubles."""
    config = _read_config(folder)
    return str(config.get("dtype", config.get("torch_dtype", ""))) in ("float16", "bfloat16")
