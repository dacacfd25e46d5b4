"""What the page's address says, and how it is read. It comes from anywhere, so all of it is checked.

    ?tab=compare&…

    tab       the open tab, in small letters; Inspect where it is left out

The view on screen in Inspect, which the other tabs work on too:

    task      the checkpoint; without it the task the page begins with
    x, h      the texts; without x the task's first example is shown. A picture has no place in an address
    policy    threshold, weighted_threshold, soft, direct, merged; with three flows also select, context
    theta     θ, from 0 to 1
    flips     tokens that a person sent another way, `3:direct,5:merged`
    label     the answer that is explained: a class, or the first and last token of an answer in the text, `3-5`
    token     the selected token

Attribute, on that view (`settings.read_asked`):

    explain   the target, as `parse_target` takes it: `margin:Sports|World`, `gate:3`; without it the answer on screen
    beside    `no`: without the mean gate beside it
    methods   `exact,integrated_gradients`
    baseline, granularity, seed, base_x, base_h, set
              what is absent is replaced by, what gets one score, the seed, the own texts of the baseline `text`,
              and parameters, `kernel_shap.n_samples:64,integrated_gradients.n_steps:`; the method chooses an empty one

Compare (`address.open_pair`):

    a, b      two views, each as an address within the address: `task=news&x=…&policy=soft&theta=0.4&flips=3:direct`,
              and `unread=0,4`, the context's tokens that are left unread. b has only what differs from a

Thresholds (`settings.read_rows`):

    rows      the checkpoint whose evaluation rows are shown
    at        θ;  theta1, theta2  the two that are compared, theta2 only where it does not follow θ
    facet     the parts of the rows;  budget, quality  percent of tokens merged at most, wanted quality in percent

Results: `result`, what is shown.

Names that stand in no list are left alone: hosts add their own. A part that is left out is as the page has it.
"""

from dataclasses import dataclass, replace

from dualroute.app.url_state.query import Parts, clipped, is_count, listed, quoted
from dualroute.export.trace_payload import page_policies
from dualroute.trace.record import Trace

OF_A_TEXT = ("flips", "label", "token", "unread")  # they number the tokens of x and h, or name its answer


@dataclass(frozen=True)
class Link:
    """A view as an address describes it; what depends on the input is not checked yet, see `fitted`.

    policy, threshold  None where the address says nothing: as the checkpoint has it
    flips, unread      pairs of a token and a flow; context tokens
    label, token       what is explained and selected; empty and None for what the page chooses
    """

    x: str = ""
    h: str = ""
    task: str | None = None
    policy: str | None = None
    threshold: float | None = None
    flips: tuple[tuple[int, str], ...] = ()
    unread: tuple[int, ...] = ()
    label: str = ""
    token: int | None = None

    @property
    def decided(self) -> bool:
        """Whether it says how the tokens are routed."""
        return self.policy is not None or self.threshold is not None


def read_link(parts: Parts, tasks: list[str]) -> Link:
    """The view of an address's parts. tasks: the checkpoints there are."""
    return Link(
        x=parts.text("x"),
        h=parts.text("h"),
        task=parts.name_of("task", tasks, "the task"),
        policy=parts.text("policy") or None,
        threshold=parts.number("theta", 0, 1, "θ"),
        flips=_flips(parts),
        unread=tuple(parts.counts("unread", "the unread words")),
        label=parts.text("label"),
        token=next(iter(parts.counts("token", "the selected token")), None),
    )


def without_text(link: Link, parts: Parts) -> Link:
    """What is left of a link that has no x."""
    lost = [name for name in OF_A_TEXT if parts.text(name)]
    if lost:
        parts.note(f"what it says of {' and '.join(lost)} was not used: the link has no text")
    return replace(link, flips=(), unread=(), label="", token=None)


def fitted(link: Link, trace: Trace, parts: Parts) -> Link:
    """What of a link fits the input that was traced; policy and θ are filled in."""
    spec, size, context = trace.spec, len(trace.tokens), len(trace.context_tokens)
    policies = page_policies(trace.flows)
    if link.policy and link.policy not in policies:
        parts.note(f"the policy {quoted(link.policy)} was not used: there {listed(policies)}")
    inside = _within([t for t, _ in link.flips], size, "the flip of token", parts)
    unknown = {flow for _, flow in link.flips if flow not in trace.flows}
    if unknown:
        parts.note(f"flips to {quoted(', '.join(sorted(unknown)))} were not used: there {listed(list(trace.flows))}")
    token = link.token is not None and _within([link.token], size, "the selected token", parts)
    return replace(
        link,
        policy=link.policy if link.policy in policies else spec.policy,
        threshold=spec.threshold if link.threshold is None else link.threshold,
        flips=tuple((t, flow) for t, flow in link.flips if t in inside and flow in trace.flows),
        unread=tuple(sorted(_within(link.unread, context, "the unread word", parts))),
        token=link.token if token else None,
    )


def shown(link: Link, trace: Trace, parts: Parts) -> dict:
    """What the page selects when it opens the link: {label, token}, each only if the link names one there is."""
    label = _answer(link.label, trace) if link.label and trace.readout != "generation" else None
    if link.label and label is None:
        what = f"there {listed(list(trace.labels))}" if trace.readout == "classification" else _NO_SPAN
        parts.note(f"the answer {quoted(link.label)} was not used: {what}")
    return {name: value for name, value in (("label", label), ("token", link.token)) if value is not None}


_NO_SPAN = "no answer here is called so; one is named by its first and last token, as 3-5"


def _within(numbers, size: int, words: str, parts: Parts) -> set[int]:
    wrong = [number for number in numbers if number >= size]
    if wrong:
        told = clipped(", ".join(map(str, sorted(set(wrong)))))
        parts.note(
            f"{words} {told} was not used: " + (f"they are numbered 0 to {size - 1}" if size else "there are none")
        )
    return set(numbers) - set(wrong)


def _answer(name: str, trace: Trace) -> int | None:
    """The number of an answer as the page counts them: of a class, or of the span from token i to j, i · T + j."""
    if trace.readout == "classification":
        return trace.labels.index(name) if name in trace.labels else None
    first, _, last = name.partition("-")
    length, longest = len(trace.tokens), trace.spec.max_answer_length
    if is_count(first) and is_count(last) and int(first) <= int(last) < min(length, int(first) + longest):
        return int(first) * length + int(last)
    return None


def _flips(parts: Parts) -> tuple[tuple[int, str], ...]:
    """(token, flow) of `3:direct,5:merged`; of several for one token the last."""
    pairs = [pair.split(":") for pair in parts.text("flips").split(",") if pair]
    wrong = [":".join(pair) for pair in pairs if len(pair) != 2 or not is_count(pair[0])]
    if wrong:
        parts.note(
            f"the flips {quoted(','.join(wrong))} were not used: a flip is a token's number and a flow, 3:direct"
        )
    return tuple({int(pair[0]): pair[1] for pair in pairs if len(pair) == 2 and is_count(pair[0])}.items())
