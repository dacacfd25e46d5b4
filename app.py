"""Entry of the hosted page: `python app.py`."""

from dualroute.app.page import launch

if __name__ == "__main__":
    launch()
