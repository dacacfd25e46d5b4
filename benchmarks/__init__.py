"""One script per claim of speed; each runs from the repository's root as `python -m benchmarks.NAME`."""
