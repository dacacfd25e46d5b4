"""What differs between two views, as a sentence. `assets/js/compare/wording.js` writes the same one, under test."""

from dualroute.compare.alignment import align
from dualroute.compare.views import Comparison, View
from dualroute.trace.answers import Classes, Written
from dualroute.trace.policies import WITH_THRESHOLD

MOST_NAMES = 3  # words that are named; of more, the first two and how many others there are
MOST_EDITS = 3  # places of a text that are words one by one


def sentence(pair: Comparison) -> str:
    """For instance: θ 0.40 → 0.60: ‘dollars’ and ‘prices’ no longer read; Business 91 % → 74 %."""
    changed = changes(pair)
    if not changed:
        return "A and B are the same."
    return f"{', '.join(changed)}: {'; '.join((*routes(pair), outcome(pair)))}."


def changes(pair: Comparison) -> list[str]:
    """Each difference in what was asked, in a few words."""
    a, b = pair.a.trace, pair.b.trace
    parts = [] if a.spec.checkpoint == b.spec.checkpoint else [f"{a.spec.checkpoint} → {b.spec.checkpoint}"]
    parts += edits(a.x, b.x, b.segment.name) + edits(a.h, b.h, b.spec.h_name)
    parts += [] if a.image == b.image else [f"another {b.spec.h_name}"]
    return parts + decision(pair.a, pair.b) + flips(pair) + unread(pair)


def edits(a: str, b: str, name: str) -> list[str]:
    """How a text became another one, word by word."""
    before, after = a.split(), b.split()
    if before == after:
        return []
    places = _places(before, after)
    if not before or not after or len(places) > MOST_EDITS:
        return [f"{name} left out" if not after else f"{name} given" if not before else f"another {name}"]
    return [f"{_edit(old, new)} in the {name}" for old, new in places]


def decision(a: View, b: View) -> list[str]:
    """Another policy or θ."""
    one, other = a.outcome, b.outcome
    if one.policy != other.policy:
        return [f"{_policy(one)} → {_policy(other)}"]
    if one.policy in WITH_THRESHOLD and one.threshold != other.threshold:
        return ["θ {} → {}".format(*thetas(one.threshold, other.threshold))]
    return []


def flips(pair: Comparison) -> list[str]:
    """Tokens that were sent by hand in one of the two, or another way."""
    before = {c.b: pair.a.outcome.overrides.get(c.a) for c in pair.columns if None not in (c.a, c.b)}
    now, names = pair.b.outcome.overrides, pair.b.trace.tokens
    added = sorted(t for t, flow in now.items() if before.get(t) != flow)
    undone = sorted(t for t, flow in before.items() if flow and t not in now)
    words = []
    for flow in pair.b.trace.flows:
        sent = [names[t] for t in added if now[t] == flow]
        words += [f"{listed(sent)} sent {flow} by hand"] if sent else []
    return words + ([f"{listed([names[t] for t in undone])} no longer sent by hand"] if undone else [])


def unread(pair: Comparison) -> list[str]:
    """Context tokens that are left unread in one of the two."""
    a, b, name = set(pair.a.ignored), set(pair.b.ignored), pair.b.trace.spec.h_name
    if pair.a.trace.context_tokens != pair.b.trace.context_tokens:
        return [f"{_count(len(b), 'token')} of the {name} left unread"] if b else []
    names = pair.b.trace.context_tokens
    words = [f"{listed([names[s] for s in sorted(b - a)])} of the {name} left unread"] if b - a else []
    return words + ([f"{listed([names[s] for s in sorted(a - b)])} of the {name} read again"] if a - b else [])


def routes(pair: Comparison) -> list[str]:
    """Which tokens changed route, by name where they are few."""
    a, b, names = pair.a.outcome, pair.b.outcome, pair.b.trace.tokens
    groups = {"read": [], "no longer": [], "more": [], "less": [], "other": []}
    for c in pair.rerouted:
        before, after = a.rho[c.a], b.rho[c.b]
        kind = "read" if not before else "no longer" if not after else "more" if after > before else "less"
        groups[kind if before != after else "other"].append(names[c.b])
    words = [f"{listed(groups['read'])} now {_verb(groups['read'])}"] if groups["read"] else []
    words += [f"{listed(groups['no longer'])} no longer {_verb(groups['no longer'])}"] if groups["no longer"] else []
    words += [f"{listed(groups[kind])} {_verb(groups[kind])} {kind}" for kind in ("more", "less") if groups[kind]]
    words += [f"{listed(groups['other'])} by another flow"] if groups["other"] else []
    return words or ["no token changes its route"]


def outcome(pair: Comparison) -> str:
    """What becomes of the answer."""
    a, b = pair.a, pair.b
    if isinstance(a.trace.answer, Written) and isinstance(b.trace.answer, Written):
        return "the text stays the same" if a.answer == b.answer else f"“{a.answer}” becomes “{b.answer}”"
    if a.answer == b.answer:
        before, after = percent(a.probability), percent(b.probability)
        return f"{_said(b)} {before}, as before" if before == after else f"{_said(b)} {before} → {after}"
    if a.trace.labels == b.trace.labels:
        return f"the answer turns from {_with_probability(a)} to {_with_probability(b)}"
    return f"A says {_with_probability(a)}, B says {_with_probability(b)}"


def listed(tokens: list[str]) -> str:
    """‘one’, ‘two’ and ‘three’; of more than three, two of them and how many others there are."""
    names = [f"‘{clip(token.replace('##', '·', 1) if token.startswith('##') else token)}’" for token in tokens]
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def thetas(a: float, b: float) -> tuple[str, str]:
    """Both with two decimals, or three where two do not tell them exactly."""
    digits = 2 if all(abs(round(value * 100) - value * 100) < 1e-9 for value in (a, b)) else 3
    return f"{a:.{digits}f}", f"{b:.{digits}f}"


def percent(share: float) -> str:
    """As the page writes it: never 0 % or 100 % for what is neither."""
    shown = 100 * share
    if 0 < shown < 1:
        return "<1 %"
    return ">99 %" if 99 < shown < 100 else f"{int(shown + 0.5)} %"


def clip(text: str, length: int = 24) -> str:
    """At most `length` characters."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _places(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """The stretches that differ: (what stood there, what stands there)."""
    places, open_place = [], False
    for column in align(before, after):
        if column.change == "same":
            open_place = False
            continue
        if not open_place:
            places.append(([], []))
            open_place = True
        places[-1][0].extend([before[column.a]] if column.a is not None else [])
        places[-1][1].extend([after[column.b]] if column.b is not None else [])
    return [(" ".join(old), " ".join(new)) for old, new in places]


def _edit(old: str, new: str) -> str:
    if not new:
        return f"‘{clip(old)}’ deleted"
    return f"‘{clip(old)}’ → ‘{clip(new)}’" if old else f"‘{clip(new)}’ added"


def _policy(taken) -> str:
    name = taken.policy.replace("_", " ")
    return f"{name} at θ {thetas(taken.threshold, 0)[0]}" if taken.policy in WITH_THRESHOLD else name


def _said(view: View) -> str:
    return view.answer if isinstance(view.trace.answer, Classes) else f"“{clip(view.answer, 80)}”"


def _with_probability(view: View) -> str:
    return f"{_said(view)} ({percent(view.probability)})" if not isinstance(view.trace.answer, Written) else _said(view)


def _verb(names: list[str]) -> str:
    return "reads" if len(names) == 1 else "read"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
