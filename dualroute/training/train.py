"""Train a router on the cached features of a frozen backbone, with optional warm starts."""

import copy
import json
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from transformers import set_seed

from dualroute.api import load_dual_router
from dualroute.checkpoints import TRAINING_RECORD, Checkpoint
from dualroute.data.batches import encode_examples
from dualroute.data.objectives import OBJECTIVES
from dualroute.data.splits import Splits
from dualroute.evaluation.collect import collect
from dualroute.evaluation.routing import choose_threshold
from dualroute.families.dual_route.backbone import EMBEDDED_NAME, FrozenBackbone, load_backbone
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.fit import check_fit
from dualroute.families.dual_route.model import DualRouteModel
from dualroute.families.dual_route.routers import make_router
from dualroute.families.model_folders import file_sha256
from dualroute.inputs import find_pictures
from dualroute.tasks import Task
from dualroute.tasks.base import NAME as CUSTOM
from dualroute.training.gate_fit import GateTrainer, check_gates
from dualroute.training.run import Part, Run, rows_of
from dualroute.training.settings import TrainingSettings

# Fields of the config that do not identify a run; the digest of the backbone does, wherever its folder is.
NOT_IDENTIFYING = ("threshold", "transformers_version", "backbone")
CONTEXT_WEIGHTS = ("encoder.", "context_state.", "direct_state.", "reader.")  # prefixes; the encoder of h comes first


def train(
    task: Task,
    data: Path,
    out: Path,
    settings: TrainingSettings,
    config: dict | None = None,
    backbone: str = EMBEDDED_NAME,
    cache: Path | None = None,
    images: Path | None = None,
) -> DualRouteModel:
    """Train a router for `task` on `data`, choose θ on the held-out rows, and save the checkpoint to `out`.

    data      a folder with `train` and `validation` files, or one file of which a tenth is held out
    config    overrides settings of `DualRouteConfig`
    backbone  name or folder of the frozen encoder
    cache     folder for the backbone's features; by default `out/state/features`
    images    archive or folder of the pictures, for a context that is a picture; by default `images.zip` next to the
              data
    An interrupted run resumes from `out/state` if it is started again with the same settings; different settings raise
    ValueError. So do settings out of bounds or that do not fit the backbone, before the data is read.
    """
    data, out = Path(data), Path(out)
    state, encoder = out / "state", load_backbone(backbone)
    planned = config_for(task, encoder, config or {})
    check_fit(planned, encoder)
    check_gates(settings, planned)
    rows = rows_of(task, data, settings)
    set_seed(settings.seed)  # after loading the backbone, which may draw random numbers
    labels = task.labels or (rows.labels if task.has_classes else ())
    model = DualRouteModel(config_for(task, encoder, config or {}, labels))
    if settings.start_from:
        init_from(model, settings.start_from)
    identity, rows = _identity(model.config, settings, rows), _learnable(rows, model.config, encoder.tokenizer)
    cache, pictures = Path(cache or state / "features"), find_pictures(data, images)
    run = Run(task, rows, settings, state, identity, cache, pictures)
    part, scores = _fit(run, model)
    choice = choose_threshold(
        collect(model.cpu(), part.held_out, metric=task.metric), task.metric, settings.largest_share
    )
    model.config.threshold = choice["theta"]
    model.save_pretrained(out)
    columns = {"columns": dict(zip(("x", "h", "label"), task.columns, strict=True))} if task.name == CUSTOM else {}
    record = _record(settings, rows, data) | columns | {"validation": scores, "threshold": choice}
    _write_record(out, record)
    return model


def choose_again(
    folder: Path, data: Path, largest_share: float | None = None, cache: Path | None = None, images: Path | None = None
) -> dict:
    """Choose θ of the checkpoint in `folder` anew, on the held-out rows of its training data; store and return it.

    data           the file or folder it was trained on
    largest_share  largest share of the tokens that may be merged; by default as in training
    cache, images  as for `train`
    Returns {theta, share, <metric>}. Raises ValueError for a checkpoint without a training record.
    """
    checkpoint = Checkpoint.read(folder)
    if "settings" not in checkpoint.training:
        raise ValueError(f"{folder} has no {TRAINING_RECORD} that names its settings, so its held-out rows are unknown")
    known = {item.name for item in fields(TrainingSettings)}
    settings = TrainingSettings(**{name: v for name, v in checkpoint.training["settings"].items() if name in known})
    if largest_share is not None:
        settings = replace(settings, largest_share=largest_share)
    model, task = load_dual_router(folder).model, checkpoint.task
    rows = _learnable(rows_of(task, data, settings), model.config, model.backbone.tokenizer).validation
    with TemporaryDirectory(prefix="dualroute-") as temporary:
        place = Path(cache or temporary)
        held_out = encode_examples(model.backbone, rows, model.config, place, "validation", find_pictures(data, images))
        choice = choose_threshold(collect(model, held_out, metric=task.metric), task.metric, settings.largest_share)
    model.config.threshold = choice["theta"]
    model.config.save_pretrained(folder)
    _write_record(folder, checkpoint.training | {"settings": asdict(settings), "threshold": choice})
    return choice


def _write_record(folder: Path, record: dict) -> None:
    (folder / TRAINING_RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _learnable(rows: Splits, config: DualRouteConfig, tokenizer) -> Splits:
    learnable = OBJECTIVES[config.readout].learnable
    return Splits(
        learnable(rows.train, config, tokenizer, "train"),
        learnable(rows.validation, config, tokenizer, "validation"),
    )


def _fit(run: Run, model: DualRouteModel) -> tuple[Part, list[dict]]:
    """Return the main part of the run and the scores after each epoch, those of warm starts first."""
    settings, scores, is_new = run.settings, [], run.claim() is None
    if is_new and settings.frozen_epochs and model.config.tuned_layers:
        scores += head_warmup(run, model)
    part = run.encoded(model.backbone, model.config)
    OBJECTIVES[model.config.readout].prepare(model, part.train.labels, model.backbone.tokenizer)
    if is_new and settings.easy_epochs and run.task.easy:
        scores += curriculum(run, model)
    scores += run.fit(model, part, settings.epochs)
    return part, scores + (fit_gates(run, model, part) if settings.gate_epochs else [])


def curriculum(run: Run, model: DualRouteModel) -> list[dict]:
    """Train `model` for `easy_epochs` on the rows that `Task.easy` selects, before it sees the others.

    If most rows can be half answered by a guess from x, an untrained encoder of the context adds only noise to them,
    and the model settles for the guess. On rows that cannot be guessed it learns to read the context first.

    Returns the scores after each epoch on the held-out rows of that kind, or on all held-out rows if there are none.
    """
    part = run.encoded(model.backbone, model.config, "easy", run.task.easy)
    return run.fit(model, part, run.settings.easy_epochs)


def fit_gates(run: Run, model: DualRouteModel, part: Part) -> list[dict]:
    """Give the trained `model` a new router and train it alone, for `gate_epochs`, on what each token's reading adds.

    The rest of the model no longer changes, so a router can see more of the row than one that learns with the answers.

    Returns the scores after each epoch.
    """
    settings, config = run.settings, model.config
    set_seed(settings.seed)  # so that the router is the same however the model was trained
    config.router = settings.gate_router or config.router
    config.router_size = settings.gate_router_size or config.router_size
    model.router = make_router(config)
    whole_rows = replace(run, settings=replace(settings, word_dropout=0.0, context_dropout=0.0))
    return whole_rows.fit(model, replace(part, name="gates"), settings.gate_epochs, GateTrainer)


def head_warmup(run: Run, model: DualRouteModel) -> list[dict]:
    """Copy to `model`, whose top layers are tuned, the weights of a model trained on the frozen backbone.

    An epoch on cached features of the last layer costs a fraction of one through tuned layers. Untrained adapters
    change nothing, so the tuned model starts exactly where the frozen one ended after `frozen_epochs`.

    Returns the scores after each epoch.
    """
    config = copy.deepcopy(model.config)
    config.tuned_layers = 0
    set_seed(run.settings.seed)  # so that the model equals a frozen one trained alone
    frozen = DualRouteModel(config)
    scores = run.fit(frozen, run.encoded(model.backbone, config, "frozen"), run.settings.frozen_epochs)
    model.load_state_dict(frozen.cpu().state_dict(), strict=False)
    return scores


@torch.no_grad()
def init_from(model: DualRouteModel, checkpoint: str) -> list[str]:
    """Copy to `model` the weights of `checkpoint` that encode and read the context, and return their names.

    Weights are copied if name and shape agree. Raises ValueError if none of the context's encoder do.
    """
    source, own = load_dual_router(checkpoint).model.state_dict(), model.state_dict()
    common = [name for name in own if name.startswith(CONTEXT_WEIGHTS) and name in source]
    shared = [name for name in common if source[name].shape == own[name].shape]
    if not any(name.startswith(CONTEXT_WEIGHTS[0]) for name in shared):
        raise ValueError(f"cannot start from {checkpoint!r}: its encoder of the context has a different architecture")
    for name in shared:
        own[name].copy_(source[name])
    return shared


def config_for(task: Task, encoder: FrozenBackbone, changes: dict, labels: Sequence[str] = ()) -> DualRouteConfig:
    """Return the config of a model for `task`, `changes` on top; raise ValueError for a setting out of its bounds."""
    return DualRouteConfig(
        task=task.name,
        backbone=encoder.name,
        backbone_sha256=encoder.sha256,
        encoder_size=encoder.size,
        x_name=task.x_name,
        h_name=task.h_name,
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
        **task.config | changes,
    )


def _identity(config: DualRouteConfig, settings: TrainingSettings, rows: Splits) -> dict:
    """Return everything that determines the result of a run."""
    model = {name: value for name, value in config.to_dict().items() if name not in NOT_IDENTIFYING}
    return model | asdict(settings) | {"rows": rows.sha256}


def _record(settings: TrainingSettings, rows: Splits, data: Path) -> dict:
    """Return the settings and row counts for the training record, and the digest of a single data file."""
    source = {} if data.is_dir() else {"data_sha256": file_sha256(data)}
    counts = {"training_rows": len(rows.train), "validation_rows": len(rows.validation)}
    return {"settings": asdict(settings)} | counts | source
