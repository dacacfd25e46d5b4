"""What produced a trace."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class TraceSpec:
    """What produced a trace.

    checkpoint, revision  its name and the first digits of its weights' sha256
    policy, threshold, overrides  the decision that was asked for; overrides map a token index to a flow
    max_answer_length     longest answer span, in tokens
    context               what h is: `text`, `items`, `image` or `backward`
    """

    checkpoint: str
    revision: str
    task: str
    backbone: str
    router: str
    granularity: str
    policy: str
    threshold: float
    x_name: str = "text"
    h_name: str = "context"
    overrides: dict[int, str] = field(default_factory=dict)
    max_answer_length: int = 30
    context: str = "text"

    @classmethod
    def from_dict(cls, data: dict) -> "TraceSpec":
        """Of a parsed JSON object, which has names where there were numbers of tokens."""
        flips = {int(token): flow for token, flow in data.get("overrides", {}).items()}
        return cls(**data | {"overrides": flips})
