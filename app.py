"""Entry of the hosted page: `python app.py`."""

from dualroute.ui.app import launch

if __name__ == "__main__":
    launch()
