"""What documents call their tables and figures: `Table 3`, `Fig. 2a`, taken from the words beside them.

Pure text work.
"""

from __future__ import annotations

import re
from typing import Literal

_TABLE = r"table|tab\.?|tabelle|tableau|tabla"
_FIGURE = (
    r"fig(?:ure|\.)?|chart|graph|exhibit|diagram|map|plate|photo|picture|image|scheme|illustration|box"
    r"|abb(?:ildung|\.)?|figura"
)
_LABEL = re.compile(
    rf"(?:(?P<table>{_TABLE})|(?:{_FIGURE}))\s*(?P<number>(?:[A-Z]\.?)?\d+(?:[.\-–]\d+)*[a-z]?\b|[IVX]+\b)",
    re.IGNORECASE,
)


def label_in(caption: str) -> str:
    """The label at the beginning of a caption, empty if it has none.

    Example:
        >>> label_in("Table 3: Heights of the water"), label_in("The water")
        ('Table 3', '')
    """
    found = _LABEL.match(caption)
    return "" if found is None else " ".join(found[0].split())


def kind_called(caption: str) -> Literal["table", "figure"]:
    """Whether a caption is a table's."""
    found = _LABEL.match(caption)
    return "table" if found is not None and found["table"] else "figure"
