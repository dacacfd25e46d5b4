"""The commands: `dualroute` and `python -m dualroute`."""

import sys

from dualroute import name_extra


def main() -> None:
    """Run the command line; a missing extra is an error of one line."""
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
