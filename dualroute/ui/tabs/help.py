"""Tab "Help": what a gate is, what θ does, how to read the tracks, what attribution can and cannot tell."""

import gradio as gr

from dualroute.paths import assets_dir


def help_tab() -> None:
    """One page of plain words; nothing is computed."""
    gr.Markdown((assets_dir() / "help.md").read_text(encoding="utf-8"), elem_id="help")
