"""Studies that train or measure many models, methods or rows, and return results for JSON."""
