"""The view that an address describes. It comes from anywhere, so all of it is checked, and told in words."""

from dataclasses import dataclass, field

from dualroute.interpret.trace import Trace

NUMBER = "a number from 0 to 1"


@dataclass(frozen=True)
class Link:
    """What the page writes into its address: `?task=news&x=…&h=…&policy=soft&theta=0.4&flips=3:direct&label=Sports`.

    policy, threshold  None where the link says nothing: as the checkpoint has it
    label              the answer that is explained, as `attribute` names it; empty for the one that wins
    token              the selected token, or None
    """

    x: str
    h: str = ""
    task: str | None = None
    policy: str | None = None
    threshold: float | None = None
    overrides: dict[int, str] = field(default_factory=dict)
    label: str = ""
    token: int | None = None


def read_link(query: dict[str, str]) -> Link | None:
    """The link of an address's parameters; None where there is no x. Raises ValueError for a part that is broken."""
    if not query.get("x"):
        return None
    return Link(
        x=query["x"],
        h=query.get("h", ""),
        task=query.get("task") or None,
        policy=query.get("policy") or None,
        threshold=_threshold(query["theta"]) if "theta" in query else None,
        overrides=_flips(query.get("flips", "")),
        label=query.get("label", ""),
        token=_token(query["token"]) if query.get("token") else None,
    )


def shown(link: Link, trace: Trace) -> dict:
    """What the page selects when it opens the link: {label, token}, each only if the link names it.

    Raises ValueError for an answer the task does not have, and for a token beyond the text.
    """
    found = {}
    if link.label and trace.readout != "generation":
        found["label"] = _answer(link.label, trace)
    if link.token is not None:
        if link.token >= len(trace.tokens):
            raise ValueError(f"the link selects token {link.token}; they are numbered 0 to {len(trace.tokens) - 1}")
        found["token"] = link.token
    return found


def _answer(name: str, trace: Trace) -> int:
    """The number of an answer as the page counts them: of a class, or of the span from token i to j, i · T + j."""
    if trace.readout == "classification":
        if name not in trace.labels:
            raise ValueError(f"the link explains {name!r}, no answer here; there are {', '.join(trace.labels)}")
        return trace.labels.index(name)
    first, _, last = name.partition("-")
    length, longest = len(trace.tokens), trace.spec.max_answer_length
    if not (_counts(first) and _counts(last) and int(first) <= int(last) < min(length, int(first) + longest)):
        raise ValueError(f"the link explains {name!r}, which is no answer here: name its first and last token, as 3-5")
    return int(first) * length + int(last)


def _threshold(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise ValueError(f"the link's threshold is not {NUMBER}: {text!r}") from error
    if not 0 <= value <= 1:
        raise ValueError(f"the link's threshold is not {NUMBER}: {text!r}")
    return value


def _flips(text: str) -> dict[int, str]:
    """{token: flow} of `3:direct,5:merged`."""
    pairs = [pair.split(":") for pair in text.split(",") if pair]
    if not all(len(pair) == 2 and _counts(pair[0]) for pair in pairs):
        raise ValueError(f"the link's flips must be pairs of a token's number and a flow, as 3:direct, not {text!r}")
    return {int(token): flow for token, flow in pairs}


def _token(text: str) -> int:
    if not _counts(text):
        raise ValueError(f"the link's token is not a number: {text!r}")
    return int(text)


def _counts(text: str) -> bool:
    """Whether a text is a whole number of a few digits; longer ones are none a person meant."""
    return text.isascii() and text.isdigit() and len(text) <= 6
