"""Tab "Language model": which words of an answer came from a passage."""
