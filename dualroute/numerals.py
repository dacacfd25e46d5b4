"""Numbers as texts write them: `24.3%`, `−0.4`, `0.0`. `frontend/src/core/format.ts` writes the same on the page."""


def fixed(value: float, digits: int = 1) -> str:
    """With so many decimals and a true minus sign; what rounds to zero has no sign."""
    return _with_minus(f"{value:.{digits}f}")


def signed(value: float, digits: int = 1) -> str:
    """With a sign before it, `+0.4` or `−0.4`; what rounds to zero has none."""
    return _with_minus(f"{value:+.{digits}f}")


def percent(share: float, digits: int | None = 1) -> str:
    """A share from 0 to 1: `24.3%`. With None in as many digits as it takes, `25%`."""
    return (f"{100 * share:g}" if digits is None else fixed(100 * share, digits)) + "%"


def whole_percent(share: float) -> str:
    """Without decimals; only exactly 0 is `0%`, only exactly 1 is `100%`."""
    shown = 100 * share
    if 0 < shown < 1:
        return "<1%"
    return ">99%" if 99 < shown < 100 else f"{int(shown + 0.5)}%"


def _with_minus(text: str) -> str:
    return text.strip("+-") if float(text) == 0 else text.replace("-", "−")
