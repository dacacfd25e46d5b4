"""Run a search. Optuna stores its trials in a journal, so that finished trials are never repeated."""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from dualroute.data.splits import Splits
from dualroute.families.dual_route.backbone import EMBEDDED_NAME, load_backbone
from dualroute.families.dual_route.fit import check_fit
from dualroute.studies.search.trial import Grid, Setup, run_trial
from dualroute.tasks import Task
from dualroute.training.run import require_same, rows_of
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import config_for

JOURNAL = "journal.log"
SEARCHED = ("budget", "weight_decay")  # settings that differ between trials
NOTE = (
    "Held-out rows, on which θ and the best epoch were chosen too: good for comparing trials, a little too good as a "
    "promise for new rows."
)


def search(
    task: Task,
    data: Path,
    out: Path,
    grid: Grid,
    settings: TrainingSettings,
    config: dict | None = None,
    trials: int | None = None,
    cache: Path | None = None,
    tell: Callable[[dict], None] = lambda trial: None,
    **options,
) -> dict:
    """Train and measure every combination of `grid`, or a number of trials chosen by TPE; return results for JSON.

    data, settings, config, cache, options  as for `training.train.train`; values of the grid take precedence
    out     folder of the journal and of the trials' checkpoints, from which an interrupted search resumes; a larger
            grid runs only the new combinations
    trials  total number of trials of the tree-structured Parzen estimator; None: the whole grid
    tell    called with every finished trial
    Raises ValueError for fewer than one trial, or if `out` holds a search with different settings.
    """
    if trials is not None and trials < 1:
        raise ValueError(f"a search needs at least one trial, not {trials}")
    data, out = Path(data), Path(out)
    backbone = load_backbone(options.get("backbone", EMBEDDED_NAME))
    check_fit(config_for(task, backbone, config or {}), backbone)
    rows = rows_of(task, data, settings)
    setup = Setup(task, data, rows.validation, out, settings, config or {}, Path(cache or out / "features"), options)
    sampler = "grid" if trials is None else "tpe"
    study = _study(sampler, out, settings.seed, identity(setup, rows, grid if trials else None))

    def objective(trial: optuna.Trial) -> float:
        record = run_trial(setup, grid.fixed(trial) if trials is None else grid.suggest(trial))
        trial.set_user_attr("record", record)
        return record["value"]

    _optimize(study, objective, grid, trials, tell)
    header = {
        "kind": "search",
        "task": task.name,
        "metric": task.metric,
        "data": data.name,
        "training_rows": len(rows.train),
        "validation_rows": len(rows.validation),
        "settings": {name: value for name, value in asdict(settings).items() if name not in SEARCHED},
        "config": config or {},
        "sampler": sampler,
        "grid": _dimensions(study) if trials is None else grid.values(),
        "note": NOTE,
    }
    return _as_json(header) | {"trials": finished(study)}


def finished(study: optuna.Study) -> list[dict]:
    """Return the finished trials, best first; of equal ones, the one that merges fewer tokens comes first."""
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    records = [{"number": trial.number, "params": trial.params, **trial.user_attrs["record"]} for trial in complete]
    return sorted(records, key=lambda record: (-record["value"], record["routed"]["share"], record["number"]))


def _dimensions(study: optuna.Study) -> dict:
    """Return {dimension: values} of all finished trials, including those of earlier grids in the same folder."""
    trials = [trial["params"] for trial in finished(study)]
    return {name: sorted({params[name] for params in trials}) for name in (trials[0] if trials else ())}


def identity(setup: Setup, rows: Splits, grid: Grid | None) -> dict:
    """Return what must agree for trials to be comparable; for TPE this includes the `grid` that it samples from."""
    backbone = load_backbone(setup.options.get("backbone", EMBEDDED_NAME))
    settings = {name: value for name, value in asdict(setup.settings).items() if name not in SEARCHED}
    same = {"task": setup.task.name, "backbone": backbone.sha256, "rows": rows.sha256} | settings | setup.config
    return same | (grid.values() if grid else {})


def _as_json(values: dict) -> dict:
    """Return `values` with the types that JSON has."""
    return json.loads(json.dumps(values))


def _study(name: str, out: Path, seed: int, now: dict) -> optuna.Study:
    out.mkdir(parents=True, exist_ok=True)
    optuna.logging.get_logger("optuna").setLevel(logging.ERROR)  # `tell` announces trials; failures raise
    storage = JournalStorage(JournalFileBackend(str(out / JOURNAL)))
    study = optuna.create_study(study_name=name, storage=storage, load_if_exists=True, direction="maximize")
    now = _as_json(now)  # the types that the journal returns
    if "identity" in study.user_attrs:
        require_same(out, study.user_attrs["identity"], now)
    else:
        study.set_user_attr("identity", now)
    # The seed depends on the number of trials; otherwise a resumed search would sample its first trials again.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.get_trials(deepcopy=False)))
    return study


def _optimize(study, objective, grid: Grid, trials: int | None, tell) -> None:
    """Run all combinations of the grid in order, or those that TPE chooses, one at a time.

    Combinations are enqueued, because Optuna's GridSampler counts failed and interrupted trials as finished.
    """

    def callback(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        if trial.state == TrialState.COMPLETE:
            tell({"number": trial.number, "params": trial.params, **trial.user_attrs["record"]})

    def complete() -> list[dict]:
        return [t.params for t in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))]

    if trials is not None:
        study.optimize(objective, n_trials=max(0, trials - len(complete())), callbacks=[callback])
        return
    while missing := [params for params in grid.combinations() if params not in complete()]:
        study.enqueue_trial(missing[0])
        study.optimize(objective, n_trials=1, callbacks=[callback])
