"""The page: one folder for each tab."""

from dualroute import require

require("gradio", "torch")
