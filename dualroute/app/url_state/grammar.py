"""What the page's address says, and how the view in it is read. Anybody may have written it, so all of it is checked.

    ?tab=compare&…

    tab       the open tab, in small letters; Inspect where it is left out

The view on screen in Inspect, which the other tabs work on too:

    task      the checkpoint; without it the task the page begins with
    x, h      the texts; without x the task's first example is shown. A picture has no place in an address
    policy    threshold, weighted_threshold, soft, direct, merged; with three flows also select, context
    theta     θ, from 0 to 1
    flips     overrides, as `trace.decision` writes them: `3:direct,5:merged`
    label     the answer that is explained: a class, or the first and last token of a span, `3-5`
    token     the selected token

Attribute, on that view (`query.read_attribution`):

    explain   the target, as `parse_target` takes it: `margin:Sports|World`, `gate:3`; without it the answer on screen
    beside    `no`: without the mean gate beside it
    methods   `exact,integrated_gradients`
    baseline, granularity, seed
              what replaces an absent word, what gets one score, the seed of random draws
    base_x, base_h
              the texts of the baseline `text`
    set       parameters, `kernel_shap.n_samples:64,integrated_gradients.n_steps:`; the method chooses an empty one

Compare (`url_state.open_pair`):

    a, b      two views, each as an address within the address: `task=news&x=…&policy=soft&theta=0.4&flips=3:direct`,
              and `unread=0,4`, the context tokens that are not read. b has only what differs from a

Thresholds (`query.read_rows`):

    rows      the checkpoint whose evaluation rows are shown
    at        θ;  theta1, theta2  the two that are compared, theta2 only where it does not follow θ
    facet     the parts of the rows
    budget, quality
              the largest share of tokens that read and the smallest quality, in percent

Results: `result`, what is shown.

Other parameters are ignored: hosts add their own. A parameter that is left out is as the page has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dualroute.app.url_state.query import UrlQuery, clipped, is_index, listed, quoted
from dualroute.export.trace_payload import page_policies
from dualroute.trace.answers import Classes, Span, Written
from dualroute.trace.decision import Decision, Override, Place, Route, read_override, read_place, write_place
from dualroute.trace.record import Trace

NEED_TEXT = ("flips", "label", "token", "unread")  # they number the tokens of x and h, or name its answer


@dataclass(frozen=True)
class Link:
    """A view as an address describes it; what depends on the input is not checked before `clip_to_trace`.

    decision      a field is None where the address says nothing
    label, token  what is explained and selected; empty and None where the page chooses
    """

    x: str = ""
    h: str = ""
    task: str | None = None
    decision: Decision = field(default_factory=Decision)
    label: str = ""
    token: int | None = None

    @property
    def has_decision(self) -> bool:
        """Whether it names a policy or a θ."""
        return self.decision.policy is not None or self.decision.threshold is not None


def read_link(query: UrlQuery, tasks: list[str]) -> Link:
    """The view of an address. tasks: the names of the checkpoints."""
    task, threshold = query.choice("task", tasks, "the task"), query.number("theta", 0, 1, "θ")
    overrides, ignored = _overrides(query), tuple(query.indices("unread", "the unread words"))
    return Link(
        x=query.text("x"),
        h=query.text("h"),
        task=task,
        decision=Decision(query.text("policy") or None, threshold, overrides, ignored),
        label=query.text("label"),
        token=next(iter(query.indices("token", "the selected token")), None),
    )


def without_text(link: Link, query: UrlQuery) -> Link:
    """What counts of a link that has no x."""
    lost = [name for name in NEED_TEXT if query.text(name)]
    if lost:
        query.note(f"what it says of {' and '.join(lost)} was not used: the link has no text")
    return replace(link, decision=replace(link.decision, overrides={}, ignored=()), label="", token=None)


def clip_to_trace(link: Link, trace: Trace, query: UrlQuery) -> Link:
    """What of a link fits the input that was traced; policy and θ are filled in."""
    decision, spec, policies = link.decision, trace.spec, page_policies(trace.flows)
    if decision.policy and decision.policy not in policies:
        query.note(f"the policy {quoted(decision.policy)} was not used: there {listed(policies)}")
    overrides = _clip_overrides(decision.overrides or {}, trace, query)
    token = [] if link.token is None else _inside([link.token], len(trace.tokens), "the selected token", query)
    unread = _inside(decision.ignored or (), len(trace.context_tokens), "the unread word", query)
    return replace(
        link,
        decision=Decision(
            policy=decision.policy if decision.policy in policies else spec.policy,
            threshold=spec.threshold if decision.threshold is None else decision.threshold,
            overrides=overrides,
            ignored=tuple(unread),
        ),
        token=next(iter(token), None),
    )


def selection(link: Link, trace: Trace, query: UrlQuery) -> dict:
    """What the page selects when it opens the link: {label, token}, each only if the link names one that exists."""
    label = _answer_index(link.label, trace) if link.label and not isinstance(trace.answer, Written) else None
    if link.label and label is None:
        what = f"there {listed(list(trace.labels))}" if isinstance(trace.answer, Classes) else _NO_SPAN
        query.note(f"the answer {quoted(link.label)} was not used: {what}")
    return {name: value for name, value in (("label", label), ("token", link.token)) if value is not None}


_NO_SPAN = "no answer here is called so; one is named by its first and last token, as 3-5"


def _overrides(query: UrlQuery) -> dict[Place, Override]:
    """The overrides of `3:direct,5:merged`; of several for one token the last."""
    overrides, wrong = {}, []
    for piece in filter(None, query.text("flips").split(",")):
        place, _, rule = piece.partition(":")
        try:
            overrides[read_place(place)] = read_override(rule)
        except ValueError:
            wrong.append(piece)
    if wrong:
        query.note(
            f"the flips {quoted(','.join(wrong))} were not used: a flip is a token's number and a flow, 3:direct"
        )
    return overrides


def _clip_overrides(overrides: Mapping[Place, Override], trace: Trace, query: UrlQuery) -> dict[Place, Override]:
    """The overrides of the trace's tokens that name one of its flows."""
    layers, tokens = trace.n_layers, len(trace.tokens)
    inside = {place for place in overrides if place[0] < layers and place[1] < tokens}
    _note_outside(
        [write_place(place) for place in sorted(overrides) if place not in inside], tokens, "the flip of token", query
    )
    unknown = {str(rule) for rule in overrides.values() if not _is_flow(rule, trace)}
    if unknown:
        query.note(f"flips to {quoted(', '.join(sorted(unknown)))} were not used: there {listed(list(trace.flows))}")
    return {place: rule for place, rule in overrides.items() if place in inside and _is_flow(rule, trace)}


def _is_flow(rule: Override, trace: Trace) -> bool:
    return isinstance(rule, Route) and rule.route in trace.flows


def _inside(indices, size: int, words: str, query: UrlQuery) -> list[int]:
    """The indices below `size`, each once, in order."""
    _note_outside([str(index) for index in sorted(set(indices)) if index >= size], size, words, query)
    return [index for index in sorted(set(indices)) if index < size]


def _note_outside(names: list[str], size: int, words: str, query: UrlQuery) -> None:
    if names:
        limit = f"they are numbered 0 to {size - 1}" if size else "there are none"
        query.note(f"{words} {clipped(', '.join(names))} was not used: {limit}")


def _answer_index(name: str, trace: Trace) -> int | None:
    """The number of an answer as the page counts them: of a class, or of the span from token i to j, i · T + j."""
    if isinstance(trace.answer, Classes):
        return trace.labels.index(name) if name in trace.labels else None
    if not isinstance(trace.answer, Span):
        return None
    first, _, last = name.partition("-")
    length, longest = len(trace.tokens), trace.answer.longest
    if is_index(first) and is_index(last) and int(first) <= int(last) < min(length, int(first) + longest):
        return int(first) * length + int(last)
    return None
