"""Overrides: tokens whose flow a person chose, against the policy; and context tokens a person had not read."""

from collections.abc import Iterable, Mapping, Sequence


def check_overrides(overrides: Mapping[int, str] | None, tokens: int, flows: Sequence[str]) -> dict[int, int]:
    """{token index: flow index} of {token index: flow name}.

    Raises ValueError for an index outside the `tokens` tokens or a flow the model does not have.
    """
    checked = {}
    for token, flow in (overrides or {}).items():
        if not _is_index(token, tokens):
            raise ValueError(f"override of token {token!r}: the tokens are numbered 0 to {tokens - 1}")
        if flow not in flows:
            raise ValueError(f"override to flow {flow!r}: this model has {', '.join(flows)}")
        checked[int(token)] = list(flows).index(flow)
    return checked


def check_ignored(ignored: Iterable[int] | None, context_tokens: int) -> tuple[int, ...]:
    """The context tokens that are not read, each once, in order. Raises ValueError for an index outside the context."""
    for token in ignored or ():
        if not _is_index(token, context_tokens):
            limit = f"the context's are numbered 0 to {context_tokens - 1}" if context_tokens else "there is no context"
            raise ValueError(f"token {token!r} of the context cannot be left unread: {limit}")
    return tuple(sorted({int(token) for token in ignored or ()}))


def _is_index(token, count: int) -> bool:
    return not isinstance(token, bool) and hasattr(token, "__index__") and 0 <= token < count
