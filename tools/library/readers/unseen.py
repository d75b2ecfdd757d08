"""Characters that a person does not see but a model reads: zero-width, bidirectional controls, tags, variation runs.

They stay where they are, so that offsets hold; the reading's warnings say that they are there.
"""

from __future__ import annotations

import re

_UNSEEN: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("zero-width", re.compile("[\u200b\u2060\u180e]|\ufeff")),
    ("bidirectional control", re.compile("[\u202a-\u202e\u2066-\u2069]")),
    ("tag", re.compile("[\U000e0000-\U000e007f]")),
    ("variation selector", re.compile("[\U000e0100-\U000e01ef]|[\ufe00-\ufe0f]{2,}")),
)


def unseen_warnings(text: str) -> tuple[str, ...]:
    """One line for each kind of unseen character in a text."""
    if text.isascii():
        return ()
    counts = ((name, len(pattern.findall(text))) for name, pattern in _UNSEEN)
    return tuple(
        f"holds {n} {name} character{'s' if n > 1 else ''} that a reader does not see" for name, n in counts if n
    )
