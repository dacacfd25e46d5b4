"""A trace as a person reads it in a terminal."""

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from dualroute.interpret.replay import Outcome, replay
from dualroute.interpret.trace import Trace


def print_trace(trace: Trace, console: Console | None = None) -> None:
    """What was decided, what else would have come out, and one line per token. Texts are printed as they are."""
    console = console or Console()
    outcome = replay(trace)
    console.print(_outcomes(trace, outcome))
    console.print(_tokens(trace, outcome))
    console.print(Text(_sentence(trace, outcome)))
    for note in trace.notes:
        console.print(Text(f"Note: {note}"))


def _outcomes(trace: Trace, outcome: Outcome) -> Table:
    table = Table("decision", "prediction", *(Column(Text(label), justify="right") for label in trace.labels))
    decided = outcome.policy + (f", θ = {outcome.threshold:g}" if "threshold" in outcome.policy else "")
    others = {
        "direct alone": replay(trace, "direct", overrides={}),
        "merged always": replay(trace, "merged", overrides={}),
    }
    for name, result in {f"routed ({decided})": outcome, **others}.items():
        table.add_row(name, Text(result.label), *(f"{100 * p:.1f} %" for p in result.probs))
    return table


def _tokens(trace: Trace, outcome: Outcome) -> Table:
    label = outcome.label_index
    parts = (Column(Text(f"{part} → {outcome.label}"), justify="right") for part in ("itself", "read"))
    table = Table("", "token", "gate", "flow", *parts)
    own = outcome.kappa * trace.direct_contributions[:, label]
    read = outcome.rho * trace.read_contributions[:, label]
    for i, token in enumerate(trace.tokens):
        cells = f"{trace.gates[i]:.3f}", outcome.flows_taken[i], f"{own[i]:+.3f}", f"{read[i]:+.3f}"
        table.add_row(str(i), Text(token), *cells)
    return table


def _sentence(trace: Trace, outcome: Outcome) -> str:
    reading = sum(rho > 0 for rho in outcome.rho)
    without = replay(trace, "direct", overrides={}).label
    name = trace.spec.h_name
    if not trace.context_tokens:
        return f"There is no {name} to read: the prediction is {outcome.label}."
    same = "the same" if without == outcome.label else without
    return f"{reading} of {len(trace.tokens)} tokens read the {name}; without it the model would say {same}."
