"""Model cards of the shipped checkpoints, and tables and sentences of results in README and docs, from stored files."""

import json
import re
from pathlib import Path

from huggingface_hub import EvalResult, ModelCardData

from dualroute.checkpoints import Checkpoint, CheckpointFiles
from dualroute.numerals import percent
from dualroute.paths import assets_dir, shipped, shipped_gates
from dualroute.report.blocks import blocks
from dualroute.report.faithfulness import faithfulness_table
from dualroute.report.gate_use import gate_use_reading, gate_use_table
from dualroute.report.passage_gate import gate_card, groups_table, written_table
from dualroute.report.plausibility import plausibility_summary
from dualroute.report.reading import reading
from dualroute.report.results import (
    EVALUATION,
    default_entry,
    kind,
    load_all,
    load_results,
    metric_of,
    metric_word,
    shown,
)
from dualroute.report.row_changes import row_changes_table
from dualroute.report.search import search_table
from dualroute.report.tables import overview_table, recovery_table, result_table
from dualroute.report.word_truth import word_truth_table

CARD = "README.md"
UNKNOWN = "not stated"
NO_BACKBONE = ("", "none")
PIPELINES = {
    ("classification", "image"): "visual-question-answering",
    ("generation", "image"): "image-to-text",
    "classification": "text-classification",
    "span": "question-answering",
    "generation": "summarization",
}
OVERVIEW = "overview"
OTHER_TABLES = {
    "passage_gate": groups_table,
    "faithfulness": faithfulness_table,
    "word_truth": word_truth_table,
    "row_changes": row_changes_table,
    "search": search_table,
    "gate_recovery": recovery_table,
    "plausibility": plausibility_summary,
}  # {kind of results: function that makes their table}
_SECTION = re.compile(r"(<!-- (results|reading|written):([\w-]+) -->\n)(.*?)(<!-- /\2:\3 -->)", re.DOTALL)


def write_cards(check: bool = False) -> list[str]:
    """Write `README.md` beside every shipped checkpoint and gate; return the names of those that changed.

    check  compare only, write nothing
    """
    changed = []
    cards = {name: (CheckpointFiles.shipped(name).folder / CARD, make_card(name)) for name in shipped()}
    cards |= {name: (folder / CARD, _card_of_gate(name, folder)) for name, folder in shipped_gates().items()}
    for name, (path, card) in cards.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != card:
            changed.append(name)
            if not check:
                _replace(path, card)
    return changed


def _card_of_gate(name: str, folder: Path) -> str:
    results = assets_dir() / "results" / f"{name}.json"
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return gate_card(name, config, json.loads(results.read_text(encoding="utf-8")) if results.is_file() else None)


def make_card(name: str) -> str:
    """Return the card of a shipped checkpoint in the hub's format, with its results if there are any."""
    files = CheckpointFiles.shipped(name)
    checkpoint = Checkpoint.read(files.folder)
    results = load_results(files.results) if files.results.is_file() else None
    parts = [f"---\n{_head(checkpoint, results).to_yaml()}\n---", f"# DualRoute: {checkpoint.title}"]
    parts.append(describe(checkpoint))
    if results:
        parts.append(f"## Results\n\n{reading(results)}\n\n{result_table(results).markdown().strip()}")
        if "gate_use" in results:
            table = gate_use_table(results).markdown().strip()
            parts.append(f"### Do gates open where reading matters?\n\n{gate_use_reading(results)}\n\n{table}")
    return "\n\n".join(parts) + "\n"


def describe(checkpoint: Checkpoint) -> str:
    """Describe a checkpoint, its data and its training in Markdown; unrecorded facts read "not stated"."""
    task, training = checkpoint.task, checkpoint.training
    facts = "\n".join(f"- **{name}**: {value}" for name, value in _facts(checkpoint).items())
    rows = f" {training['training_rows']:,} rows trained on." if "training_rows" in training else ""
    return "\n\n".join(
        (
            task.question,
            f"## The checkpoint\n\n{facts}",
            f"## Data\n\n{task.data or UNKNOWN + '.'}{rows}\n\n**Licence of the data.** "
            f"{task.licence or UNKNOWN + '.'} {'The checkpoint itself: Apache-2.0.' * checkpoint.is_shipped}".rstrip(),
            f"## Training\n\n```\n{checkpoint.command() or UNKNOWN}\n```\n\n{_settings(training)}",
            f"## Limits\n\n{task.limits or UNKNOWN}",
        )
    )


def _facts(checkpoint: Checkpoint) -> dict[str, str]:
    config = checkpoint.config
    early = "sees x only" if config.get("early") else "sees x and what was read"
    facts = {
        "input x": config.get("x_name", "x"),
        "context h": f"{config.get('h_name', 'h')} ({checkpoint.context})",
        "answer": _answer(checkpoint),
        "flows": ", ".join(config["flows"]),
        "router": f"{config['router']}, one gate per {config['granularity']}, {early}",
        "reader": config.get("reader", "attention"),
        "encoder": _encoder(config),
        "file": f"{checkpoint.bytes / 1e6:.2f} MB, {checkpoint.parameters:,} parameters; a frozen encoder is not in it",
        "default decision": _decision(config),
    }
    return facts | ({"θ was chosen": _choice(checkpoint)} if "threshold" in checkpoint.training else {})


def _answer(checkpoint: Checkpoint) -> str:
    if checkpoint.has_classes:
        return f"one of {len(checkpoint.config['id2label'])} classes"
    return "a span of x" if checkpoint.has_spans else "a text, word by word"


def _encoder(config: dict) -> str:
    name, sha256 = config.get("backbone", ""), config.get("backbone_sha256", "")
    if not sha256:
        return f"{name}, not checked by a digest" if name not in NO_BACKBONE else "trained with the rest"
    tuned = config.get("tuned_layers", 0)
    state = f"LoRA in its top {tuned} layers" if tuned else "frozen"
    return f"`{name}`, {state}, sha256 `{sha256}`"


def _decision(config: dict) -> str:
    has_threshold = "threshold" in config["policy"]
    return f"`{config['policy']}`" + (f", θ = {config['threshold']:g}" if has_threshold else "")


def _choice(checkpoint: Checkpoint) -> str:
    choice, settings = checkpoint.training["threshold"], checkpoint.training.get("settings", {})
    metric = next((key for key in choice if key not in ("theta", "share")), "accuracy")
    largest = settings.get("largest_share", 0.25)
    return (
        f"on {checkpoint.training['validation_rows']:,} held-out rows: best {metric_word(metric)} "
        f"({shown(metric, choice[metric])}) of those at which at most {percent(largest, None)} of the tokens read"
    )


def _settings(training: dict) -> str:
    settings = training.get("settings", {})
    return "Settings: " + (", ".join(f"`{name}` {_plain(value)}" for name, value in settings.items()) or UNKNOWN) + "."


def _plain(value) -> str:
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)


def _head(checkpoint: Checkpoint, results: dict | None) -> ModelCardData:
    config = checkpoint.config
    kinds = checkpoint.readout, checkpoint.context
    backbone = config.get("backbone", "") if config.get("backbone_sha256") else None
    pipeline = PIPELINES.get(kinds, PIPELINES[kinds[0]])
    return ModelCardData(
        language="en",
        license="apache-2.0",
        library_name="dualroute",
        pipeline_tag=pipeline,
        base_model=backbone,
        tags=["dual-route", "interpretability", "token-routing", config["task"]],
        metrics=[metric_of(results)] if results else None,
        model_name=checkpoint.name if results else None,
        eval_results=[_measured(results, metric_of(results), pipeline)] if results else None,
    )


def _measured(results: dict, metric: str, pipeline: str) -> EvalResult:
    entry = default_entry(results)
    return EvalResult(
        task_type=pipeline,
        dataset_type=results["task"],
        dataset_name=f"{results['task']}, {results['n']:,} rows of {results['data']}",
        metric_type=metric,
        metric_value=entry[metric],
        metric_name=f"{metric}, routed by default with {percent(entry['share'])} of the tokens reading",
    )


def pages_with_results(readme: Path) -> list[Path]:
    """Return the files whose sections `write_tables` fills: `readme`, and the results pages of the docs beside it."""
    pages = sorted((readme.parent / "docs" / "results").glob("*.md"))
    return [readme, *(page for page in pages if _SECTION.search(page.read_text(encoding="utf-8")))]


def write_tables(readme: Path, results: Path, check: bool = False) -> bool:
    """Put what each `results/<name>.json` says between its markers in `readme`; return whether the file changes.

    `<!-- results:NAME -->` gets its table, `<!-- reading:NAME -->` the sentences of tab Results on it,
    `<!-- written:NAME -->` the table of answers that a language model wrote. The section
    `<!-- results:overview -->` gets one row per evaluation.

    check  compare only, write nothing
    Raises FileNotFoundError for a missing file, ValueError for a README without markers or a broken results file.
    """
    if not readme.is_file():
        raise FileNotFoundError(f"no file {readme}")
    before = readme.read_text(encoding="utf-8")
    if not _SECTION.search(before):
        raise ValueError(f"{readme} has no section <!-- results:TASK --> … <!-- /results:TASK -->")
    stored = load_all(results)
    after = _SECTION.sub(lambda match: match[1] + _section(match[2], match[3], stored, results) + match[5], before)
    if after != before and not check:
        _replace(readme, after)
    return after != before


def markdown(results: dict) -> str:
    """Return the results table of one checkpoint as Markdown, with notes on how to read it."""
    return result_table(results).markdown()


def _section(what: str, name: str, stored: dict[str, dict], folder: Path) -> str:
    if what == "written":
        return written_table(stored[name]).markdown()
    return _table(name, stored, folder) if what == "results" else _sentences(name, stored)


def _sentences(name: str, stored: dict[str, dict]) -> str:
    """What tab Results says of a file in words. Raises FileNotFoundError for an unknown name."""
    if name not in stored:
        raise FileNotFoundError(f"no results file {name}.json")
    texts = [block["text"] for block in blocks(name, stored) if block.get("role") == "reading"]
    return "".join(f"{text}\n\n" for text in texts).removesuffix("\n")


def _table(name: str, stored: dict[str, dict], folder: Path) -> str:
    if name == OVERVIEW:
        return overview_table(results for results in stored.values() if kind(results) == EVALUATION).markdown()
    results = stored.get(name, {})
    make_table = OTHER_TABLES.get(kind(results))
    return make_table(results).markdown() if make_table else markdown(load_results(folder / f"{name}.json"))


def _replace(path: Path, text: str) -> None:
    """Write a file under a temporary name, then rename it: a write that fails leaves the old file."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
