"""The difference between two views as a sentence. `core/pair_sentence.ts` writes the same; a test compares."""

from itertools import groupby

from dualroute.compare.alignment import align
from dualroute.compare.views import Comparison, View
from dualroute.numerals import whole_percent
from dualroute.trace.answers import Classes, Written
from dualroute.trace.outcome import RoutesTaken
from dualroute.trace.policies import TITLES, WITH_THRESHOLD
from dualroute.trace.record import Trace

MOST_NAMES = 3  # of more words, the first two are named and the others counted
MOST_EDITS = 3  # a text with more edits is called another text


def sentence(pair: Comparison) -> str:
    """For instance: θ 0.400 → 0.600: ‘dollars’ and ‘prices’ no longer read; Business 91% → 74%."""
    changed = changes(pair)
    if not changed:
        return "A and B are the same."
    return f"{', '.join(changed)}: {'; '.join((*routes(pair), outcome(pair)))}."


def changes(pair: Comparison) -> list[str]:
    """Each difference between the inputs and decisions, in a few words."""
    a, b = pair.a.trace, pair.b.trace
    parts = models(a, b) + edits(a.x, b.x, b.segment.name) + edits(a.h, b.h, b.spec.h_name)
    parts += [] if a.image == b.image else [f"another {b.spec.h_name}"]
    return parts + decision(pair.a, pair.b) + flips(pair) + unread(pair)


def models(a: Trace, b: Trace) -> list[str]:
    """Another checkpoint, or another one of the same name: names do not say which folder they were in."""
    before, after = a.spec.checkpoint, b.spec.checkpoint
    if before != after:
        return [f"{before} → {after}"]
    return [] if a.spec.revision == b.spec.revision else [f"another {after}"]


def edits(a: str, b: str, name: str) -> list[str]:
    """The changes from one text to another, word by word."""
    before, after = a.split(), b.split()
    if before == after:
        return []
    places = _places(before, after)
    if not before or not after or len(places) > MOST_EDITS:
        return [f"{name} left out" if not after else f"{name} given" if not before else f"another {name}"]
    return [f"{_edit(old, new)} in the {name}" for old, new in places]


def decision(a: View, b: View) -> list[str]:
    """A changed policy or θ."""
    before, after = a.outcome, b.outcome
    if before.policy != after.policy:
        return [f"{_policy(before)} → {_policy(after)}"]
    if before.policy not in WITH_THRESHOLD or before.threshold is None or after.threshold is None:
        return []
    same = before.threshold == after.threshold
    return [] if same else [f"θ {before.threshold:.3f} → {after.threshold:.3f}"]


def flips(pair: Comparison) -> list[str]:
    """Tokens that only one of the two has flipped, or that they flip to different flows."""
    before = {both[1]: pair.a.outcome.overrides.get(both[0]) for c in pair.columns if (both := c.pair)}
    now, names = pair.b.outcome.overrides, pair.b.trace.tokens
    added = sorted(t for t, flow in now.items() if before.get(t) != flow)
    undone = sorted(t for t, flow in before.items() if flow and t not in now)
    words: list[str] = []
    for flow in pair.b.trace.flows:
        sent = [names[t] for t in added if now[t] == flow]
        words += [f"{listed(sent)} flipped to {flow}"] if sent else []
    return words + ([f"{listed([names[t] for t in undone])} no longer flipped"] if undone else [])


def unread(pair: Comparison) -> list[str]:
    """Context tokens that only one of the two leaves unread."""
    a, b, name = set(pair.a.ignored), set(pair.b.ignored), pair.b.trace.spec.h_name
    if pair.a.trace.context_tokens != pair.b.trace.context_tokens:
        return [f"{_count(len(b), 'token')} of the {name} left unread"] if b else []
    names = pair.b.trace.context_tokens
    words = [f"{listed([names[s] for s in sorted(b - a)])} of the {name} left unread"] if b - a else []
    return words + ([f"{listed([names[s] for s in sorted(a - b)])} of the {name} read again"] if a - b else [])


def routes(pair: Comparison) -> list[str]:
    """The tokens that changed route, by name where they are few."""
    a, b, names = pair.a.outcome.rho, pair.b.outcome.rho, pair.b.trace.tokens
    groups: dict[str, list[str]] = {"read": [], "no longer": [], "more": [], "less": [], "other": []}
    for i, j in filter(None, (column.pair for column in pair.rerouted)):
        before, after = a[i], b[j]
        kind = "read" if not before else "no longer" if not after else "more" if after > before else "less"
        groups[kind if before != after else "other"].append(names[j])
    words = [f"{listed(groups['read'])} now {_verb(groups['read'])}"] if groups["read"] else []
    words += [f"{listed(groups['no longer'])} no longer {_verb(groups['no longer'])}"] if groups["no longer"] else []
    words += [f"{listed(groups[kind])} {_verb(groups[kind])} {kind}" for kind in ("more", "less") if groups[kind]]
    words += [f"{listed(groups['other'])} by another flow"] if groups["other"] else []
    return words or ["no token changes its route"]


def outcome(pair: Comparison) -> str:
    """The change of the answer and of its probability."""
    a, b = pair.a, pair.b
    if isinstance(a.trace.answer, Written) and isinstance(b.trace.answer, Written):
        return "the text stays the same" if a.answer == b.answer else f"“{a.answer}” becomes “{b.answer}”"
    if a.answer == b.answer:
        before, after = whole_percent(a.probability), whole_percent(b.probability)
        return f"{_quoted(b)} {before}, as before" if before == after else f"{_quoted(b)} {before} → {after}"
    if a.trace.labels == b.trace.labels:
        return f"the answer turns from {_with_probability(a)} to {_with_probability(b)}"
    return f"A says {_with_probability(a)}, B says {_with_probability(b)}"


def listed(tokens: list[str]) -> str:
    """‘one’, ‘two’ and ‘three’; of more than three, the first two and the number of the others."""
    names = [f"‘{clip(token.replace('##', '·', 1) if token.startswith('##') else token)}’" for token in tokens]
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def clip(text: str, length: int = 24) -> str:
    """The text in at most `length` characters, ending in … where it is cut."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _places(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """The stretches that differ: (the words before, the words after)."""
    stretches = groupby(align(before, after), key=lambda column: column.change == "same")
    changed = [list(columns) for same, columns in stretches if not same]
    return [
        (
            " ".join(before[column.a] for column in columns if column.a is not None),
            " ".join(after[column.b] for column in columns if column.b is not None),
        )
        for columns in changed
    ]


def _edit(old: str, new: str) -> str:
    if not new:
        return f"‘{clip(old)}’ deleted"
    return f"‘{clip(old)}’ → ‘{clip(new)}’" if old else f"‘{clip(new)}’ added"


def _policy(routes: RoutesTaken) -> str:
    name = TITLES.get(str(routes.policy), str(routes.policy))
    with_threshold = routes.policy in WITH_THRESHOLD and routes.threshold is not None
    return f"{name} θ {routes.threshold:.3f}" if with_threshold else name


def _quoted(view: View) -> str:
    return view.answer if isinstance(view.trace.answer, Classes) else f"“{clip(view.answer, 80)}”"


def _with_probability(view: View) -> str:
    return _quoted(view) + ("" if isinstance(view.trace.answer, Written) else f" ({whole_percent(view.probability)})")


def _verb(names: list[str]) -> str:
    return "reads" if len(names) == 1 else "read"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
