"""Overrides: tokens whose flow a person chose, against the policy."""

from collections.abc import Mapping, Sequence


def check_overrides(overrides: Mapping[int, str] | None, tokens: int, flows: Sequence[str]) -> dict[int, int]:
    """{token index: flow index} of {token index: flow name}.

    Raises ValueError for an index outside the `tokens` tokens or a flow the model does not have.
    """
    checked = {}
    for token, flow in (overrides or {}).items():
        if isinstance(token, bool) or not hasattr(token, "__index__") or not 0 <= token < tokens:
            raise ValueError(f"override of token {token!r}: the tokens are numbered 0 to {tokens - 1}")
        if flow not in flows:
            raise ValueError(f"override to flow {flow!r}: this model has {', '.join(flows)}")
        checked[int(token)] = list(flows).index(flow)
    return checked
