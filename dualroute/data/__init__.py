"""Rows of data sets as tensors: splits, features, objectives and batches."""
