"""Report on a gate of a language model: tables, a sentence and a card, made from the stored numbers.

Scores are negative log-likelihoods in nats per token of the given answers: lower is better.
"""

from dualroute.numerals import percent, signed
from dualroute.report.reading import outcome
from dualroute.report.results import gain, hundredths, metric_word, shown, with_interval
from dualroute.report.tables import Table

COLUMN_OF = {"prompt": "{h}", "passage": "{x}"}  # the texts of a row where a training names no others
TITLES = {
    "right": "the right passage",
    "random": "a passage at random",
    "near": "a near passage",
    "mixture": "all three, equally often",
}
WRITTEN_NOTE = (
    "Scores times 100, higher is better. Random: each token reads with the share of the gate in that row. Brackets: "
    "bootstrap over the questions, paired for differences."
)
NOTE = (
    "Negative log-likelihood in nats per token, lower is better. The controls let the same share of tokens read. "
    "Oracle: it knows which tokens gain most. Brackets: bootstrap over the questions, paired for differences."
)


def groups_table(results: dict) -> Table:
    """Return one row for each kind of passage, at the θ that was chosen on validation rows."""
    columns = ("passage", "tokens that read", "direct", "merged", "routed [95%]", "against direct", "against merged")
    rows = tuple(_group_row(name, part) for name, part in results["groups"].items())
    return Table(columns, rows, f"{_measured(results)} {NOTE}")


def shares_table(results: dict) -> Table:
    """Return one row for each θ on right passages, with its controls at the same share."""
    columns = ("tokens that read", "routed [95%]", "random", "entropy", "divergence", "oracle", "against divergence")
    entries = sorted((*results["thresholds"], results["chosen"]), key=lambda entry: entry["share"])
    return Table(columns, tuple(_share_row(entry, entry is results["chosen"]) for entry in entries), NOTE)


def written_table(results: dict) -> Table:
    """Return one row for each kind of passage and score of the answers that the model wrote."""
    flows = ("direct", "merged", "random")
    columns = ("passage", "score", "tokens that read", *flows, "routed [95%]", "against direct", "against merged")
    rows = tuple(
        (
            TITLES[name],
            metric_word(metric),
            percent(part["routed"]["share"], 0),
            *(hundredths(part[flow][metric][metric]) for flow in flows),
            f"**{with_interval(metric, part['routed'][metric])}**",
            *(gain(part["against"][flow][metric]) for flow in ("direct", "merged")),
        )
        for name, part in results["written"]["groups"].items()
        for metric in results["written"]["metrics"]
    )
    return Table(columns, rows, f"{_written(results)} {WRITTEN_NOTE}")


def written_reading(results: dict) -> str:
    """Return sentences: how good written answers are with the right passage, and over all passages."""
    metric, groups = results["written"]["metrics"][-1], results["written"]["groups"]
    right, word = groups["right"], metric_word(metric)
    flows = ("direct", "merged", "routed")
    without, reading, routed = (shown(metric, right[flow][metric][metric]) for flow in flows)
    text = (
        f"Answers that the model writes with the right passage: {word} is {routed}, against "
        f"{without} without it and {reading} when every token reads ({gain(right['against']['merged'][metric])})."
    )
    if "mixture" in groups:
        against = groups["mixture"]["against"]
        text += (
            f" Over all passages the difference is {gain(against['direct'][metric])} to never reading and "
            f"{gain(against['merged'][metric])} to always reading."
        )
    return text


def passage_gate_reading(results: dict) -> str:
    """Return sentences: what reading gains at the chosen θ, how near that is to the oracle, and wrong passages."""
    chosen, groups = results["chosen"], results["groups"]
    gained = results["direct"]["nll"] - chosen["nll"]
    possible = results["direct"]["nll"] - results["merged"]["nll"]
    parts = [
        f"With the right passage, {percent(chosen['share'], 0)} of the tokens read at the chosen θ, and "
        f"the answer gets {chosen['nll']:.2f} nats per token: {percent(gained / possible, 0)} of what reading always "
        f"gains, and {percent(way_to_oracle(chosen), 0)} of the way from random reading to the oracle.",
        f"Against the divergence of the flows at the same share it is {_words(chosen['against']['divergence'])}.",
    ]
    if "random" in groups:
        wrong = groups["random"]["chosen"]["against"]["direct"]
        parts.append(f"With a passage at random, against no passage, it is {_words(wrong)}.")
    if "mixture" in groups:
        parts.append(f"Over all passages, against reading always it is {_words(_mixed(groups, 'merged'))}.")
    return " ".join(parts)


def way_to_oracle(entry: dict) -> float:
    """Return which part of the way from random reading to the oracle's a gate goes, at the share of one threshold."""
    random, oracle = entry["random"]["nll"], entry["oracle"]
    return (random - entry["nll"]) / (random - oracle) if random > oracle else float("nan")


def gate_card(name: str, config: dict, results: dict | None) -> str:
    """Return the card of a shipped gate in Markdown; `config` is what its `config.json` holds."""
    router, base, training = config["router"], config["trained_on"], config["training"]
    sees = "both flows and how well the passage fits the prompt" if router["full"] else "the direct flow alone"
    command = f"python -m dualroute train-gate {base['name']} --data DATA/{training['data']} --out runs/{name}"
    command += f" --router {router['kind']} --max-rows {training['rows']} --share {training['share']:g}"
    command += "" if router["full"] else " --early"
    command += f' --instruction "{base["instruction"]}"' if base["instruction"] else ""
    frame = training["frame"]
    command += "".join(f' --{name} "{text}"' for name, text in frame.items() if text != COLUMN_OF[name])
    also = f" It may also run on {', '.join(base['also'])}, whose weights differ a little." if base["also"] else ""
    facts = (
        "A gate for a language model that may read a passage (family `context_lm`): a router of kind "
        f"`{router['kind']}` that sees {sees}, and predicts for each token by how many nats reading helps.\n\n"
        f"- **language model**: `{base['name']}`, weights sha256 `{base['weights_sha256'][:12]}…`.{also}\n"
        f"- **prompt and passage of a row**: “{frame['prompt']}” and “{frame['passage']}”\n"
        f"- **trained on**: {training['rows']:,} rows of `{training['data']}`, {training['tokens']:,} tokens, "
        "about half beside a passage that does not fit\n"
        f"- **θ**: {router['threshold']:.3f}, at which {percent(training['share'], None)} of the tokens read on "
        f"{training['validation_rows']:,} validation rows, those with right passages\n"
        f"- **instruction after every prompt**: {base['instruction'] or 'none'}\n\n```\n{command}\n```"
    )
    head = "---\nlicense: apache-2.0\nlibrary_name: dualroute\ntags:\n- interpretability\n- token-routing\n---"
    parts = [head, f"# DualRoute: {name}", facts]
    if results:
        parts.append(f"## Results\n\n{passage_gate_reading(results)}\n\n{groups_table(results).markdown().strip()}")
        parts.append(shares_table(results).markdown().strip())
    if results and "written" in results:
        parts.append(f"### Answers that the model writes\n\n{written_reading(results)}")
        parts.append(written_table(results).markdown().strip())
    return "\n\n".join(parts) + "\n"


def _group_row(name: str, part: dict) -> tuple[str, ...]:
    chosen = part["chosen"]
    against = (_difference(chosen["against"][flow]) for flow in ("direct", "merged"))
    flows = (f"{part[flow]['nll']:.2f}" for flow in ("direct", "merged"))
    return TITLES[name], percent(chosen["share"], 0), *flows, f"**{_with_interval(chosen)}**", *against


def _share_row(entry: dict, chosen: bool) -> tuple[str, ...]:
    share = percent(entry["share"], 0)
    controls = (entry["random"]["nll"], entry["entropy"], entry["divergence"], entry["oracle"])
    scores = (f"{score:.2f}" for score in controls)
    name = f"**{share}** (chosen)" if chosen else share
    return name, _with_interval(entry), *scores, _difference(entry["against"]["divergence"])


def _mixed(groups: dict, flow: str) -> dict:
    return groups["mixture"]["chosen"]["against"][flow]


def _words(difference: dict) -> str:
    size = f"{abs(difference['difference']):.2f} nats"
    words = {1: f"{size} worse", 0: "not measurably different", -1: f"{size} better"}[outcome(difference)]
    return f"{words} ({_difference(difference)})"


def _difference(entry: dict) -> str:
    low, high = entry["ci"]
    return f"{signed(entry['difference'], 2)} [{signed(low, 2)}, {signed(high, 2)}]"


def _with_interval(entry: dict) -> str:
    low, high = entry["ci"]
    return f"{entry['nll']:.2f} [{low:.2f}, {high:.2f}]"


def _measured(results: dict) -> str:
    groups = results["groups"]
    return (
        f"{groups['right']['rows']:,} questions of `{results['data']}`, {groups['right']['tokens']:,} tokens, gate "
        f"`{results['checkpoint']}` {results['revision']}."
    )


def _written(results: dict) -> str:
    written = results["written"]
    return (
        f"{written['rows']:,} questions of `{results['data']}`, answers of at most {written['most_tokens']} tokens, "
        f"written greedily at the chosen θ, gate `{results['checkpoint']}` {results['revision']}."
    )
