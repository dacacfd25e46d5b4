"""Tables of evaluations and of gate recovery, for the README and for the page alike."""

from collections.abc import Iterable
from dataclasses import dataclass

from dualroute.checkpoints import title_of
from dualroute.numerals import percent
from dualroute.report.results import (
    baseline_name,
    best_baseline,
    best_static,
    default_entry,
    further_metrics,
    gain,
    metric_of,
    metric_word,
    shown,
    with_interval,
)
from dualroute.tasks import TASKS

SHOWN_THRESHOLDS = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9)
NOTE = "Random reading and fixed rules let the same share of tokens read as the θ in their row;"


@dataclass(frozen=True)
class Table:
    """A table of texts with Markdown emphasis; `note` explains how to read it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def markdown(self) -> str:
        """Return the table and its note as Markdown."""
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines) + (f"\n\n{self.note}\n" if self.note else "\n")


def result_table(results: dict) -> Table:
    """Return the table of one evaluation: every policy and θ, random reading, fixed rules, and the baselines."""
    rows = [
        ("without context", 0.0, results["direct"]),
        ("full context", 1.0, results["merged"]),
        *_context_rows(results),
        ("routed, proportional", results["soft"]["share"], results["soft"]),
        *((_name(entry, results), entry["share"], entry) for entry in _shown(results)),
        ("oracle: reads only where that helps", results["oracle"]["share"], results["oracle"]),
        *_wrong_image_rows(results),
        *((baseline_name(key), None, entry) for key, entry in results.get("baselines", {}).items()),
        *(row for name, part in results.get("groups", {}).items() for row in _group_rows(name, part, results)),
    ]
    rows = [row for row in rows if metric_of(results) in row[2]]
    return Table(_columns(results), tuple(_cells(results, *row) for row in rows), caption(results))


def overview_table(many: Iterable[dict], titled: bool = False) -> Table:
    """Return one row per evaluation: the default decision, both flows, random reading and the best baseline.

    titled  call the checkpoints by their titles for readers, not by the names that commands take
    """
    columns = ("task", "metric", "without context", "full context", "routed, default θ", "tokens that read")
    columns += ("random reading, same share", "gain over random [95%]", "best baseline")
    note = "Each checkpoint with the θ it is shipped with, on its test rows. Brackets: bootstrap over the rows."
    return Table(columns, tuple(_overview_row(results, titled) for results in in_order(many)), note)


def in_order(many: Iterable[dict]) -> list[dict]:
    """Return the results in the page's order of tasks; unknown tasks come last."""
    names = list(TASKS)
    return sorted(many, key=lambda results: (names.index(t) if (t := results["task"]) in names else len(names), t))


def _overview_row(results: dict, titled: bool) -> tuple[str, ...]:
    metric, entry, baseline = metric_of(results), default_entry(results), best_baseline(results)
    task = TASKS.get(results["task"])
    inputs = f": {task.x_name} / {task.h_name}" if task else ""
    return (
        f"{title_of(results['checkpoint'])}{inputs}" if titled else f"`{results['checkpoint']}`{inputs}",
        metric_word(metric),
        shown(metric, results["direct"][metric]),
        shown(metric, results["merged"][metric]),
        f"**{with_interval(metric, entry)}**",
        percent(entry["share"]),
        shown(metric, entry["random"][metric]) if "random" in entry else "",
        gain(entry["minus_random"]) if "minus_random" in entry else "",
        f"{shown(metric, baseline[1][metric])}, {baseline[0]}" if baseline else "",
    )


def _columns(results: dict) -> tuple[str, ...]:
    further = (metric_word(metric) for metric in further_metrics(results))
    columns = ("decision", "tokens that read", f"{metric_word(metric_of(results))} [95%]", *further)
    columns += ("random reading", "best fixed rule", "gain over random [95%]")
    return columns + (("gain over fixed rule [95%]",) if _has_static_gain(results) else ())


def _cells(results: dict, name: str, share: float | None, entry: dict) -> tuple[str, ...]:
    metric = metric_of(results)
    further = (shown(key, entry[key]) if key in entry else "" for key in further_metrics(results))
    compared = ["", "", ""]
    if "random" in entry:
        static, best = best_static(entry, metric)
        compared = [with_interval(metric, entry["random"]), f"{with_interval(metric, best)}, {static}"]
        compared.append(gain(entry["minus_random"]))
    if _has_static_gain(results):
        compared.append(gain(entry["minus_static"]) if "minus_static" in entry else "")
    return name, "" if share is None else percent(share), with_interval(metric, entry), *further, *compared


def _has_static_gain(results: dict) -> bool:
    return any("minus_static" in entry for entry in results["thresholds"])


def _context_rows(results: dict) -> list[tuple]:
    """Return the rows that only models with three flows have."""
    rows = [("only what was read", results["context"].get("share"), results["context"])] if "context" in results else []
    if "select" in results:
        name = "routed, widest gate"
        name = f"**{name}** (default)" if results.get("default_policy") == "select" else name
        rows.append((name, results["select"].get("share"), results["select"]))
    return rows


def _wrong_image_rows(results: dict) -> list[tuple]:
    """Return the rows measured with another row's picture: the difference is what the picture contributes."""
    return [
        (f"{'full context' if policy == 'merged' else f'routed, {policy}'}, another row's picture", e.get("share"), e)
        for policy, e in results.get("wrong_image", {}).items()
    ]


def _group_rows(name: str, part: dict, results: dict) -> list[tuple]:
    """Return the rows of one group at the default θ: without context, full context, routed."""
    routed, title = default_entry(results, part), f"*{name}* ({part['n']:,} rows)"
    return [
        (f"{title}: without context", 0.0, part["direct"]),
        (f"{title}: full context", 1.0, part["merged"]),
        (f"{title}: routed, default θ", routed["share"], routed),
    ]


def _shown(results: dict) -> list[dict]:
    shown_thetas = {*SHOWN_THRESHOLDS, results["default_threshold"]}
    return [entry for entry in results["thresholds"] if entry["theta"] in shown_thetas]


def _name(entry: dict, results: dict) -> str:
    name, by_threshold = f"routed, θ = {entry['theta']:g}", results.get("default_policy", "threshold") == "threshold"
    return f"**{name}** (default)" if by_threshold and entry["theta"] == results["default_threshold"] else name


def caption(results: dict) -> str:
    """Return the note below a table: what was measured, and how random reading and intervals were computed."""
    notes = [
        f"{results['n']:,} rows of `{results['data']}`, checkpoint `{results['checkpoint']}` {results['revision']}.",
        f"{NOTE} random reading is drawn {results['random_draws']} times.",
        "Brackets: bootstrap over the rows (and over the random draws).",
    ]
    if results["rows_note"]:
        notes.append(f"Measured on {results['rows_note']}.")
    if skipped := results["skipped_empty_x"]:
        notes.append(f"{skipped:,} rows with an empty main input are left out.")
    if unknown := results.get("skipped_unknown_label"):
        notes.append(f"{unknown:,} rows with a label that does not occur in training are left out.")
    if unanswered := results.get("skipped_unanswered"):
        notes.append(f"{unanswered:,} rows whose answer does not stand in x are left out.")
    return " ".join(notes)


def recovery_table(results: dict) -> Table:
    """Return one row per decision layer, full and early: how well its gate finds the tokens that need the context."""
    columns = (
        "router",
        "sees",
        "AUROC, mean",
        "least",
        "without context",
        "full context",
        "routed",
        "random reading",
        "tokens that read",
    )
    return Table(columns, tuple(_recovery_row(entry) for entry in results["routers"]), _recovery_note(results))


def _recovery_row(entry: dict) -> tuple[str, ...]:
    ways = (percent(entry["accuracy"][way]) for way in ("direct", "merged", "routed", "random"))
    aurocs = (f"{entry['auroc_mean']:.3f}", f"{entry['auroc_min']:.3f}")
    read = percent(entry["share"])
    return f"`{entry['router']}`", "x alone" if entry["early"] else "x and h", *aurocs, *ways, read


def _recovery_note(results: dict) -> str:
    settings, first = results["settings"], results["routers"][0]
    seeds = [run["seed"] for run in first["runs"]]
    tuned = results.get("tuned_on_seeds", [])
    tuning = f" The settings were chosen on seeds {_listed(tuned)}" if tuned else ""
    tuning += "" if not tuned else "." if set(seeds) & set(tuned) else ", none of which is shown."
    return (
        f"Planted task: {percent(first['truth_share'])} of the tokens need the context. Mean over seeds "
        f"{_listed(seeds)}, {settings['rows']:,} rows to train on and {settings['held_out']:,} others to measure on; "
        f"accuracies at θ = {results['threshold']:g}.{tuning}"
    )


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
