"""How records show themselves in a notebook: a saved view in a frame, its styles and scripts apart from all others."""

from html import escape

# Its scripts run, files can be saved; it has no origin of its own, so nothing of the notebook is in its reach.
SANDBOX = "allow-scripts allow-downloads"
HEIGHT = 680  # pixels; what is longer scrolls


def framed(page: str, height: int = HEIGHT) -> str:
    """An `iframe` element that holds a whole page as text."""
    style = f"width: 100%; height: {height}px; border: 1px solid #8884; border-radius: 6px"
    return f'<iframe srcdoc="{escape(page)}" sandbox="{SANDBOX}" style="{style}" title="DualRoute Explorer"></iframe>'
