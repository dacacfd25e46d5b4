"""Baselines, one file for each way of answering."""
