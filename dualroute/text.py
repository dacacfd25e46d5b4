"""Cleaning of text that people type or paste, before any tokenizer sees it."""

import re
from dataclasses import dataclass

# C0 and C1 controls except tab and line breaks, and the separators some systems paste.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
MAX_CHARACTERS = 200_000


@dataclass(frozen=True)
class CleanText:
    """`text` fit for a tokenizer, and `notes`: one sentence for each thing that was changed."""

    text: str
    notes: tuple[str, ...]


def clean_text(text: str, name: str = "text") -> CleanText:
    """Drop control characters, replace lone surrogates by U+FFFD, cut absurd lengths; say so in `notes`.

    `name` is what the notes call the input. Raises TypeError for anything but a string.
    """
    if not isinstance(text, str):
        raise TypeError(f"the {name} must be a string, not {type(text).__name__}")
    notes = []
    if len(text) > MAX_CHARACTERS:
        notes.append(f"The {name} has {len(text):,} characters; only the first {MAX_CHARACTERS:,} were looked at.")
        text = text[:MAX_CHARACTERS]
    text, controls = _CONTROL.subn("", text)
    text, surrogates = _SURROGATE.subn("\ufffd", text)
    if controls:
        notes.append(f"{_count(controls, 'control character')} left out of the {name}.")
    if surrogates:
        notes.append(f"{_count(surrogates, 'broken character')} replaced by \ufffd in the {name}.")
    return CleanText(text.strip(), tuple(notes))


def joined(x: str, h: str | None) -> str:
    """x with h behind it, one text: how an encoder of one text reads both."""
    return " ".join(part for part in (x.strip(), (h or "").strip()) if part)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{' was' if number == 1 else 's were'}"
