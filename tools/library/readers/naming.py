"""A readable title from a file's name, for files that have none of their own."""

from __future__ import annotations

import re

from sourcehound.tools.library.readers.held import Readable

_MAX_TITLE = 200


def title_from_name(path: Readable) -> str:
    """`2021_annual-report.v2.pdf` gives `2021 annual report v2`."""
    words = re.sub(r"[\s_]+|(?<=\w)[-.+](?=\w)", " ", path.stem).strip()
    return one_line(words) or "untitled"


def one_line(text: str) -> str:
    """A title as one line of printable characters, of bounded length."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(shown.split())[:_MAX_TITLE].strip()
