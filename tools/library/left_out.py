"""What readers left out of files that they did read: members of an archive, attachments, words that are not shown.

Kept with each source; told once when a file is added, and listed by the status. Knows nothing of why anything is left out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sourcehound.tools.library.catalogue import Catalogue

MOST_FILES = 20
"""Files whose gaps an `add` tells one by one; the status has them all."""
_MOST_LINES = 3
_IN_PART = (
    "SELECT f.path, json_extract(s.meta, '$.warnings') FROM files f JOIN sources s ON s.id = f.source"
    " WHERE f.state = 'read' AND json_array_length(s.meta, '$.warnings') > 0 ORDER BY f.shown"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What a file holds and nobody finds.

    Attributes:
        path: of the file.
        what: what was left out and why, one line each; at least one.
    """

    path: str
    what: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As the status document has it."""
        return {"path": self.path, "what": list(self.what)}


def left_out(catalogue: Catalogue) -> tuple[LeftOut, ...]:
    """The files of a library that are read in part, by their paths."""
    rows = catalogue.connection.execute(_IN_PART).fetchall()
    return tuple(LeftOut(path=os.fsdecode(path), what=tuple(json.loads(what))) for path, what in rows)


def told(now: Collection[LeftOut], before: Collection[LeftOut]) -> Iterator[str]:
    """What is left out now and was not before, a line for each file; of many files the first, and how many more.

    Args:
        now: after files were added.
        before: before that.
    """
    known = frozenset(before)
    new = [one for one in now if one not in known]
    for one in new[:MOST_FILES]:
        more = len(one.what) - _MOST_LINES
        rest = (f"and {more:,} more",) if more > 0 else ()
        yield f"{one.path} is read in part: {'; '.join((*one.what[:_MOST_LINES], *rest))}"
    if len(new) > MOST_FILES:
        yield f"{len(new) - MOST_FILES:,} more files are read in part: sourcehound status --failed names what is left out"
