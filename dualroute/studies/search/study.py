"""The search itself, kept by Optuna in a journal: what is finished is never done again."""

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
from dualroute.studies.search.trial import Grid, Setup, run_trial
from dualroute.tasks import Task
from dualroute.training.run import require_same, rows_of
from dualroute.training.settings import TrainingSettings

JOURNAL = "journal.log"
SEARCHED = ("budget", "weight_decay")  # settings that a trial has of its own
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
    """Train and measure every combination of `grid`, or as many trials as said, chosen by TPE; results for JSON.

    data, settings, config, cache, options  as for `training.train.train`; the grid's values go before
    out     folder of the journal and of the trials' checkpoints; a search that was cut short goes on there, and a
            wider grid does only what is new
    trials  so many in all, by the tree-structured Parzen estimator, instead of the whole grid
    tell    called with every finished trial
    Raises ValueError for fewer than one trial, or when `out` holds a search with other settings.
    """
    if trials is not None and trials < 1:
        raise ValueError(f"a search needs at least one trial, not {trials}")
    data, out = Path(data), Path(out)
    rows = rows_of(task, data, settings)
    setup = Setup(task, data, rows.validation, out, settings, config or {}, Path(cache or out / "features"), options)
    sampler = "grid" if trials is None else "tpe"
    study = _study(sampler, out, settings.seed, identity(setup, rows, grid if trials else None))

    def objective(trial: optuna.Trial) -> float:
        record = run_trial(setup, grid.fixed(trial) if trials is None else grid.suggest(trial))
        trial.set_user_attr("record", record)
        return record["value"]

    _optimize(study, objective, grid, trials, tell)
    about = {
        "kind": "search",
        "task": task.name,
        "metric": task.metric,
        "data": data.name,
        "training_rows": len(rows.train),
        "validation_rows": len(rows.validation),
        "settings": {name: value for name, value in asdict(settings).items() if name not in SEARCHED},
        "config": config or {},
        "sampler": sampler,
        "grid": _tried(study) if trials is None else grid.values(),
        "note": NOTE,
    }
    return _plain(about) | {"trials": finished(study)}


def finished(study: optuna.Study) -> list[dict]:
    """The finished trials, best first; of equals the one that merges less."""
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    records = [{"number": trial.number, "params": trial.params, **trial.user_attrs["record"]} for trial in done]
    return sorted(records, key=lambda record: (-record["value"], record["routed"]["share"], record["number"]))


def _tried(study: optuna.Study) -> dict:
    """{dimension: values} of all finished trials: of this grid and of those before it in the same folder."""
    params = [trial["params"] for trial in finished(study)]
    return {name: sorted({of[name] for of in params}) for name in (params[0] if params else ())}


def identity(setup: Setup, rows: Splits, grid: Grid | None) -> dict:
    """What has to be the same for trials to be comparable; for a sampler the `grid` it draws from too."""
    backbone = load_backbone(setup.options.get("backbone", EMBEDDED_NAME))
    settings = {name: value for name, value in asdict(setup.settings).items() if name not in SEARCHED}
    same = {"task": setup.task.name, "backbone": backbone.sha256, "rows": rows.sha256} | settings | setup.config
    return same | (grid.values() if grid else {})


def _plain(values: dict) -> dict:
    """With the types that JSON has."""
    return json.loads(json.dumps(values))


def _study(name: str, out: Path, seed: int, now: dict) -> optuna.Study:
    out.mkdir(parents=True, exist_ok=True)
    optuna.logging.get_logger("optuna").setLevel(logging.ERROR)  # a trial is told by `tell`, a failure by its error
    storage = JournalStorage(JournalFileBackend(str(out / JOURNAL)))
    study = optuna.create_study(study_name=name, storage=storage, load_if_exists=True, direction="maximize")
    now = _plain(now)  # as it comes back from the journal
    if "identity" in study.user_attrs:
        require_same(out, study.user_attrs["identity"], now)
    else:
        study.set_user_attr("identity", now)
    # Seeded by what is there already: a search that goes on would else draw its first trials once more.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.get_trials(deepcopy=False)))
    return study


def _optimize(study, objective, grid: Grid, trials: int | None, tell) -> None:
    """The grid in its own order, each combination enqueued; or TPE's choice. One at a time, so that each can be told.

    Optuna's GridSampler would take a trial that failed or was cut short for one that is done.
    """

    def told(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        if trial.state == TrialState.COMPLETE:
            tell({"number": trial.number, "params": trial.params, **trial.user_attrs["record"]})

    def complete() -> list[dict]:
        return [t.params for t in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))]

    if trials is not None:
        study.optimize(objective, n_trials=max(0, trials - len(complete())), callbacks=[told])
        return
    while missing := [params for params in grid.combinations() if params not in complete()]:
        study.enqueue_trial(missing[0])
        study.optimize(objective, n_trials=1, callbacks=[told])
