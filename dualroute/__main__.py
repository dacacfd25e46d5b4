"""The commands: `dualroute` and `python -m dualroute`."""

import codecs
import io
import sys

from dualroute import name_extra

SPELLED = {"θ": "theta", "λ": "lambda", "κ": "kappa", "ρ": "rho", "Δ": "Delta", "−": "-", "→": "->", "…": "..."}


def spell_out(error: UnicodeError) -> tuple[str, int]:
    """Write characters that an encoding lacks as words, or as `?`: an error handler of `codecs`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(SPELLED.get(character, "?") for character in error.object[error.start : error.end]), error.end


def main() -> None:
    """Run the command line; a missing extra is an error of one line.

    A console that cannot write θ (Windows with redirected output, LANG=C) gets "theta".
    """
    codecs.register_error("dualroute", spell_out)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="dualroute")
    try:
        from dualroute.cli import app

        app(prog_name="dualroute")
    except ModuleNotFoundError as error:
        explained = name_extra(error)
        if explained is error:
            raise
        sys.exit(f"error: {explained}")


if __name__ == "__main__":
    main()
