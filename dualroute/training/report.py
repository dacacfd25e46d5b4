"""The README's results tables, made from the stored results: a table by hand would sooner or later lie."""

import json
import re
from pathlib import Path

SHOWN_THRESHOLDS = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9)
COLUMNS = (
    "decision",
    "tokens merged",
    "{metric} [95 %]",
    "random gates",
    "best static gate",
    "gain over random [95 %]",
)
METRIC_WORDS = {"accuracy": "accuracy", "f1": "token F1", "auc": "AUC", "rougeL": "ROUGE-L"}
BASELINES = {
    "tfidf_x": "TF-IDF + logistic regression on x",
    "tfidf_h": "TF-IDF + logistic regression on h",
    "tfidf_xh": "TF-IDF + logistic regression on x and h",
}
_SECTION = re.compile(r"(<!-- results:([\w-]+) -->\n)(.*?)(<!-- /results:\2 -->)", re.DOTALL)


def write_tables(readme: Path, results: Path, check: bool = False) -> bool:
    """Put the tables of `results/<task>.json` between their markers in `readme`; whether that changes the file.

    With `check` nothing is written. Raises FileNotFoundError for a missing file, ValueError for a README without
    markers or a results file that is none.
    """
    before = _read(readme)
    if not _SECTION.search(before):
        raise ValueError(f"{readme} has no section <!-- results:TASK --> … <!-- /results:TASK -->")
    after = _SECTION.sub(
        lambda found: found[1] + markdown(load_results(results / f"{found[2]}.json")) + found[4], before
    )
    if after != before and not check:
        readme.write_text(after, encoding="utf-8")
    return after != before


def load_results(path: Path) -> dict:
    """A results JSON of `evaluate`. Raises FileNotFoundError, or ValueError when it is none."""
    try:
        results = json.loads(_read(path))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    missing = [key for key in ("task", "n", "direct", "merged", "soft", "thresholds", "oracle") if key not in results]
    if missing:
        raise ValueError(f"{path} holds no results of an evaluation: {', '.join(missing)} missing")
    return results


def markdown(results: dict) -> str:
    """The table of one task and the sentences that say how to read it."""
    rows = [
        ("direct alone", 0.0, results["direct"]),
        ("merged always", 1.0, results["merged"]),
        ("routed, soft gates", results["soft"]["share"], results["soft"]),
        *((_name(entry, results), entry["share"], entry) for entry in _shown(results)),
        ("oracle: merged only where that helps", results["oracle"]["share"], results["oracle"]),
        *((title, None, results["baselines"][key]) for key, title in BASELINES.items() if key in results["baselines"]),
        *(row for name, part in results.get("groups", {}).items() for row in _group_rows(name, part, results)),
    ]
    metric = results.get("metric", "accuracy")
    columns = [column.format(metric=METRIC_WORDS.get(metric, metric)) for column in COLUMNS]
    lines = [columns, ("---",) * len(COLUMNS), *(_cells(metric, *row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + f"\n\n{_caption(results)}\n"


def _group_rows(name: str, part: dict, results: dict) -> list[tuple]:
    """A part of the rows at the default θ: direct, merged, routed."""
    routed = next(entry for entry in part["thresholds"] if entry["theta"] == results["default_threshold"])
    title = f"*{name}* ({part['n']:,} rows)"
    return [
        (f"{title}: direct", 0.0, part["direct"]),
        (f"{title}: merged", 1.0, part["merged"]),
        (f"{title}: routed, default θ", routed["share"], routed),
    ]


def _shown(results: dict) -> list[dict]:
    wanted = {*SHOWN_THRESHOLDS, results["default_threshold"]}
    return [entry for entry in results["thresholds"] if entry["theta"] in wanted]


def _name(entry: dict, results: dict) -> str:
    name = f"routed, θ = {entry['theta']:g}"
    return f"**{name}** (default)" if entry["theta"] == results["default_threshold"] else name


def _cells(metric: str, name: str, share: float | None, entry: dict) -> tuple[str, ...]:
    compared = ("", "", "")
    if "random" in entry:
        static, best = max(entry["static"].items(), key=lambda item: item[1][metric])
        gain = entry["minus_random"]
        low, high = gain["ci"]
        compared = (
            _value(metric, entry["random"]),
            f"{_value(metric, best)}, {static}",
            f"{100 * gain['difference']:+.1f} [{100 * low:+.1f}, {100 * high:+.1f}]",
        )
    return name, "" if share is None else f"{100 * share:.1f} %", _value(metric, entry), *compared


def _value(metric: str, entry: dict) -> str:
    low, high = entry["ci"]
    return f"{100 * entry[metric]:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def _caption(results: dict) -> str:
    skipped = results["skipped_empty_x"]
    notes = [
        f"{results['n']:,} rows of `{results['data']}`, checkpoint `{results['checkpoint']}` {results['revision']}.",
        "Random and static gates merge the same share of tokens as the θ in their row;"
        f" random ones are dealt out {results['random_draws']} times.",
        "Brackets: bootstrap over the rows (and over the random draws).",
    ]
    if results["rows_note"]:
        notes.append(f"Measured on {results['rows_note']}.")
    if skipped:
        notes.append(f"{skipped:,} rows with an empty main input are left out.")
    if unknown := results.get("skipped_unknown_label"):
        notes.append(f"{unknown:,} rows with a label that does not occur in training are left out.")
    return " ".join(notes)


def _read(path: Path) -> str:
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    return path.read_text(encoding="utf-8")
