"""Evaluation of checkpoints on data sets, with controls, baselines and confidence intervals."""
