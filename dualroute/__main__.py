"""`python -m dualroute`."""

from dualroute.cli import app

if __name__ == "__main__":
    app(prog_name="dualroute")
