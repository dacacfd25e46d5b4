"""`publish`: put a trained checkpoint into the assets, with everything that is measured from it."""

import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from dualroute.cli import options as o
from dualroute.cli.base import USER_ERRORS, app, without_loading_bars, write_json
from dualroute.numerals import percent

FILES = ("config.json", "model.safetensors", "training.json")
RETRY = "nothing has changed; fix this and run the command again"
DONE = "the checkpoint and its results are in place; fix this and run `cards` and `table`"


@app.command()
def publish(
    name: Annotated[str, typer.Argument(help="A task, such as news, or a variant of one, such as news__early.")],
    data: Annotated[Path, typer.Option(help="Folder with train, validation and test files.")],
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="Folder that `train` wrote. Default: runs/NAME or, without it, the shipped checkpoint."),
    ] = None,
    also: o.Also = None,
    seed_runs: o.Seeds = None,
    rows: o.MeasuredRows = None,
    draws: o.Draws = 20,
    images: o.Images = None,
    cache: o.Cache = None,
    readme: Annotated[Path, typer.Option(help="File with the results tables.")] = Path("README.md"),
):
    """Measure a checkpoint on its test file; write checkpoint, results, rows, examples, card and results tables.

    No file changes before everything is measured.
    """
    without_loading_bars()
    _check_name(name)
    with TemporaryDirectory(prefix="dualroute-") as folder:
        staged = Path(folder) / "assets"  # laid out as the assets are
        with _step("checkpoint", RETRY):
            if not readme.is_file():
                raise FileNotFoundError(f"no file {readme}; name it with --readme")
            task, router = _stage_checkpoint(name, checkpoint, staged)
        options = {
            "checkpoint": staged / "checkpoints" / name,
            "draws": draws,
            "cache": cache or Path(folder) / "cache",
        }
        options |= o.without_none(most_rows=rows, images=images)
        with _step("evaluation", RETRY):
            _stage_results(task, data, staged, options | o.without_none(also=also, seeds=seed_runs))
        with _step("rows", RETRY):
            _stage_rows(task, data, staged, router, options)
        with _step("examples", RETRY):
            _stage_examples(task, staged, router)
        with _step("files", "some files may be new and others old; fix this and run the command again"):
            _install(staged)
    with _step("cards", DONE):
        _write_cards()
    with _step("tables", DONE):
        _write_tables(readme)


def _check_name(name: str) -> None:
    """Raise ValueError for a folder: only checkpoints of known tasks are published."""
    from dualroute.tasks import TASKS

    if name.split("__")[0] not in TASKS and Path(name).is_dir():
        raise ValueError(
            f"{name} is a folder: only checkpoints of the known tasks ({', '.join(TASKS)}) are published; show it by "
            f"`python -m dualroute serve --checkpoint {name}`"
        )


@contextmanager
def _step(name: str, advice: str):
    """Name the step that a user's error ends, and say what to do."""
    try:
        yield
    except USER_ERRORS as error:
        raise ValueError(f"{name}: {str(error) or type(error).__name__}; {advice}") from error


def _stage_checkpoint(name: str, checkpoint: Path | None, staged: Path):
    """Copy the checkpoint's files; return its task and its router, which bears the checkpoint's name."""
    from dualroute.api import DualRouter
    from dualroute.checkpoints import VARIANT
    from dualroute.evaluation.evaluate import load_for
    from dualroute.paths import assets_dir
    from dualroute.tasks import get_task

    task, source = get_task(name.split(VARIANT)[0]), checkpoint or Path("runs") / name
    shipped = assets_dir() / "checkpoints" / name
    if checkpoint is None and not source.is_dir() and shipped.is_dir():
        source = shipped
    missing = [file for file in FILES if not (source / file).is_file()]
    if missing:
        command = f"python -m dualroute train {task.name} --data DIR --out {source}"
        raise FileNotFoundError(f"no {', '.join(missing)} in {source}: train it with `{command}`")
    target = staged / "checkpoints" / name
    target.mkdir(parents=True)
    for file in FILES:
        shutil.copyfile(source / file, target / file)
    router = load_for(task, target)
    typer.echo(f"checkpoint: {source}, revision {router.revision}")
    return task, DualRouter(router.model, name, router.revision)


def _stage_results(task, data: Path, staged: Path, options: dict) -> None:
    from dualroute.evaluation.evaluate import evaluate
    from dualroute.report.results import default_entry, metric_of, metric_word, shown
    from dualroute.tasks.base import find_split

    results = evaluate(task, find_split(data, "test"), **options)
    path = staged / "results" / f"{results['checkpoint']}.json"
    path.parent.mkdir()
    write_json(path, results)
    entry, metric = default_entry(results), metric_of(results)
    score = f"{metric_word(metric)} {shown(metric, entry[metric])} with {percent(entry['share'])} merged"
    typer.echo(f"evaluation: {results['n']:,} rows of {results['data']}, {score}")


def _stage_rows(task, data: Path, staged: Path, router, options: dict) -> None:
    from dualroute.evaluation.row_study import study_file
    from dualroute.rows.stored import write_rows
    from dualroute.tasks.base import find_split

    if not router.model.readout.additive:
        typer.echo("rows: none, since a generated text cannot be replayed at other thresholds")
        return
    study = study_file(task, find_split(data, "test"), **options)
    write_rows(staged / "rows" / f"{router.checkpoint}.npz", study)
    typer.echo(f"rows: {len(study.steps):,} rows, {len(study.steps.gates):,} tokens")


def _stage_examples(task, staged: Path, router) -> None:
    from dualroute.api import make_examples
    from dualroute.trace.attribution import write_examples

    if router.checkpoint != task.name:
        typer.echo(f"examples: none, since the page shows those of {task.name}")
        return
    write_examples(staged / "examples" / f"{task.name}.jsonl", make_examples(router, task.demos))
    typer.echo(f"examples: {len(task.demos)} traced and attributed")


def _install(staged: Path) -> None:
    """Copy all staged files to the assets under temporary names, then rename them."""
    from dualroute.paths import assets_dir

    new = {}
    try:
        for file in sorted(path for path in staged.rglob("*") if path.is_file()):
            target = assets_dir() / file.relative_to(staged)
            target.parent.mkdir(parents=True, exist_ok=True)
            new[target] = target.with_name(f".{target.name}.new")
            shutil.copyfile(file, new[target])
        for target, copy in new.items():
            copy.replace(target)
    finally:
        for copy in new.values():
            copy.unlink(missing_ok=True)
    typer.echo(f"files: {', '.join(str(target.relative_to(assets_dir())) for target in new)}")


def _write_cards() -> None:
    from dualroute.report.documents import write_cards

    changed = write_cards()
    typer.echo(f"cards: {', '.join(changed) or 'up to date'}")


def _write_tables(readme: Path) -> None:
    from dualroute.paths import assets_dir
    from dualroute.report.documents import pages_with_results, write_tables

    folder = assets_dir() / "results"
    changed = [str(page) for page in pages_with_results(readme) if write_tables(page, folder)]
    typer.echo(f"tables: {', '.join(changed) or 'up to date'}")
