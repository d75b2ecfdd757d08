"""Reads JSON Lines: each line a record of its own, cited by its number. A broken line costs itself alone.

The file is taken line by line, so that its size does not matter.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Any

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import text
from sourcehound.tools.library.readers.encoding import encoding_of
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.joined import joined
from sourcehound.tools.library.readers.json_stream import decoder
from sourcehound.tools.library.readers.json_text import Leftovers, Lines, record
from sourcehound.tools.library.readers.naming import title_from_name
from sourcehound.tools.library.readers.unseen import unseen_warnings
from sourcehound.tools.library.reading import Reading, Section

READER = "json lines 1"
MEDIA_TYPE = "application/jsonl"
MOST_RECORDS = 100_000
MOST_CHARS = 8 << 20
"""Characters of a line: there may be a picture in letters among its fields."""
_HEAD = 1 << 18
_NAMED = 20
"""Broken lines that are named; more are counted."""
_PROBE = 2
"""Lines that tell JSON Lines from a JSON document."""


def read(path: Readable, limits: Limits) -> Reading:
    """Read a file of one JSON value a line; what holds no such line is read as text, and said so.

    Raises:
        MediaError: it is no text.
    """
    with path.open("rb") as file:
        records = _Records(_decoded(file, str(path)))
        sections, cut = joined(records.sections(), limits)
    if records.broken and not records.n_records:
        plain = text.read(path, limits)
        told = "not one of its lines is JSON: read as plain text"
        return replace(plain, media_type=MEDIA_TYPE, warnings=(told, *plain.warnings))
    unseen = unseen_warnings("".join(section.text for section in sections))
    return Reading(
        title=title_from_name(path),
        media_type=MEDIA_TYPE,
        reader=READER,
        sections=sections,
        warnings=(*records.warnings(), *records.left.warnings(), *cut, *unseen),
    )


def has_lines(path: Readable) -> bool:
    """Whether a file's first lines are a JSON object each: JSON Lines under a name of JSON.

    Raises:
        MediaError: it is no text.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    encoding = encoding_of(head)
    if encoding is None:
        raise MediaError("is no text in a known encoding", path=str(path))
    lines = [line for line in head.decode(encoding, "replace").removeprefix("\ufeff").split("\n", 100) if line.strip()]
    return len(lines) >= _PROBE and all(isinstance(_parsed(line), dict) for line in lines[:_PROBE])


@dataclass(slots=True)
class _Records:
    """The lines of a file as sections.

    Attributes:
        broken: numbers of the lines that are no JSON.
    """

    file: io.TextIOBase
    left: Leftovers = field(default_factory=Leftovers)
    broken: list[int] = field(default_factory=list[int])
    n_records: int = 0
    is_cut: bool = False

    def sections(self) -> Iterator[Section]:
        """A section for each line."""
        for number, line in self._lines():
            if not line.strip():
                continue
            value = _parsed(line)
            if value is None:
                self.broken.append(number)
                continue
            if self.left.is_cut:
                return
            if self.n_records == MOST_RECORDS:
                self.is_cut = True
                return
            self.n_records += 1
            lines = Lines(producer=READER, named=False, left=self.left)
            yield record(lines, value, path="$", part=f"line {number}")

    def warnings(self) -> tuple[str, ...]:
        """The broken lines, and whether there were too many."""
        named = [f"line {number} is no JSON and left out" for number in self.broken[:_NAMED]]
        if len(self.broken) > _NAMED:
            named.append(f"{len(self.broken) - _NAMED:,} more lines are no JSON and left out")
        if self.is_cut:
            named.append(f"only the first {MOST_RECORDS:,} records are read")
        return tuple(named)

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Numbered lines; of one that is too long only the beginning, which is no JSON."""
        number = 0
        goes_on = False
        while line := self.file.readline(MOST_CHARS):
            if not goes_on:
                number += 1
                yield number, line.removeprefix("\ufeff") if number == 1 else line
            goes_on = not line.endswith("\n")


def _decoded(file: IO[bytes], name: str) -> io.TextIOBase:
    encoding = encoding_of(file.read(_HEAD))
    if encoding is None:
        raise MediaError("is no text in a known encoding", path=name)
    file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="\n")  # pyright: ignore[reportArgumentType]  a stream


def _parsed(line: str) -> Any:
    """The value of a line, None if it is no JSON (or null, which says as little)."""
    try:
        return decoder().decode(line)
    except (ValueError, RecursionError):
        return None
